"""Order of evaluation: operands, arguments, targets and conditions with side effects."""

log = [0]


def note(k):
    log[0] = (log[0] * 31 + k) % 1000000007
    return k


def run(n):
    items = [0, 0, 0, 0, 0, 0, 0, 0]
    total = 0
    for i in range(n):
        items[note(i % 3)] = note(i % 5) + note(2) * note(i % 7)
        items[note(i % 8)] += note(1)
        total += note(i) if note(i % 2) else note(3) - note(4)
        total += add(note(1), add(note(2), note(3), note(0)), note(4))
        a, b = note(5), note(6)
        items[note(a - 5)], items[note(b - 5)] = note(7), note(8)
        x = [note(9), note(10), (note(11), note(12))]
        total += x[note(0)] + x[note(-1)][note(1)]
        if note(i % 4) < note(2) <= note(i % 6):
            total += 1
        if note(0) or note(i % 2) and not note(i % 3):
            total += 2
    return total, items


def add(a, b, c):
    log[0] += 1
    return a + b - c


print(run(2500), log)
index = [0]


def next_index():
    index[0] = (index[0] + 1) % 4
    return index[0]


def augmented(n):
    items = [0, 0.0, "", [0]]
    for i in range(n):
        k = next_index()
        if k == 2:
            items[k] = "s"
        elif k == 3:
            items[k] = items[k][:1]
        else:
            items[next_index() % 2] += 1
    return items


print(augmented(4000))
