"""What an inner loop iterates over is a list, a tuple, a range, and at last an int."""


def count(items):
    n = 0
    for x in items:
        n += x
    return n


def run(n):
    total = 0
    items = [3, 4, 5]
    for i in range(n):
        if i == 2000:
            items = (1, 2)
        elif i == 4000:
            items = range(7)
        elif i == 6000:
            items = 7
        total += count(items)
    return total


print(run(6000))
print(run(8000))
