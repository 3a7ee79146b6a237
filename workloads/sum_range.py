"""Sum of the integers below n.

The smallest possible loop: one integer addition per iteration over a range.
"""
import sys


def sum_range(n):
    total = 0
    for i in range(n):
        total += i
    return total


def main(n=12_000_000):
    return sum_range(n)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
