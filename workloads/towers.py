"""Towers of Hanoi: n disks moved from pile to pile, each pile a linked list of disks.

Stresses recursion, method calls, allocation of small objects and attribute loads and stores.
"""
import sys


class Disk:
    def __init__(self, size):
        self.size = size
        self.below = None


class Pile:
    def __init__(self):
        self.top = None
        self.height = 0

    def push(self, disk):
        top = self.top
        if top is not None and disk.size >= top.size:
            raise ValueError("a disk on a smaller one")
        disk.below = top
        self.top = disk
        self.height += 1

    def pop(self):
        disk = self.top
        if disk is None:
            raise ValueError("no disk on the pile")
        self.top = disk.below
        disk.below = None
        self.height -= 1
        return disk


class Towers:
    def __init__(self, height):
        self.piles = [Pile(), Pile(), Pile()]
        self.moves = 0
        self.check = 0
        for size in range(height, 0, -1):
            self.piles[0].push(Disk(size))

    def move(self, count, source, target):
        if count == 0:
            return
        spare = 3 - source - target
        self.move(count - 1, source, spare)
        disk = self.piles[source].pop()
        self.piles[target].push(disk)
        self.moves += 1
        self.check = (self.check * 7 + disk.size * (target + 1)) & 0xFFFFFFF
        self.move(count - 1, spare, target)


def main(n=20):
    towers = Towers(n)
    towers.move(n, 0, 2)
    return towers.moves, towers.check, [pile.height for pile in towers.piles]


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
