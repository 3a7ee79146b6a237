"""A unary minus of a value that has become a list, inside a long expression."""


def run(values, n):
    total = 0
    for i in range(n):
        total = (total * 3 + (-values[i % 4] - 1)) % 1009 + abs(-values[(i + 1) % 4])
    return total


values = [1, 2.5, True, 7]
print(run(values, 5000))
values[3] = [7]
print(run(values, 5000))
