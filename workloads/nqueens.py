"""All solutions of the n queens problem: columns and diagonals in lists of flags, tried by a
generator that calls itself.

Stresses recursion, generators, and short lists that are read and written at computed places.
"""
import sys


class Board:
    def __init__(self, size):
        self.size = size
        self.columns = [False] * size
        self.rising = [False] * (2 * size - 1)
        self.falling = [False] * (2 * size - 1)
        self.places = []

    def free(self, row, column):
        return not (
            self.columns[column]
            or self.rising[row + column]
            or self.falling[row - column + self.size - 1]
        )

    def mark(self, row, column, taken):
        self.columns[column] = taken
        self.rising[row + column] = taken
        self.falling[row - column + self.size - 1] = taken

    def solutions(self, row=0):
        if row == self.size:
            yield self.places
            return
        for column in range(self.size):
            if self.free(row, column):
                self.mark(row, column, True)
                self.places.append(column)
                yield from self.solutions(row + 1)
                self.places.pop()
                self.mark(row, column, False)


def main(n=11):
    count = 0
    check = 0
    for places in Board(n).solutions():
        count += 1
        for column in places:
            check = (check * n + column) % 1_000_000_007
    return count, check


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
