"""sys.exit without an argument ends a hot loop with exit code 0."""
import sys

for i in range(10000):
    if i == 7777:
        print(i)
        sys.exit()
