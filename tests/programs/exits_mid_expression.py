"""Guards that fail while many temporaries wait on the operand stack, some in callers."""


def pick(items, i):
    return items[i % len(items)]


def join(a, b, c, d):
    return a * 2 + b - c * 3 + d


def run(items, n):
    total = 0
    for i in range(n):
        total = total + i * (3 + join(i, i + 1, pick(items, i), i * (i - pick(items, i + 1)))) - join(
            1, pick(items, i), 2 * pick(items, i + 2), i) // 1
        total = total % 1000003
    return total


print(run([1, 2, 3], 4000))
print(run([1, 2.5, 3], 4000))
print(run([1, 2, 3, True, 2 ** 62], 4000))


def lists(n):
    total = 0
    for i in range(n):
        x = 1 if i % 1000 == 999 else 0.5 if i % 7 == 6 else 2
        row = [i, (i, [x, i + x]), [x * 2, x + i, x], i - x]
        total += row[1][1][1] + row[2][0] - row[3] + (row[0], x, row)[1]
    return total


print(lists(5000))


def nested(n):
    hits = 0
    for i in range(n):
        for j in range(3):
            hits = hits + (j and (i % 11 < 5 and join(i, j, hits % 10, 1)) or (i if i % 401 else 0.5)) % 97
    return hits


print(nested(3000))
