# A `try` whose first statement is another one, in a loop and in an expression's middle: the
# stack of the loop is kept where both are left by exceptions.


def attempt(kind, n):
    seen = []
    for i in range(n):
        try:
            try:
                raise kind(i)
            finally:
                seen.append(i)
        except (ValueError, KeyError) as error:
            seen.append(repr(error))
    return seen


def left(n):
    total = 0
    for i in range(n):
        try:
            try:
                try:
                    assert i % 3, "third"
                finally:
                    total += 1
            except ZeroDivisionError:
                total += 1000
        except AssertionError:
            total += 100
    return total


for i in range(3):
    try:
        try:
            assert False, "claim"
        finally:
            pass
    except Exception as error:
        print(i, repr(error))

print(attempt(ValueError, 3), attempt(KeyError, 2))
print(left(100))
