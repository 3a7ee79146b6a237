"""Finds the nested loops of a flow graph (Havlak's algorithm over Tarjan's intervals): n
functions of loops within loops.

Stresses objects that refer to each other, sets and lists of objects, union-find with path
compression, and a depth-first walk.
"""
import sys

TOP, SELF, REDUCIBLE, IRREDUCIBLE, DEAD = range(5)


class Block:
    def __init__(self, number):
        self.number = number
        self.before = []
        self.after = []


class Graph:
    def __init__(self):
        self.blocks = []

    def block(self):
        block = Block(len(self.blocks))
        self.blocks.append(block)
        return block

    def edge(self, source, target):
        source.after.append(target)
        target.before.append(source)

    def chain(self, source, length):
        """Straight code behind a block; its end."""
        for _ in range(length):
            target = self.block()
            self.edge(source, target)
            source = target
        return source


class Loop:
    def __init__(self, header):
        self.header = header
        self.parent = None
        self.inner = []
        self.blocks = []
        self.reducible = True

    def adopt(self, other):
        other.parent = self
        self.inner.append(other)


class Node:
    """A block's element of the union-find forest: its set is named by a loop's header."""

    def __init__(self, block, number):
        self.block = block
        self.number = number
        self.parent = self
        self.loop = None

    def find(self):
        path = []
        node = self
        while node.parent is not node:
            if node.parent.parent is not node.parent:
                path.append(node)
            node = node.parent
        for other in path:
            other.parent = node
        return node


def depth_first(start, count):
    """Nodes in preorder, preorder numbers by block, and the last number below each node."""
    numbers = [-1] * count
    nodes = []
    last = [0] * count
    stack = [(start, 0)]
    while stack:
        block, at = stack.pop()
        if at == 0:
            if numbers[block.number] >= 0:
                continue
            numbers[block.number] = len(nodes)
            nodes.append(Node(block, len(nodes)))
        while at < len(block.after) and numbers[block.after[at].number] >= 0:
            at += 1
        if at < len(block.after):
            stack.append((block, at + 1))
            stack.append((block.after[at], 0))
        else:
            last[numbers[block.number]] = len(nodes) - 1
    return nodes, numbers, last


def find_loops(graph):
    nodes, numbers, last = depth_first(graph.blocks[0], len(graph.blocks))
    count = len(nodes)
    back = [[] for _ in range(count)]
    others = [set() for _ in range(count)]
    kinds = [TOP] * count
    for w in range(count):
        for block in nodes[w].block.before:
            v = numbers[block.number]
            if v < 0:
                continue
            if w <= v <= last[w]:
                back[w].append(v)
            else:
                others[w].add(v)
    loops = []
    for w in range(count - 1, -1, -1):
        pool = []
        for v in back[w]:
            if v == w:
                kinds[w] = SELF
            else:
                node = nodes[v].find()
                if node not in pool:
                    pool.append(node)
        todo = list(pool)
        if pool:
            kinds[w] = REDUCIBLE
        while todo:
            node = todo.pop()
            for y in sorted(others[node.number]):
                entry = nodes[y].find()
                if not w <= entry.number <= last[w]:
                    kinds[w] = IRREDUCIBLE
                    others[w].add(entry.number)
                elif entry.number != w and entry not in pool:
                    pool.append(entry)
                    todo.append(entry)
        if pool or kinds[w] == SELF:
            loop = Loop(nodes[w].block)
            loop.reducible = kinds[w] != IRREDUCIBLE
            nodes[w].loop = loop
            for node in pool:
                node.parent = nodes[w]
                if node.loop is not None:
                    loop.adopt(node.loop)
                else:
                    loop.blocks.append(node.block)
            loops.append(loop)
    return loops


def depth(loop):
    levels = 0
    while loop is not None:
        levels += 1
        loop = loop.parent
    return levels


def nest(graph, source, levels, width):
    """Loops within loops behind a block; where they end."""
    header = graph.chain(source, 1)
    body = graph.chain(header, 1)
    if levels > 0:
        for _ in range(width):
            body = nest(graph, body, levels - 1, width)
    else:
        side = graph.chain(header, 2)
        graph.edge(side, body)
        graph.edge(body, body)
    latch = graph.chain(body, 1)
    graph.edge(latch, header)
    return graph.chain(latch, 1)


def build(functions):
    graph = Graph()
    end = graph.block()
    for i in range(functions):
        start = end
        end = nest(graph, start, 2, 2 + i % 3)
        graph.edge(start, end)
        if i % 5 == 0:
            # Two ways into one loop.
            left = graph.chain(end, 2)
            right = graph.chain(end, 1)
            graph.edge(left, right)
            graph.edge(right, left)
            end = graph.chain(left, 1)
    return graph


def main(n=180):
    graph = build(n)
    loops = find_loops(graph)
    for _ in range(5):
        again = find_loops(graph)
        if len(again) != len(loops):
            raise RuntimeError("a second search finds other loops")
    blocks = sum(len(loop.blocks) for loop in loops)
    odd = sum(1 for loop in loops if not loop.reducible)
    check = 0
    for loop in loops:
        check = (check * 131 + loop.header.number * 7 + depth(loop)) % 1_000_000_007
    return len(graph.blocks), len(loops), blocks, odd, max(map(depth, loops)), check


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
