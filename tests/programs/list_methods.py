"""The methods of lists in hot loops."""


def run(n):
    items = [5, 3, 8]
    total = 0
    for i in range(n):
        items.append(i % 17)
        items.insert(i % 3, i % 5)
        items.extend([1, 2])
        total += items.index(2) + items.count(1)
        items.remove(2)
        if i % 7 == 0:
            items.reverse()
        if i % 50 == 0:
            items.sort()
        if len(items) > 40:
            other = items.copy()
            items.clear()
            items.extend(other[:10])
        items.pop(1)
        total = (total * 3 + items[0] + items[-1] + len(items)) % 1000003
    return total, items


print(run(4000))


def extend_with(n):
    items = []
    for i in range(n):
        items += [i]
        items.extend((i, i + 1))
        items.extend(range(i % 3))
        if len(items) > 100:
            items = items[-3:]
    return items


print(extend_with(4000))
