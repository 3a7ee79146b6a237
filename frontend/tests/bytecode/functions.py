def plain(a, b=2, c=x):
    return a * b - c


def fact(n):
    "Docstrings leave nothing."
    if n < 2:
        return 1
    return n * fact(n - 1)


plain(1, c=3)
print(fact(5), sep="", end="\n")
