"""A list of 32 bytes with three items of 8, a float of 16 and a tuple of 32."""
import sys


def run(n):
    kept = [None] * 100
    total = 0.0
    for i in range(n):
        row = [i, i * 0.5, total]
        kept[i % 100] = (row, i)
        total = row[1] + kept[i % 7][0][0]
    return total


print(run(int(sys.argv[1])))
