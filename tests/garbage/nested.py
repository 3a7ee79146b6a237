"""A list of 32 bytes with its buffer, two floats; in an inner loop, at module level."""
import sys

n = int(sys.argv[1]) // 8
points = [[0.0, 1.0] for _ in range(8)]
for k in range(n):
    for i in range(8):
        p = points[i]
        points[i] = [p[0] + p[1] * 0.5, p[1] * 0.99]
print(points[3])
