def unpack(a, b, c, items):
    a, b = b, a
    a, b, c = 1, 2, 3
    a, (b, c) = items
    a, *b, c = items
    x = y = items
    items[0], items[1] = items[1], items[0]


def augmented(items, i):
    i += 1
    items[i - 1] //= 2
    items[i:] += [i]
    items.x **= 2
    total: int = i
    other: int


def delete(items, i):
    del items[0], items[1:], i


def displays(a, b):
    t = a, b
    u = *a, b
    v = [1, *a, b]
    w = [1, 2, 3]
    x = [a]
    y = (1, (2.5, "s"), None)
    return []


def declared():
    global counter
    counter += 1
    if (n := counter) > 5:
        raise ValueError(n)
