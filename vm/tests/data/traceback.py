# An uncaught exception below several frames and a recursion.
def divide(values, index):
    return (values[index] + 1) / values[index + 1] * 2


def recurse(n):
    if n == 0:
        return divide([1, 0], 0)
    return recurse(n - 1)


def main():
    total = recurse(5)
    return total


main()
