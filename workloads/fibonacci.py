"""The n-th Fibonacci number modulo a prime.

Stresses integer addition, the modulo operator and tuple-style rebinding of
two loop-carried variables.
"""
import sys


def fibonacci(n, modulus=1_000_000_007):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, (a + b) % modulus
    return a


def main(n=7_000_000):
    return fibonacci(n)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
