def f(x):
    try:
        if x == 0:
            raise ValueError("zero")
        if x == 1:
            return [1, 2][x * 5]
        if x == 2:
            return 1 // 0
        return "fine"
    except ValueError as e:
        return "value error: " + str(e)
    except (IndexError, KeyError) as e:
        return f"lookup: {e!r}"
    except ZeroDivisionError:
        return "division"
    finally:
        print("finally", x)


for i in range(4):
    print(f(i))


def nested():
    try:
        try:
            raise KeyError("a")
        except KeyError as e:
            raise TypeError("b") from e
    except TypeError as e:
        print(type(e).__name__, e, repr(e.__cause__), e.__context__ is e.__cause__)
        print(e.__suppress_context__)
    try:
        try:
            {}["missing"]
        finally:
            print("in between")
    except LookupError as e:
        print(repr(e), str(e), e.args)


nested()


def loops():
    out = []
    for i in range(10):
        try:
            if i == 2:
                continue
            if i == 5:
                break
            out.append(i)
        finally:
            out.append(-i)
    else:
        out.append("else")
    return out


print(loops())


def returns():
    for x in range(3):
        try:
            return x
        finally:
            if x < 2:
                continue
    return "end"


print(returns())


class Base(Exception):
    pass


class Child(Base):
    def __init__(self, code, text):
        super().__init__(code, text)
        self.code = code

    def __str__(self):
        return f"<{self.code}>"


try:
    raise Child(3, "x")
except Base as e:
    print(e, repr(e), e.code, e.args)

try:
    raise Base
except Base as e:
    print(repr(e), [str(e)])

try:
    raise
except RuntimeError as e:
    print(e)

try:
    raise 3
except TypeError as e:
    print(e)

try:
    assert 1 == 2, "message"
except AssertionError as e:
    print("assert", e)


def reraise():
    try:
        raise OSError(2, "No such file")
    except OSError:
        raise


try:
    reraise()
except OSError as e:
    print(e)
    try:
        e
    except NameError:
        print("no")

try:
    e
except NameError as error:
    print(error)

total = 0
for i in range(2000):
    try:
        if i % 7 == 3:
            raise ValueError(i)
        total += i
    except ValueError as e:
        total -= e.args[0]
print(total)


class Manager:
    def __init__(self, swallow):
        self.swallow = swallow

    def __enter__(self):
        print("enter")
        return self

    def __exit__(self, kind, value, traceback):
        print("exit", kind, value, traceback is not None)
        return self.swallow


with Manager(True) as m:
    print(m.swallow)
    raise ValueError("swallowed")
with Manager(False), Manager(False):
    print("inside")
try:
    with Manager(False):
        raise KeyError(1)
except KeyError as e:
    print("caught", e)


def with_return():
    for i in range(3):
        with Manager(False):
            if i == 1:
                return i
            continue


print(with_return())
print(issubclass(Child, Exception), isinstance(Child(1, 2), Base), Child.__mro__)
