"""Builds and drops trees of small objects and lists, n times: the allocator and the collector.

Stresses allocation, recursion, and memory that is reached through many short paths.
"""
import sys


class Random:
    """A linear congruential generator, so that every implementation sees the same trees."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        return (self.state >> 8) % limit


class Node:
    def __init__(self, left, right, load):
        self.left = left
        self.right = right
        self.load = load


def tree(depth, random):
    """A node with two subtrees and, in every fourth, a list to carry."""
    load = [0] * random.below(8) if random.below(4) == 0 else None
    if depth == 0:
        return Node(None, None, load)
    return Node(tree(depth - 1, random), tree(depth - 1, random), load)


def nested(depth, random):
    """Lists in lists."""
    if depth == 0:
        return [None] * (random.below(10) + 1)
    return [nested(depth - 1, random) for _ in range(4)]


def size(node):
    if node is None:
        return 0
    own = 1 if node.load is None else 1 + len(node.load)
    return own + size(node.left) + size(node.right)


def length(items):
    total = len(items)
    for item in items:
        if item is not None:
            total += length(item)
    return total


def main(n=220):
    random = Random(42)
    kept = tree(10, random)
    total = 0
    for i in range(n):
        total += size(tree(8 + i % 4, random))
        if i % 3 == 0:
            total += length(nested(5, random))
    return total, size(kept)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
