"""One subscript and one comparison that see strings, dicts and others in turn: forms that were chosen for
some operands meet the others, the ends, and keys that are not there."""


def pick(container, index):
    return container[index]


def same(a, b):
    if a == b:
        return 1
    return 2 if a != b else 3


def run(container, indices, times=40):
    found = []
    for _ in range(times):
        for index in indices:
            try:
                found.append(pick(container, index))
            except (IndexError, KeyError, TypeError) as error:
                found.append(f"{type(error).__name__}: {error}")
    return found[: len(indices)], len(found)


class Text(str):
    def __getitem__(self, index):
        return "own " + super().__getitem__(index)

    def __eq__(self, other):
        return "never"

    __hash__ = str.__hash__


class Missing(dict):
    def __missing__(self, key):
        return ("missing", key)


class Key:
    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        return self.name == other


ascii_text = "subscript"
print(run(ascii_text, [0, -1, 8, -9, 9, -10, True, 2.0, "0", 10**30]))
print(run("grün€x", [0, 2, 3, 4, 5, -1, -2, 6]))
print(run("", [0, -1]))
table = {"a": 1, 2: "two", 2.5: "float", (1, 2): "tuple", None: "none"}
print(run(table, ["a", 2, 2.0, 2.5, (1, 2), None, "b", 3, True, [1]]))
many = {str(i): i for i in range(50)}
many.update({i: -i for i in range(50)})
print(run(many, ["0", "49", 0, 49, "50", 50, -1]))
print(run(Missing(a=1), ["a", "b", 7]))
print(run(Text("text"), [0, 1, -1]))
print(run({Key("k"): "by a method", "plain": 1}, ["k", "plain", "none"]))
print(run([10, 20], [0, -1, 2]))
for i in range(3):
    print(run([ascii_text, table, [1, 2]][i], [1, "a"], 5))

words = ["alpha", "al" + "pha", "beta", "", "grün", "gr" + "ün"]
total = 0
for _ in range(60):
    for a in words:
        for b in words:
            total = total * 3 % 1_000_003 + same(a, b)
print(total)
print([same(a, b) for a in ["x", 1, 1.0, None, Text("x")] for b in ["x", 1, True, Text("x")]])

shrinking = {}
for i in range(40):
    shrinking[i] = str(i)
    if i % 3 == 0:
        del shrinking[i]
    if i > 8:
        shrinking.pop(i - 8, None)
check = 0
for _ in range(30):
    for key in list(shrinking):
        check = (check * 31 + int(shrinking[key])) % 1_000_003
print(check, list(shrinking.items())[:4], 33 in shrinking, 34 in shrinking)
small = {}
for i in range(9):
    small[str(i)] = i
    print(len(small), list(small)[-1], small.get("3"), end="; ")
del small["0"], small["4"]
small["0"] = "again"
print(small)


class Hashed:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return self.value


for value in (0, True, -1, -2, 2**61 - 1, 2**61 + 5, 2**63 - 1, -(2**63), 2**63, -(2**64), 10**30):
    print(value, hash(Hashed(value)), hash(value))
try:
    hash(Hashed("text"))
except TypeError as error:
    print(error)
