"""Lists that change while a loop runs over them."""


def growing(n):
    items = [1]
    total = 0
    for x in items:
        total += x
        if len(items) < n:
            items.append(x % 7 + 1)
    return total, len(items)


def shrinking(n):
    items = list(range(n))
    seen = 0
    for x in items:
        seen += x
        items.pop()
    return seen, len(items)


def rewriting(n):
    items = [0] * n
    total = 0
    i = 0
    for x in items:
        total += x
        i += 1
        if i < n:
            items[i] = x + 1 if i < 4000 else 0.5
    return total


def rebinding(n):
    items = list(range(n))
    total = 0
    for x in items:
        items = [x]
        total += items[0]
    return total, items


def cleared(n):
    items = list(range(n))
    count = 0
    for x in items:
        count += 1
        if x == n // 2:
            items.clear()
    return count


print(growing(5000), shrinking(8001), rewriting(6000), rebinding(5000), cleared(8000))


def inner(n):
    total = 0
    for i in range(n):
        items = [i, i + 1]
        for x in items:
            total += x
            if len(items) < 5:
                items.append(x)
    return total


print(inner(2000))
