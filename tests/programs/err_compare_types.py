"""Comparisons of numbers in a hot loop until a string comes by."""


def largest(items):
    best = items[0]
    for x in items:
        if x > best:
            best = x
    return best


items = [(i * 7919) % 6007 for i in range(6000)]
print(largest(items))
items[3000] = 7000.5
print(largest(items))
items[5000] = "8000"
print(largest(items))
