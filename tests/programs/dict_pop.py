# `dict.pop`: with and without default, and what becomes of keys that have no hash.
table = {"a": 1, "b": 2}
print(table.pop("a"), table.pop("a", 5), table.pop("b", None), table)
print(table.pop([], "nothing is hashed"))
for attempt in (lambda: table.pop("c"), lambda: {}.pop([]), lambda: {1: 2}.pop([], 3)):
    try:
        print(attempt())
    except (KeyError, TypeError) as error:
        print(type(error).__name__, error)
total = 0
for i in range(300):
    table[i % 7] = i
    total += table.pop(i % 5, -1)
print(total, table)
for i in range(300):
    total += i
print(total)
