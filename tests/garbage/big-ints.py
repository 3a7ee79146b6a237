"""An int of a thousand bytes; five megabytes are kept."""
import sys


def run(n):
    kept = [0] * 5000
    power = 7 ** 2800
    for i in range(n):
        kept[i * 7 % 5000] = power + i
    return sum(kept) % 1000003


print(run(int(sys.argv[1])))
