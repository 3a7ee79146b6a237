"""An index out of range two calls below a hot loop."""


def pick(items, k):
    value = items[k]
    return value * 2


def weigh(items, k, w):
    before = w + 1
    result = pick(items, k) - w
    return result + before


def run(items, n):
    acc = 0
    k = 0
    while k < n:
        acc = acc + weigh(items, k, acc % 7)
        k += 1
    return acc


data = [i * i % 31 for i in range(6000)]
print(run(data, 6000))
print(run(data, 6001))
