# Special methods, properties and generators of hot loops: results, fallbacks, exceptions.


class Money:
    def __init__(self, amount):
        self.amount = amount

    def __add__(self, other):
        if isinstance(other, Money):
            return Money(self.amount + other.amount)
        if other == 777 or isinstance(other, Other):
            return NotImplemented
        return Money(self.amount + other)

    def __radd__(self, other):
        return Money(other + self.amount)

    def __iadd__(self, other):
        self.amount += 1
        return self

    def __eq__(self, other):
        if not isinstance(other, Money):
            return NotImplemented
        return self.amount == other.amount

    def __lt__(self, other):
        return self.amount < other.amount

    def __len__(self):
        return self.amount % 5

    def __getitem__(self, i):
        if i < 0:
            raise IndexError("below zero")
        return self.amount * i

    def __setitem__(self, i, value):
        self.amount = i + value

    def __delitem__(self, i):
        self.amount -= i

    def __bool__(self):
        return self.amount % 2 == 0

    def __call__(self, x, y=3):
        return self.amount + x + y

    def __contains__(self, x):
        return x % 3 == self.amount % 3

    def __neg__(self):
        return Money(-self.amount)

    @property
    def double(self):
        return self.amount * 2

    @double.setter
    def double(self, value):
        self.amount = value // 2

    @property
    def adder(self):
        return lambda x: x + self.amount


class Gold(Money):
    def __radd__(self, other):
        return "gold"

    def __eq__(self, other):
        return "gold" if other.amount == 50 else self.amount > 3


class Other:
    def __radd__(self, other):
        return other.amount


def operators(n):
    a, one, total, right = Money(0), Money(1), 0, Other()
    for i in range(n):
        a = a + one
        b = 5 + a
        if i % 100 == 0:
            total += a + right
            a = a + 2
        total += b.amount
        a += one
        c = -a
        total += c.amount
    return a.amount, total


def comparisons(n):
    total = 0
    a, b, g = Money(50), Money(0), Gold(4)
    for i in range(n):
        b.amount = i % 100
        if a == b:
            total += 1
        if a != b:
            total += 1000
        if b < a:
            total += 7
        if a == 3:
            total += 100000
        if a != None:
            total += 3
        if a == g:
            total += 13
        if (g == a) == "gold":
            total += 17
    return total


def items(n):
    m, total, wrong = Money(3), 0, 0
    for i in range(n):
        total += m[i] + len(m)
        m[i] = 2
        del m[1]
        total += m.double + m(1) + m(1, 2)
        m.double = i * 2
        total += m.adder(1)
        if m:
            total += 1
        if i in m:
            total += 1
        try:
            total += m[-1 if i % 50 == 49 else 1]
        except IndexError as e:
            wrong += len(str(e))
    return m.amount, total, wrong


class Count:
    def __init__(self, n):
        self.n = n
        self.i = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i


def squares(n):
    for i in range(n):
        yield i * i


def pairs(n):
    for i in range(n):
        yield i
        yield -i
    return 5


def chained(n):
    yield from squares(n)
    got = yield from pairs(n)
    yield got


def guarded(n):
    for i in range(n):
        try:
            yield 10 // (i % 10)
        except ZeroDivisionError:
            yield "zero"
        finally:
            log.append(i)


log = []


def iterations(n):
    total = 0
    for x in Count(n):
        for y in Count(2):
            total += x * y
    for x in squares(n):
        total += x
    for x in pairs(n):
        total += x + 1
    for x in chained(n):
        total += x
    for k in range(n // 10):
        for x in squares(4):
            total += x
            if x == 4:
                break
    words = []
    for x in guarded(n):
        if x == "zero":
            words.append(x)
        else:
            total += x
    return total, len(words), len(log)


def raising(n):
    def failing(m):
        for i in range(m):
            if i == m - 3:
                raise ValueError(i)
            yield i

    class Failing:
        def __add__(self, other):
            if other == n - 5:
                raise KeyError(other)
            return other

        def __next__(self):
            raise StopIteration("early")

        def __iter__(self):
            return self

    total = 0
    try:
        for x in failing(n):
            total += x
    except ValueError as e:
        total += e.args[0]
    f = Failing()
    try:
        for i in range(n):
            total += f + i
    except KeyError as e:
        total -= e.args[0]
    for x in f:
        total = 0
    try:
        for x in squares(3):
            f + (n - 5)
    except KeyError:
        total += 1
    g = squares(5)
    for x in g:
        total += x
        if x == 4:
            try:
                for y in g:
                    total += 1000
            except ValueError:
                total = -1
    try:
        Money(1) + "x"
    except TypeError as e:
        print(e)
    try:
        Money(1) + 777
    except TypeError as e:
        print(e)
    return total


def handled(n):
    # What is being handled inside a generator is not being handled outside.
    def inside():
        for i in range(n):
            try:
                raise ValueError(i)
            except ValueError as e:
                yield e.args[0]

    total = 0
    for x in inside():
        total += x
        try:
            raise
        except RuntimeError as e:
            total += len(str(e))
    return total


class Node:
    def __init__(self, left, right):
        self.left = left
        self.right = right

    def __iter__(self):
        if self.left:
            for x in self.left:
                yield x
        yield 1
        if self.right:
            for x in self.right:
                yield x


def tree(depth):
    return Node(tree(depth - 1), tree(depth - 1)) if depth else None


print(operators(3000))
print(comparisons(3000))
print(items(3000))
print(iterations(2000))
print(raising(3000))
print(handled(500))
print(sum(1 for _ in tree(9)), sum(tree(8)))
