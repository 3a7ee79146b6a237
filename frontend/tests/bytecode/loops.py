def count(n):
    i = 0
    while i < n:
        i += 1
        if i == 3:
            continue
        if i == 5:
            break
    else:
        i = -1
    return i


def find(items, wanted):
    for item in items:
        if item == wanted:
            break
        if item < 0:
            continue
    else:
        return False
    return True


def forever():
    while True:
        while True:
            pass


def constants():
    for x in [1, 2, 3]:
        for y in range(x):
            return y
