"""Two names for one list: stores through one are seen through the other at once."""


def run(n):
    a = [1, 2, 3]
    b = a
    c = [a, b, a[:]]
    total = 0
    for i in range(n):
        a[0] = i
        x = b[0]
        b[1] = x + 1
        y = a[1]
        c[2][2] = y
        total += x + y + c[0][0] + c[1][1] + c[2][2]
        if i == 5000:
            b = c[2]
        if i == 6000:
            c[1] = c[2]
            a = b
    return total, a, b, c, a is b


print(run(4000))
print(run(8000))


def lengths(a, b, n):
    total = 0
    for i in range(n):
        x = len(a)
        b.append(i)
        y = len(a)
        total += y - x
        if len(b) > 50:
            b.clear()
            total += len(a)
    return total


one = [0]
print(lengths(one, one, 5000), lengths([0], one, 5000), len(one))


def write_through(rows, n):
    total = 0
    first = rows[0]
    for i in range(n):
        x = first[0]
        rows[i % 2][0] = i
        total += first[0] - x
    return total


shared = [0]
print(write_through([[0], [0]], 5000), write_through([shared, shared], 5000))
