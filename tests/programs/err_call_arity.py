"""A function called in a hot loop is replaced by one that takes more arguments."""


def two(a, b):
    return a - b


def three(a, b, c):
    return a - b + c


operation = two


def run(n):
    global operation
    total = 0
    for i in range(n):
        if i == 6000:
            operation = three
        total += operation(i, total % 9)
    return total


print(run(6000))
print(run(7000))
