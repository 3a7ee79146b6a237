"""Popping from a list that runs empty in a hot loop."""


def drain(items):
    total = 0
    while True:
        total = total + items.pop()
        if total > 10 ** 12:
            return total


work = []
for i in range(6000):
    work.append(i)
print(len(work))
print(drain(work))
