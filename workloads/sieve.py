"""Sieve of Eratosthenes up to n: the count and the sum of the primes.

Stresses list stores with a stride and a scan over a list of booleans.
"""
import sys


def sieve(limit):
    is_prime = [True] * (limit + 1)
    is_prime[0] = False
    is_prime[1] = False
    candidate = 2
    while candidate * candidate <= limit:
        if is_prime[candidate]:
            for multiple in range(candidate * candidate, limit + 1, candidate):
                is_prime[multiple] = False
        candidate += 1
    return is_prime


def main(n=5_000_000):
    is_prime = sieve(n)
    count = 0
    total = 0
    for number in range(n + 1):
        if is_prime[number]:
            count += 1
            total += number
    return count, total


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
