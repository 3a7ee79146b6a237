"""Pi by the Leibniz series, until a term is smaller than about 2/n.

Stresses a while loop whose condition calls abs() on a loop-carried float.
"""
import sys


def leibniz_pi(tolerance):
    total = 0.0
    sign = 1.0
    denominator = 1.0
    term = 4.0
    while abs(term) > tolerance:
        total += term
        sign = -sign
        denominator += 2.0
        term = sign * 4.0 / denominator
    return total


def main(n=4_000_000):
    return leibniz_pi(2.0 / n)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
