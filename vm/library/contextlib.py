"""Context managers made of functions and other objects."""

import sys
from _collections import deque
from abc import ABC, abstractmethod
from functools import wraps


class AbstractContextManager(ABC):
    """What can enter and leave; to enter gives the manager itself."""

    __slots__ = ()

    @classmethod
    def __subclasshook__(cls, derived):
        if cls is not AbstractContextManager:
            return NotImplemented
        for name in ("__enter__", "__exit__"):
            for base in derived.__mro__:
                if name in vars(base):
                    if vars(base)[name] is None:
                        return NotImplemented
                    break
            else:
                return NotImplemented
        return True

    def __enter__(self):
        return self

    @abstractmethod
    def __exit__(self, exc_type, exc_value, traceback):
        return None


class ContextDecorator:
    """A context manager that is a decorator too."""

    def _recreate_cm(self):
        return self

    def __call__(self, func):
        @wraps(func)
        def inner(*args, **kwds):
            with self._recreate_cm():
                return func(*args, **kwds)
        return inner


class _GeneratorContextManager(ContextDecorator):
    def __init__(self, func, args, kwds):
        self.gen = func(*args, **kwds)
        self.func, self.args, self.kwds = func, args, kwds

    def _recreate_cm(self):
        return type(self)(self.func, self.args, self.kwds)

    def __enter__(self):
        try:
            return next(self.gen)
        except StopIteration:
            raise RuntimeError("generator didn't yield") from None

    def __exit__(self, kind, value, traceback):
        if kind is None:
            try:
                next(self.gen)
            except StopIteration:
                return False
            raise RuntimeError("generator didn't stop")
        if value is None:
            value = kind()
        try:
            self.gen.throw(value)
        except StopIteration as stop:
            return stop is not value
        except RuntimeError as error:
            if error is value:
                return False
            if isinstance(value, StopIteration) and error.__cause__ is value:
                return False
            raise
        except BaseException as error:
            if error is not value:
                raise
            return False
        raise RuntimeError("generator didn't stop after throw()")


def contextmanager(func):
    """A decorator: the generator's body up to its `yield` enters, the rest leaves."""
    @wraps(func)
    def helper(*args, **kwds):
        return _GeneratorContextManager(func, args, kwds)
    return helper


class closing:
    """Closes something at the end."""

    def __init__(self, thing):
        self.thing = thing

    def __enter__(self):
        return self.thing

    def __exit__(self, *exc_info):
        self.thing.close()


class suppress:
    """Goes on behind the block after certain exceptions."""

    def __init__(self, *exceptions):
        self._exceptions = exceptions

    def __enter__(self):
        pass

    def __exit__(self, kind, value, traceback):
        return kind is not None and issubclass(kind, self._exceptions)


class nullcontext:
    """Does nothing."""

    def __init__(self, enter_result=None):
        self.enter_result = enter_result

    def __enter__(self):
        return self.enter_result

    def __exit__(self, *exc_info):
        pass


class _Redirect:
    _stream = None

    def __init__(self, new_target):
        self._new_target = new_target
        self._old_targets = []

    def __enter__(self):
        self._old_targets.append(getattr(sys, self._stream))
        setattr(sys, self._stream, self._new_target)
        return self._new_target

    def __exit__(self, kind, value, traceback):
        setattr(sys, self._stream, self._old_targets.pop())


class redirect_stdout(_Redirect):
    _stream = "stdout"


class redirect_stderr(_Redirect):
    _stream = "stderr"


class ExitStack(AbstractContextManager):
    """A stack of things to do at the end."""

    def __init__(self):
        self._exit_callbacks = deque()

    def enter_context(self, cm):
        cls = type(cm)
        try:
            enter = cls.__enter__
            leave = cls.__exit__
        except AttributeError:
            raise TypeError(f"'{cls.__module__}.{cls.__qualname__}' object does not support the"
                            " context manager protocol") from None
        result = enter(cm)
        self._push_method(cm, leave)
        return result

    def push(self, exit):
        leave = getattr(type(exit), "__exit__", None)
        if leave is None:
            self._exit_callbacks.append((False, exit))
        else:
            self._push_method(exit, leave)
        return exit

    def callback(self, callback, /, *args, **kwds):
        def run(kind, value, traceback):
            callback(*args, **kwds)
        run.__wrapped__ = callback
        self._exit_callbacks.append((False, run))
        return callback

    def _push_method(self, cm, leave):
        self._exit_callbacks.append((True, lambda *details: leave(cm, *details)))

    def pop_all(self):
        other = type(self)()
        other._exit_callbacks = self._exit_callbacks
        self._exit_callbacks = deque()
        return other

    def close(self):
        self.__exit__(None, None, None)

    def __exit__(self, *details):
        outer = sys.exc_info()[1]
        pending = details[1]
        suppressed = raised = False
        while self._exit_callbacks:
            _, leave = self._exit_callbacks.pop()
            try:
                if leave(*details):
                    suppressed, raised, pending = True, False, None
                    details = (None, None, None)
            except BaseException as error:
                _chain(error, pending, outer)
                raised, pending = True, error
                details = (type(error), error, error.__traceback__)
        if raised:
            # What is raised here keeps the context that nested blocks would have given it.
            context = pending.__context__
            try:
                raise pending
            except BaseException:
                pending.__context__ = context
                raise
        return suppressed and details[1] is None


def _chain(error, earlier, outer):
    """Has an error follow the one that was pending, not the one around the whole block."""
    while True:
        context = error.__context__
        if context is None or context is earlier:
            return
        if context is outer:
            break
        error = context
    error.__context__ = earlier
