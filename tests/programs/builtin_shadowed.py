"""Built-in functions shadowed by globals in the middle of a hot loop, and uncovered again."""


def mine(x):
    return 1000


def run(n):
    global abs, len
    total = 0
    items = [1, 2, 3]
    for i in range(n):
        total += abs(i - 3000) + len(items)
        if i == 4000:
            abs = mine
        elif i == 5000:
            len = mine
        elif i == 6000:
            del abs
        elif i == 6500:
            del len
    return total


print(run(3000), run(7000), abs(-5), len("abc"))
for i in range(4000):
    if i == 2000:
        min = max
    if i == 3000:
        del min
    if min(i, 5) > 5 and i % 500 == 0:
        print(i)
sum = 0
for i in range(3000):
    sum += i
print(sum)
