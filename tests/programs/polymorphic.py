"""One function called from one loop with ints, floats, bools, big ints, strings and lists."""


def double(x):
    return x + x


def scale(x, k):
    return x * k


def bigger(a, b):
    return a if a > b else b


def run(values, n):
    counts = [0] * len(values)
    last = None
    for i in range(n):
        k = i % len(values)
        v = double(values[k])
        last = scale(v, 2)
        if bigger(values[k], values[k - len(values)]) == values[k]:
            counts[k] += 1
    return counts, last


print(run([1, 2, 3], 4000))
print(run([1, 2.5], 4000))
print(run([1, 2.5, True, 2 ** 65], 6000))
print(run([1, 0.5, False, -(2 ** 64), 3, 1e300, True], 7001))
print(run(["a"], 4000))
print(run([[1, 2]], 4000))
print(run([(1,), (2, 3)], 4000))


def show(n):
    values = [1, 1.5, True, "x", [0], (1, 2), 2 ** 70]
    total = 0
    for i in range(n):
        total += len(str(double(values[i % 7])))
    return total


print(show(7000))
