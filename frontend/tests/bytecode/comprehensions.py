squares = [x * x for x in range(10)]


def inner(rows, x):
    flat = [x + y for row in rows if row for y in row if y > x]
    again = [x for x in flat]
    late = [a for a in rows for b in f(b)]
    last = [(top := y) for y in rows]
    return x, top
