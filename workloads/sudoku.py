"""Solves n sudoku puzzles: candidates of each cell as a set of digits, the cell with fewest first.

Stresses dicts of sets, copying of small containers, generators and backtracking.
"""
import sys

SIZE = 9


def peers_of(cell):
    row, column = divmod(cell, SIZE)
    top, left = row // 3 * 3, column // 3 * 3
    found = set()
    for i in range(SIZE):
        found.add(row * SIZE + i)
        found.add(i * SIZE + column)
        found.add((top + i // 3) * SIZE + left + i % 3)
    found.discard(cell)
    return sorted(found)


PEERS = [peers_of(cell) for cell in range(SIZE * SIZE)]


def assign(grid, cell, digit):
    """Fixes a digit and what follows from it; whether that is possible."""
    todo = [(cell, digit)]
    while todo:
        at, value = todo.pop()
        if value not in grid[at]:
            return False
        grid[at] = {value}
        for peer in PEERS[at]:
            candidates = grid[peer]
            if value in candidates:
                if len(candidates) == 1:
                    return False
                rest = candidates - {value}
                grid[peer] = rest
                if len(rest) == 1:
                    todo.append((peer, max(rest)))
    return True


def choices(grid):
    """The open cell with the fewest candidates, or None."""
    best = None
    fewest = SIZE + 1
    for cell, candidates in grid.items():
        if 1 < len(candidates) < fewest:
            best, fewest = cell, len(candidates)
            if fewest == 2:
                break
    return best


def solutions(grid):
    cell = choices(grid)
    if cell is None:
        yield grid
        return
    for digit in sorted(grid[cell]):
        attempt = dict(grid)
        if assign(attempt, cell, digit):
            yield from solutions(attempt)


def puzzle(seed):
    """A pattern with most of its digits taken away, in an order that the seed shuffles."""
    state = seed * 2 + 1
    digits = list(range(1, 10))
    order = list(range(SIZE * SIZE))
    for items in (digits, order):
        for i in range(len(items) - 1, 0, -1):
            state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
            j = (state >> 12) % (i + 1)
            items[i], items[j] = items[j], items[i]
    given = {}
    for cell in order[:26]:
        row, column = divmod(cell, SIZE)
        given[cell] = digits[(row * 3 + row // 3 + column) % SIZE]
    return given


def solve(given, limit):
    grid = {cell: set(range(1, 10)) for cell in range(SIZE * SIZE)}
    for cell, digit in given.items():
        if not assign(grid, cell, digit):
            return []
    found = []
    for solution in solutions(grid):
        found.append(solution)
        if len(found) == limit:
            break
    return found


def main(n=150):
    total = 0
    check = 0
    for seed in range(n):
        for solution in solve(puzzle(seed), 6):
            total += 1
            for cell in range(0, SIZE * SIZE, 7):
                check = (check * 31 + max(solution[cell])) % 1_000_000_007
    return total, check


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
