"""Exact Fibonacci numbers and factorials up to n, folded modulo a prime.

Stresses integers that start small and outgrow a machine word while the loop runs.
"""
import sys

PRIME = 1_000_000_007


def fibonacci_checksum(n):
    checksum = 0
    a, b = 0, 1
    for i in range(n):
        checksum = (checksum + a * (i + 1)) % PRIME
        a, b = b, a + b
    return checksum


def factorial(n):
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result


def factorial_checksum(n):
    checksum = 0
    for i in range(n):
        checksum = (checksum + factorial(i) // (i + 1)) % PRIME
    return checksum


def main(n=10_000):
    return fibonacci_checksum(n), factorial_checksum(n // 5)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
