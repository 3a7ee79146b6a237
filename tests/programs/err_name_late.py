"""A branch that is first taken late in a hot loop reads a global that was never defined."""


def run(n):
    total = 0
    for i in range(n):
        if i > 7000:
            total += never_defined
        else:
            total += i ^ 5
    return total


print(run(7000))
print(run(9000))
