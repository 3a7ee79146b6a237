"""Locals that are bound late, on some paths only, or deleted."""


def late(n):
    total = 0
    for i in range(n):
        if i == 5000:
            x = i
        if i > 6000:
            total += x
            x = x + 1
    return total


def sometimes(n):
    total = 0
    for i in range(n):
        if i % 3 == 0:
            y = i
        elif i % 3 == 1:
            z = y + 1
        if i > 1:
            total += y + z
            if i % 1000 == 999:
                del z
                z = 0
    return total


def deleted(n):
    total = 0
    for i in range(n):
        t = i * 2
        if i % 2:
            del t
        else:
            total += t
    return total


def first_pass(n):
    started = False
    count = 0
    for i in range(n):
        if started:
            count += value
        else:
            if i >= 4000:
                started = True
                value = 3
    return count


print(late(4000), late(9000), sometimes(6000), deleted(6000), first_pass(3000), first_pass(9000))
