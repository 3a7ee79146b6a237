# Comparing, finding and showing containers whose items leave garbage behind, or change the container meanwhile.
class Item:
    def __init__(self, key):
        self.key = key

    def __eq__(self, other):
        row = [[self.key], [other.key]]
        return row[0] == row[1]

    def __lt__(self, other):
        return [[self.key]] < [[other.key]]

    def __hash__(self):
        return 1

    def __repr__(self):
        return f"{[self.key]}"


class Thief(Item):
    """Takes everything out of what holds it, and leaves other things there."""

    def rob(self):
        for home in self.homes:
            if isinstance(home, dict):
                home.clear()
                home["new"] = [[str(i)] for i in range(3)]
            else:
                del home[:]
                home.extend([[i] for i in range(3)])

    def __eq__(self, other):
        self.rob()
        return True

    def __lt__(self, other):
        self.rob()
        return True

    __hash__ = Item.__hash__

    def __repr__(self):
        self.rob()
        return "thief"


def thief(*homes):
    made = Thief(0)
    made.homes = homes
    return made


def rounds(n):
    items = [Item(i) for i in range(n)]
    same = [Item(i) for i in range(n)]
    print(items == same, [items] < [same + items], (1, items) != (1, same), Item(n - 1) in items, Item(n) in tuple(items))
    print(items, {Item(1): items[:2], "k": (Item(3),)}, {"a": {"b": [items[:3]]}}, f"{items[:2]!r:>12}|{items[:1]}")
    print({"x": same} == {"x": items}, {Item(1), Item(2)} == {Item(2), Item(1)}, repr({Item(5)}), {1: items[:2]}.values(), {1: items[:2]}.items())
    print(items.index(Item(3)), items.count(Item(2)), [[Item(1)]] in [[[Item(0)]], [[Item(1)]]], slice(items[:2], 3))


for n in [5, 12]:
    rounds(n)
for _ in range(30):
    a, b = [[1], None, [2], [3]], [[1], None, [2], [3]]
    a[1] = thief(a, b)
    first = a == b, a, b
    a = [[1], None, [2], [3]]
    a[1] = thief(a)
    second = repr(a), a
    a = {"one": [1], "two": None, "three": [3]}
    a["two"] = thief(a)
    third = str(a), a
    a = [[0], None, [2]]
    a[1] = thief(a)
    fourth = [5] in a, a
    a, b = [None, [2]], [None, [2]]
    a[0], b[0] = thief(a, b), Item(1)
    fifth = a < b, a, b
print(first, second, third, fourth, fifth)
for _ in range(2000):
    found = [Item(1)] in [[Item(2)], [Item(1)]], [Item(1), [Item(2)]] == [Item(1), [Item(2)]], f"{[Item(1)]}"
print(found)
