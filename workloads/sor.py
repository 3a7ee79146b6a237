"""Successive over-relaxation: n sweeps over a grid of 100 by 100 floats.

Stresses float loads from three lists of floats in one innermost loop.
"""
import sys

SIZE = 100


def relax(grid, omega, sweeps):
    quarter = omega * 0.25
    rest = 1.0 - omega
    for _ in range(sweeps):
        for i in range(1, SIZE - 1):
            above = grid[i - 1]
            row = grid[i]
            below = grid[i + 1]
            for j in range(1, SIZE - 1):
                around = above[j] + below[j] + row[j - 1] + row[j + 1]
                row[j] = quarter * around + rest * row[j]


def main(n=180):
    grid = [[(i * 31 + j * 17) % 101 / 101.0 for j in range(SIZE)] for i in range(SIZE)]
    relax(grid, 1.25, n)
    return round(sum(map(sum, grid)), 6), round(grid[50][50], 9)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
