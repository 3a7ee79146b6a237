"""A dict with eight entries of 24 bytes, its index, and a set."""
import sys


def run(n):
    kept = [{}] * 10000
    for i in range(n):
        kept[i * 7 % 10000] = {k: i for k in range(8)}
        kept[i % 10000] = dict(kept[i * 7 % 10000], seen={i, i + 1})
    return sum(len(row) for row in kept)


print(run(int(sys.argv[1])))
