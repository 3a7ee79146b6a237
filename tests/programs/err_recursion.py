"""Recursion without end, each activation with a loop of its own."""


def dive(depth):
    total = 0
    i = 0
    while i < 20:
        total += i * depth
        i += 1
    return total + dive(depth + 1)


print("before")
print(dive(0))
