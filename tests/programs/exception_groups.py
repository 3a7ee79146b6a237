# Exceptions that hold exceptions, as objects: there is no except*. Names of the system's errors and of warnings.
group = ExceptionGroup("several", [ValueError(1), TypeError("two"), KeyError("k")])
try:
    raise group
except ExceptionGroup as error:
    print(error, repr(error), error.message, error.exceptions, isinstance(error, Exception), error is group)
    for inner in error.exceptions:
        print(type(inner).__name__, inner)
nested = ExceptionGroup("outer", (group, OSError(2, "gone")))
print(nested, len(nested.exceptions), nested.exceptions[0] is group, ExceptionGroup("one", [KeyError()]))


class Failures(ExceptionGroup):
    def names(self):
        return [type(error).__name__ for error in self.exceptions]


failures = Failures("tasks", [ZeroDivisionError("a"), IndexError("b")])
print(failures, failures.names(), failures.args[0])
for args in [(), ("a",), (1, [ValueError()]), ("a", 5), ("a", []), ("a", [1]), ("a", [KeyboardInterrupt()]), ("a", {ValueError()})]:
    try:
        ExceptionGroup(*args)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)


def collect(tasks):
    errors = []
    for task in tasks:
        try:
            task()
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup(f"{len(errors)} failed", errors)


for _ in range(50):
    try:
        collect([lambda: 1 / 0, lambda: [][1], lambda: 5])
    except ExceptionGroup as error:
        known = error
print(known, [str(error) for error in known.exceptions])
for number in (2, 11, 4, 10, 3, 32, 103, 104, 111, 110, 17, 99999):
    error = OSError(number, "text")
    print(type(error).__name__, error, type(error).__mro__[1].__name__)
print([kind.__base__.__name__ for kind in (BrokenPipeError, ConnectionResetError, BlockingIOError, TabError, FutureWarning, SyntaxWarning, ResourceWarning, ImportWarning, UnicodeWarning, BytesWarning, PendingDeprecationWarning)])
