# Indices that are machine words and no small ints, and larger ones.
items = [1, 2, 3]
for at in (2**62 - 1, 2**62, -2**62 - 1, 2**63 - 1, -2**63, 2**63, -2**63 - 1, 2**70):
    for attempt in (
        lambda: items[at],
        lambda: (1, 2)[at],
        lambda: "text"[at],
        lambda: items.pop(at),
        lambda: range(5)[at],
        lambda: chr(at),
    ):
        try:
            print(attempt())
        except (IndexError, OverflowError, ValueError) as error:
            print(type(error).__name__, error)
    try:
        items[at] = 1
    except IndexError as error:
        print(error)
    try:
        del items[at]
    except IndexError as error:
        print(error)
for code in (-1, 2**31 - 1, 2**31, -2**31, -2**31 - 1):
    try:
        chr(code)
    except (OverflowError, ValueError) as error:
        print(type(error).__name__, error)


class Plain:
    def __repr__(self):
        return None


for show in (str, repr, lambda x: f"{x}", lambda x: f"{x!r}", lambda x: "%s" % x, print):
    try:
        print(show(Plain()))
    except TypeError as error:
        print(error)

total = 0
for i in range(100):
    total += items[i % 3] * len(items)
print(total)
