"""Errors name the class of an object, not the built-in type that it derives from; and what such classes take over
from built-in types."""


def tried(action):
    try:
        print(repr(action()))
    except Exception as error:
        print(type(error).__name__, error)


class Number(int):
    pass


class Items(list):
    pass


class Table(dict):
    pass


for value in [Number(3), Items([1]), Table(a=1)]:
    for action in [lambda: -value, lambda: value @ value, lambda: value + None, lambda: value < None, lambda: None in value,
                   lambda: len(value), lambda: list(value), lambda: value[0], lambda: list(reversed(value)),
                   lambda: format(value, '>5'), lambda: value(), lambda: value < object, lambda: [1] + value]:
        tried(action)


def delete(container, place):
    del container[place]


for container in [(1, 2), 'ab', b'ab', range(3), 5, None, {1}, object]:
    for place in [0, slice(0, 1), 'a']:
        tried(lambda: delete(container, place))


def assign(container, place, value):
    container[place] = value
    return container


for value in [b'', b'x', [1], 5, 'a', slice(1), 2.5]:
    tried(lambda: assign(bytearray(b'0123'), slice(0, 4, 2), value))
    tried(lambda: assign([0, 1, 2, 3], slice(0, 4, 2), value))
    tried(lambda: assign(bytearray(b'0123'), slice(0, 4, 0), value))
    tried(lambda: assign([0, 1, 2, 3], slice(0, 4, 0), value))


class Same(Items):
    def __eq__(self, other):
        return True


class Left:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return isinstance(other, type(self)) and self.value == other.value


class Right(Left):
    pass


print(Same() != Items(), Same() != Items([1]), Left(1) != Right(1), Right(1) != Left(1), Left(1) == Right(1))


class Long(Number):
    def __len__(self):
        return 1


class Full(Items):
    def __len__(self):
        return 1


class Backwards(Items):
    def __getitem__(self, index):
        return 'item'

    def __iter__(self):
        yield 'iterated'


print(bool(Long()), bool(Full()), list(reversed(Backwards('ab'))), 'iterated' in Backwards('ab'), 'a' in Backwards('ab'))


class Told:
    def __init_subclass__(cls, **options):
        cls.told = options
        super().__init_subclass__()


class Again(Told, first=1):
    def __init_subclass__(cls, **options):
        super().__init_subclass__(again=True, **options)


class Last(Again, second=2):
    pass


print(Again.told, Last.told)


def generator(x):
    value = yield x


for begun in [False, True]:
    made = generator(1)
    if begun:
        next(made)
    tried(lambda: made.throw(StopIteration('end')))
    tried(lambda: made.throw(StopIteration('end')))
for value in [range(3), {1: 2}, {1}, {}.keys()]:
    for other in ['ab', [1], (1,)]:
        try:
            value *= other
        except TypeError as error:
            print(error)
for count in [2**70, -2**70, 10]:
    tried(lambda: () * count)
    tried(lambda: count * 'a')
items = [Number(i) for i in range(100)]
total = Number(0)
for item in items:
    total = total + item * 2 - (item != total) if item else total
print(total, type(total).__name__)
