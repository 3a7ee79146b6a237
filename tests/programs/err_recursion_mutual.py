"""Endless mutual recursion, called from a loop that is hot already."""


def even(n):
    if n == 0:
        return True
    return odd(n - 1)


def odd(n):
    if n == 0:
        return False
    return even(n - 1)


def run(n):
    count = 0
    for i in range(n):
        if even(i % 30 if i < 4000 else -1):
            count += 1
    return count


print(run(4000))
print(run(5000))
