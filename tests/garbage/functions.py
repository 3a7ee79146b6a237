"""A closure with its cell and tuple, a generator with its saved words, and a bound method."""
import sys


def adder(k):
    def add(x):
        return x + k

    return add


def upto(k):
    for i in range(k):
        yield i


def run(n):
    kept = [None] * 20000
    total = 0
    for i in range(n):
        kept[i % 20000] = add = adder(i)
        numbers = upto(3)
        total = (add(total) + sum(numbers) + next(upto(9))) % 1000003
    return total, kept[7](1)


print(run(int(sys.argv[1])))
