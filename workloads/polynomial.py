"""A polynomial of degree 24 evaluated by Horner's rule at n points, summed.

Stresses a short for-in loop over a list of floats behind a function call.
"""
import sys


def horner(coefficients, x):
    result = 0.0
    for coefficient in coefficients:
        result = result * x + coefficient
    return result


def make_coefficients(degree):
    coefficients = []
    for i in range(degree + 1):
        value = 1.0 / (i + 1)
        coefficients.append(value if i % 2 == 0 else -value)
    return coefficients


def main(n=600_000):
    coefficients = make_coefficients(24)
    total = 0.0
    for i in range(n):
        total += horner(coefficients, 2.0 * i / n - 1.0)
    return total


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
