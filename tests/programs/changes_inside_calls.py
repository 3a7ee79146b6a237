# What special methods and callbacks change is seen by the very next instruction of a hot loop.
LIMIT = 1


class Adder:
    factor = 3

    def __add__(self, other):
        global LIMIT
        if other == 3000:
            LIMIT = 100
        return other

    def scale(self, x):
        return x

    def __len__(self):
        if len(log) == 2500:
            Adder.scale = lambda self, x: x + 1000
        return 1

    def __getitem__(self, i):
        if i == 2000:
            Adder.factor = "changed"
        return i

    def __contains__(self, i):
        global helper
        if i == 1500:
            helper = lambda x: x * 10
        return True


def helper(x):
    return x


log = []


def globals_change(n):
    adder = Adder()
    total = 0
    first = None
    for i in range(n):
        x = adder + i
        total += LIMIT
        if first is None and LIMIT != 1:
            first = x
    return total, first


def methods_change(n):
    adder = Adder()
    total = 0
    for i in range(n):
        log.append(i)
        total += len(adder)
        total += adder.scale(i)
    return total


def attributes_change(n):
    adder = Adder()
    seen = []
    kind = None
    for i in range(n):
        adder[i]
        f = adder.factor
        if f is not kind:
            kind = f
            seen.append((i, f))
    return seen


def functions_change(n):
    adder = Adder()
    total = 0
    for i in range(n):
        if i in adder:
            total += helper(i)
    return total


def callbacks_change(n):
    global LIMIT
    LIMIT = 7

    def key(x):
        global LIMIT
        if x == 2200:
            LIMIT = 8
        return x

    total = 0
    for i in range(n):
        total += max([i, 1], key=key)
        total += LIMIT * 1000000
    return total


print(globals_change(5000))
print(methods_change(5000))
print(attributes_change(5000))
print(functions_change(5000))
print(callbacks_change(5000))
