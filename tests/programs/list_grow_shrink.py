"""Lists that grow and shrink in hot loops, with len as the loop's condition."""


def sawtooth(n):
    items = []
    peak = 0
    total = 0
    for i in range(n):
        if i // 500 % 2 == 0:
            items.append(i)
        else:
            total += items.pop()
        if len(items) > peak:
            peak = len(items)
    return len(items), peak, total


def stack(n):
    work = [n]
    steps = 0
    while work:
        x = work.pop()
        steps += x & 1
        if x > 1:
            work.append(x // 2)
            work.append(x - x // 2 - 1)
    return steps


def queue(n):
    items = [1, 2, 3]
    total = 0
    while len(items) > 0:
        x = items.pop(0)
        total = (total * 3 + x) % 1000003
        if n > 0:
            items.append(x + n % 7)
            n -= 1
    return total


print(sawtooth(10200))
print(stack(5000))
print(queue(6000))
