"""A loop variable read after the loop: bound thousands of times, then a zero-trip loop."""


def last(n):
    for i in range(n):
        square = i * i
    return square + i


def run(n):
    acc = 0
    for k in range(n):
        acc += last(n - k)
    return acc


print(run(100))
total = 0
for k in range(4000, -1, -1):
    total += last(k % 4000 // 1000 + k // 4000 + (1 if k else 0))
print(total)
