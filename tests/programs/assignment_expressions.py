"""Assignment expressions in comprehensions and generator expressions bind in the code around them."""


def first_over(limit, items):
    if any((found := item) > limit for item in items):
        return found
    return None


def nested():
    pairs = list([(last := a * b) for b in range(3)] for a in range(3))
    deep = sum(sum((inner := c + d) for d in range(2)) for c in range(3))

    def change():
        nonlocal last
        rows = list((last := last + n) for n in range(3))
        return rows, last

    return pairs, last, deep, inner, change(), last


def shared():
    global total
    return list((total := total + n) for n in range(4))


total = 10
print(first_over(2, [1, 2, 3, 4]), first_over(9, [1]), nested(), shared(), total)
print(any((at_module := x) > 2 for x in range(5)), at_module)
print([y := 1, y ** 2], [z := n for n in range(3)], z, {k: (v := k) for k in "ab"}, v)


class Body:
    here = (inside := 3) + 1


print(Body.here, Body.inside)
lengths = 0
for n in range(100):
    if any((size := m) > n for m in range(n + 3)):
        lengths += size
print(lengths)
