"""A string of 4000 characters, and one of 5; ten megabytes are kept."""
import sys


def run(n):
    kept = [''] * 2500
    for i in range(n):
        kept[i * 7 % 2500] = str(10000 + i % 90000) * 800
    return sum(len(text) for text in kept), kept[21][:5]


print(run(int(sys.argv[1])))
