"""Lists, strings, sets, dicts and big ints around the sizes at which they are kept otherwise."""


def growing(n):
    """Lists that begin small and outgrow their first room, while others look at them."""
    total = 0
    for i in range(n):
        items = []
        for k in range(i % 40):
            items.append(k)
            if len(items) != k + 1 or items[-1] != k:
                print("append", i, k)
        other = [i] * (i % 33)
        other.extend(items)
        other += other
        items.insert(0, items[:])
        total += len(other) + len(items) + len(items[0])
    return total


def emptied(n):
    """`pop` to the end of the list, and once more."""
    stack = []
    failed = 0
    seen = 0
    for i in range(n):
        if i % 7 < 3:
            stack.append((i, str(i)))
        try:
            number, text = stack.pop()
            if str(number) != text:
                print("pop", number, text)
            seen += number
        except IndexError as error:
            failed += 1
            last = str(error)
    return failed, seen, last, stack


def sliced(n):
    base = list(range(20))
    text = "abcdefghijklmnopqrstuvwxyz"
    check = 0
    for i in range(n):
        a, b = i % 27 - 3, i % 31 - 6
        row = base[:]
        row[:a] = row[b::-1]
        row[a:b] = base[2:5]
        check += len(row) + len(text[a:b]) + sum(row[::3]) + sum(row[b:None:-2])
        check += len(tuple(row)[a:]) + len(base[True:]) + len(text[a:b:2])
    return check


def refused(n):
    found = []
    for i in range(n):
        items = [1, 2, 3]
        for attempt in (
            lambda: items[::0],
            lambda: items["a":],
            lambda: "text"[1:2:0],
            lambda: items.__setitem__(slice(None, None, 0), [1]),
        ):
            try:
                attempt()
            except (ValueError, TypeError) as error:
                if i == n - 1:
                    found.append(f"{type(error).__name__}: {error}")
        try:
            items[0:2] = 5
        except TypeError as error:
            if i == n - 1:
                found.append(str(error))
        items[1:1] = items
        items[::2] = items[1::2]
    return found, items


def lengths(n):
    sets, dicts = set(), {}
    total = 0
    for i in range(n):
        sets.add(i % 50)
        sets.add((i % 3, str(i % 4)))
        dicts[i % 60, i % 2] = i
        total += len(sets) + len(dicts) + len(frozenset((i, i % 5)))
        if i % 100 == 99:
            sets.discard(7)
            dicts.clear()
        copy = dict(dicts)
        copy[i] = sets
        total += len(copy) + len(copy | dicts)
        if (i % 60, i % 2) not in dicts and i % 100 != 99 or i in dicts:
            print("dict", i)
        total += len(sets - {i % 50}) + len(sets & {1, 2, (0, "0")})
    return total


def texts(n):
    """Around the lengths at which texts that are not ASCII know where their characters are."""
    check = 0
    for i in range(n):
        text = "äb€𝄞" * (i % 13) + "z" * (i % 5)
        joined = text + "ö" + text
        if joined:
            at = i % len(joined)
            check += ord(joined[at]) + len(joined[at:]) + joined.find("ö")
        long = "x" * (i % 700) + text
        check += len(long + long) + (long == long[:]) + hash(long) - hash(long + "")
    return check


def truths(n):
    count = 0
    for i in range(n):
        for value in ("", "a", (), (0,), [], [0], None, 0, i % 2, {}, {1}, 0.0, True):
            if value:
                count += 1
            if not value:
                count += 10
            if value is None or value is True:
                count += 100
    return count


def products(n):
    small = 1
    for i in range(1, n):
        small *= i
        small = small * -3 if i % 50 == 0 else 7 * small
        if i % 90 == 0:
            small //= 10 ** (i % 40)
    return small % 1_000_000_007, (small * 0, 0 * small), (2 ** 62 * -1, -1 * 2 ** 62, 2 ** 63 * -1)


class Odd:
    """Equal to what it is told, and no key."""

    __hash__ = None

    def __init__(self, like):
        self.like = like

    def __eq__(self, other):
        return other == self.like


def members(n):
    a = [1]
    odd = Odd(5)
    hits = [0] * 6
    for i in range(n):
        hits[0] += [1] in [0, a] and (a,) in [([1],)]
        hits[1] += i % 9 in [1, odd, "x"]
        hits[2] += odd in [4, i % 7]
        hits[3] += float(i % 4) in (0, 2, None)
        hits[4] += b"a" in [bytearray(b"a")]
        hits[5] += str(i % 3) not in ["0", 1, b"2"]
    try:
        odd in {1, 2}
    except TypeError as error:
        hits.append(str(error))
    return hits


print(growing(3000), emptied(3000), sliced(3000))
print(refused(1500), lengths(3000))
print(texts(3000), truths(1200), products(900))
print(members(2000))
