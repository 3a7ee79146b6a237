"""Pancake flipping over all permutations of n items: (checksum, most flips).

Stresses list slices, slice assignment, reversal, insert and pop on short lists.
"""
import sys


def count_flips(permutation):
    flips = 0
    stack = permutation[:]
    top = stack[0]
    while top:
        stack[:top + 1] = stack[top::-1]
        top = stack[0]
        flips += 1
    return flips


def fannkuch(n):
    permutation = list(range(n))
    turns = [0] * n
    checksum = 0
    most_flips = 0
    even = True
    while True:
        if permutation[0]:
            flips = count_flips(permutation)
            most_flips = max(most_flips, flips)
            if even:
                checksum += flips
            else:
                checksum -= flips
        even = not even

        # Next permutation: rotate growing prefixes, each one full turn before
        # the next longer one moves a step.
        length = 1
        while length < n:
            permutation.insert(length, permutation.pop(0))
            turns[length] += 1
            if turns[length] <= length:
                break
            turns[length] = 0
            length += 1
        else:
            return checksum, most_flips


def main(n=9):
    return fannkuch(n)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
