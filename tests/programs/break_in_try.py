# Loops that are left out of `try`, with and without `finally`, and sets changed in place.
def first(items, wanted):
    for i, item in enumerate(items):
        try:
            if item == wanted:
                break
            if item > 90:
                continue
        except TypeError:
            i = -1
    else:
        return None
    return i


def nested(n):
    seen = []
    for i in range(n):
        try:
            for j in range(n):
                try:
                    if j == 2:
                        break
                    if i == 3:
                        return seen
                    seen.append(i * j)
                except ValueError:
                    pass
        finally:
            seen.append(-1)


print(first(list(range(100)), 40), first([1, "a", None], 7), first([3] * 50, 3))
print(nested(5))
for i in range(3):
    try:
        break
    except KeyError:
        pass
while True:
    try:
        break
    finally:
        print("left")

many = {2, -3}
for i in range(200):
    many |= set([8, -2, i])
    many &= {i, i - 1, 8}
    many ^= {i, 3}
    many -= {8}
print(sorted(many))
