"""sys.exit with a message: it goes to standard error, the exit code is 1."""
import sys


def run(n):
    total = 0
    for i in range(n):
        total += i
        if total > 20_000_000:
            sys.exit(f"too much at {i}")
    return total


print(run(5000))
print(run(10000))
