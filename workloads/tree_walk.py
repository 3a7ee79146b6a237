"""Binary search trees of n keys, walked by generators that delegate to each other.

Stresses `yield from` through many levels, pipelines of generators, and pointer chasing.
"""
import sys


class Node:
    def __init__(self, key):
        self.key = key
        self.left = None
        self.right = None

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.key
        if self.right is not None:
            yield from self.right

    def depths(self, depth=0):
        yield depth
        for child in (self.left, self.right):
            if child is not None:
                yield from child.depths(depth + 1)


class Tree:
    def __init__(self):
        self.root = None
        self.size = 0

    def add(self, key):
        if self.root is None:
            self.root = Node(key)
            self.size = 1
            return
        node = self.root
        while key != node.key:
            below = node.left if key < node.key else node.right
            if below is None:
                if key < node.key:
                    node.left = Node(key)
                else:
                    node.right = Node(key)
                self.size += 1
                return
            node = below

    def __iter__(self):
        return iter(self.root)


def random_keys(count, seed):
    state = seed
    for _ in range(count):
        state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        yield state >> 7


def merged(first, second):
    """Two rising sequences as one."""
    first, second = iter(first), iter(second)
    a, b = next(first, None), next(second, None)
    while a is not None and b is not None:
        if a <= b:
            yield a
            a = next(first, None)
        else:
            yield b
            b = next(second, None)
    while a is not None:
        yield a
        a = next(first, None)
    while b is not None:
        yield b
        b = next(second, None)


def steps(keys):
    before = None
    for key in keys:
        if before is not None:
            yield key - before
        before = key


def main(n=60_000):
    trees = []
    for seed in (3, 1_000_003):
        tree = Tree()
        for key in random_keys(n // 2, seed):
            tree.add(key)
        trees.append(tree)
    check = 0
    for step in steps(merged(*trees)):
        check = (check * 31 + step) % 1_000_000_007
    deepest = max(max(tree.root.depths()) for tree in trees)
    odd = sum(1 for key in trees[0] if key & 1)
    return [tree.size for tree in trees], deepest, odd, check


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
