"""A linear congruential generator run n times: (last state, mixed high bits, coin flips won).

Stresses integer products that leave 32 bits, modulo a power of two, and shifts.
"""
import sys

MULTIPLIER = 1664525
INCREMENT = 1013904223
MODULUS = 2**32


def run(n, seed=42):
    x = seed
    mixed = 0
    heads = 0
    for _ in range(n):
        x = (MULTIPLIER * x + INCREMENT) % MODULUS
        mixed ^= x >> 16
        if x >> 31:
            heads += 1
    return x, mixed, heads


def main(n=2_000_000):
    return run(n)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
