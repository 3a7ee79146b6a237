"""Bubble sort of n pseudo-random integers; a position-weighted checksum.

Stresses adjacent list loads, a data-dependent branch and element swaps.
"""
import sys


def random_numbers(count, seed=12345):
    numbers = []
    x = seed
    for _ in range(count):
        x = (1103515245 * x + 12345) % 2147483648
        numbers.append(x // 8)
    return numbers


def bubble_sort(items):
    end = len(items) - 1
    swapped = True
    while swapped:
        swapped = False
        for i in range(end):
            if items[i] > items[i + 1]:
                items[i], items[i + 1] = items[i + 1], items[i]
                swapped = True
        end -= 1


def main(n=3500):
    numbers = random_numbers(n)
    bubble_sort(numbers)
    checksum = 0
    for i in range(len(numbers)):
        checksum = (checksum + (i + 1) * numbers[i]) % 1_000_000_007
    return checksum


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
