"""A local is deleted and bound again in every iteration, until it is not."""


def run(n, stop):
    total = 0
    extra = 1
    for i in range(n):
        total += extra
        del extra
        if i != stop:
            extra = i % 5
    return total


print(run(6000, 7000))
print(run(8000, 7000))
