"""Two floats of 16 bytes that are stored."""
import sys


def run(n):
    x = 0.0
    last = [0.0] * 64
    for i in range(n):
        x = x * 0.5 + i
        last[i % 64] = x
        last[i % 61] = x - 1.0
    return x


print(run(int(sys.argv[1])))
