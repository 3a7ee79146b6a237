"""Global constants and functions that a hot loop takes for granted are rebound in its middle."""

SCALE = 3
OFFSET = 1.5


def weight(x):
    return x * SCALE


def other(x):
    return x - SCALE


def combine(x):
    return weight(x) + OFFSET


def run(n):
    global SCALE
    total = 0
    for i in range(n):
        if i == 5000:
            SCALE = 5
        total += combine(i)
    return total


def replace(i):
    global weight, OFFSET
    if i == 3000:
        weight = other
    if i == 6000:
        OFFSET = 100


def replaced(n):
    total = 0
    for i in range(n):
        total += combine(i)
        replace(i)
        total -= combine(1)
    return total


print(run(4000), run(8000), SCALE)
print(replaced(2000), replaced(8000), OFFSET)
print(run(8000))


def often(n):
    global SCALE
    total = 0
    for k in range(n):
        SCALE = k % 3
        for i in range(60):
            total += weight(i)
    return total


print(often(200))
for SCALE in range(4):
    t = 0
    for i in range(2000):
        t += weight(i) + combine(i)
    print(t)
