"""Recursion inside loops, loops inside recursion, and calls deeper than a trace follows."""


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def sums(n):
    t = 0
    for i in range(n):
        t += fib(i % 11)
    return t


def permute(items, k):
    if k == len(items):
        return items[0] * 10 + items[-1]
    t = 0
    for i in range(k, len(items)):
        items[k], items[i] = items[i], items[k]
        t += permute(items, k + 1)
        items[k], items[i] = items[i], items[k]
    return t


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def hanoi(n, a, b, c):
    if n == 0:
        return 0
    return hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)


def chain(n, x):
    return x if n == 0 else chain(n - 1, x + n) - 1


def chains(n):
    t = 0
    for i in range(n):
        t += chain(i % 25, i)
    return t


print(sums(600), permute([1, 2, 3, 4, 5, 6], 0), ackermann(2, 9), hanoi(9, 1, 2, 3), chains(3000))


def tree(depth):
    if depth == 0:
        return [1]
    return [tree(depth - 1), depth, tree(depth - 1)]


def weight(node):
    t = 0
    for part in node:
        if part == 1 or part == depth_of_leaf:
            t += 1
        elif len(str(part)) < 3:
            t += part
        else:
            t += weight(part)
    return t


depth_of_leaf = -1
print(weight(tree(6)))
