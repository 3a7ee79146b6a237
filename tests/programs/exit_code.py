"""sys.exit two calls below a hot loop."""
import sys


def leave(i):
    if i == 5432:
        sys.exit(i % 100)
    return i


def check(i):
    return leave(i) + 1


total = 0
for i in range(9000):
    total += check(i)
    if i % 1000 == 0:
        print(i, total)
print("not reached")
