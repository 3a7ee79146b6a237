"""Many lists: nested, cyclic, in queues, with old ones that point at new ones."""


def queue(n):
    old = [None] * 500
    total = 0
    for i in range(n):
        item = [i, [i + 1, [i + 2]], i * 0.5]
        old[i % 500] = item
        back = old[(i * 7) % 500]
        if back is not None:
            total += back[1][1][0] + len(back)
            back[1] = [back[0], item[1]] if i % 3 == 0 else back[1]
            if len(str(back[1])) > 100:
                back[1] = [0, [0]]
        if back is not None and i % 3 == 0:
            back[1] = [1, [back[0]]]
    return total


print(queue(8000))


def cycles(n):
    total = 0
    for i in range(n):
        a = [i]
        b = [a, i]
        a.append(b)
        a.append(a)
        total += a[1][0][2][2][0] + b[0][1][1]
    return total


print(cycles(12000))


def linked(n):
    head = None
    for i in range(n):
        head = (i, head)
    total = 0
    while head is not None:
        value, head = head
        total += value
    return total


print(linked(20000))


def grids(n):
    last = [[0] * 20 for _ in range(20)]
    for k in range(n):
        last = [[last[j][i] + 1 for j in range(20)] for i in range(20)]
    return sum([sum(row) for row in last])


print(grids(60))
