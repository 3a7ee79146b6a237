"""Longest Collatz chain that starts below n, as (start, length).

Stresses an unpredictable branch in a short integer loop whose trip count
changes with every call.
"""
import sys


def chain_length(number):
    length = 1
    while number != 1:
        if number % 2 == 0:
            number = number // 2
        else:
            number = 3 * number + 1
        length += 1
    return length


def longest_chain(limit):
    best_start = 1
    best_length = 1
    for start in range(2, limit):
        length = chain_length(start)
        if length > best_length:
            best_start = start
            best_length = length
    return best_start, best_length


def main(n=70_000):
    return longest_chain(n)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
