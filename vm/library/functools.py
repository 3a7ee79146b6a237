"""Functions that make functions of functions."""

from _functools import KeyWrapper as cmp_to_key, _lru_cache_wrapper, partial

WRAPPER_ASSIGNMENTS = ("__module__", "__name__", "__qualname__", "__doc__")
WRAPPER_UPDATES = ("__dict__",)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """Makes a function look like the one it wraps."""
    for name in assigned:
        try:
            value = getattr(wrapped, name)
        except AttributeError:
            continue
        setattr(wrapper, name, value)
    for name in updated:
        for key, value in getattr(wrapped, name, {}).items():
            if key not in assigned:
                setattr(wrapper, key, value)
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """A decorator that does what `update_wrapper` does."""
    def decorate(wrapper):
        return update_wrapper(wrapper, wrapped, assigned, updated)
    return decorate


_MISSING = object()


def reduce(function, sequence, initial=_MISSING, /):
    """Folds a sequence from the left."""
    try:
        items = iter(sequence)
    except TypeError:
        raise TypeError("reduce() arg 2 must support iteration") from None
    if initial is _MISSING:
        for value in items:
            break
        else:
            raise TypeError("reduce() of empty iterable with no initial value")
    else:
        value = initial
    for item in items:
        value = function(value, item)
    return value


class partialmethod:
    """A method that has some of its arguments already."""

    def __init__(self, func, /, *args, **keywords):
        self.func = func
        self.args = args
        self.keywords = keywords

    def __get__(self, obj, cls=None):
        func = self.func
        if hasattr(func, "__get__"):
            func = func.__get__(obj, cls)
        elif obj is not None:
            func = partial(func, obj)
        return partial(func, *self.args, **self.keywords)


class cached_property:
    """A property that is computed once for each object."""

    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__

    def __set_name__(self, owner, name):
        self.attrname = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = self.func(instance)
        object.__setattr__(instance, self.attrname, value)
        return value


class _CacheInfo(tuple):
    """What a cache did: a tuple with names."""

    _fields = ("hits", "misses", "maxsize", "currsize")

    def __new__(cls, hits, misses, maxsize, currsize):
        return tuple.__new__(cls, (hits, misses, maxsize, currsize))

    hits = property(lambda self: self[0])
    misses = property(lambda self: self[1])
    maxsize = property(lambda self: self[2])
    currsize = property(lambda self: self[3])

    def _asdict(self):
        return dict(zip(self._fields, self))

    def __repr__(self):
        fields = [f"{name}={value!r}" for name, value in zip(self._fields, self)]
        return f"CacheInfo({', '.join(fields)})"


def lru_cache(maxsize=128, typed=False):
    """A decorator: results are kept, those used last up to `maxsize`."""
    if callable(maxsize):
        return _cached(maxsize, 128, False)
    if maxsize is not None and not isinstance(maxsize, int):
        raise TypeError("Expected first argument to be an integer, a callable, or None")
    if maxsize is not None and maxsize < 0:
        maxsize = 0

    def decorate(function):
        return _cached(function, maxsize, typed)
    return decorate


def cache(function, /):
    """A decorator: all results are kept."""
    return _cached(function, None, False)


def _cached(function, maxsize, typed):
    wrapper = _lru_cache_wrapper(function, maxsize, typed, _CacheInfo)
    wrapper.cache_parameters = lambda: {"maxsize": maxsize, "typed": typed}
    return update_wrapper(wrapper, function)


def _from_lt(cls):
    def __gt__(self, other):
        result = self < other
        return result if result is NotImplemented else not result and self != other

    def __le__(self, other):
        result = self < other
        return result if result is NotImplemented else result or self == other

    def __ge__(self, other):
        result = self < other
        return result if result is NotImplemented else not result
    return [__gt__, __le__, __ge__]


def _from_le(cls):
    def __ge__(self, other):
        result = self <= other
        return result if result is NotImplemented else not result or self == other

    def __lt__(self, other):
        result = self <= other
        return result if result is NotImplemented else result and self != other

    def __gt__(self, other):
        result = self <= other
        return result if result is NotImplemented else not result
    return [__ge__, __lt__, __gt__]


def _from_gt(cls):
    def __lt__(self, other):
        result = self > other
        return result if result is NotImplemented else not result and self != other

    def __ge__(self, other):
        result = self > other
        return result if result is NotImplemented else result or self == other

    def __le__(self, other):
        result = self > other
        return result if result is NotImplemented else not result
    return [__lt__, __ge__, __le__]


def _from_ge(cls):
    def __le__(self, other):
        result = self >= other
        return result if result is NotImplemented else not result or self == other

    def __gt__(self, other):
        result = self >= other
        return result if result is NotImplemented else result and self != other

    def __lt__(self, other):
        result = self >= other
        return result if result is NotImplemented else not result
    return [__le__, __gt__, __lt__]


def total_ordering(cls):
    """A class decorator: the orderings that are missing follow from one that is there."""
    defined = set()
    for base in cls.__mro__:
        if base is not object:
            defined.update(vars(base))
    for root, make in [("__lt__", _from_lt), ("__le__", _from_le), ("__gt__", _from_gt),
                       ("__ge__", _from_ge)]:
        if root in defined:
            for method in make(cls):
                if method.__name__ not in defined:
                    setattr(cls, method.__name__, method)
            return cls
    raise ValueError("must define at least one ordering operation: < > <= >=")


def singledispatch(func):
    """A function that chooses by the class of its first argument."""
    registry = {object: func}

    def dispatch(cls):
        for base in cls.__mro__:
            if base in registry:
                return registry[base]
        for base, function in registry.items():
            if base is not object and issubclass(cls, base):
                return function
        return func

    def register(cls, func=None):
        members = getattr(cls, "__args__", None) if type(cls) is type(int | str) else (cls,)
        if not all(isinstance(member, type) for member in members):
            raise TypeError("Invalid first argument to `register()`: "
                            f"{cls!r}. Use either `@register(some_class)`.")
        if func is None:
            return lambda f: register(cls, f)
        for member in members:
            registry[member] = func
        return func

    def wrapper(*args, **kw):
        if not args:
            raise TypeError(f"{func.__name__} requires at least 1 positional argument")
        return dispatch(type(args[0]))(*args, **kw)

    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = registry
    update_wrapper(wrapper, func)
    return wrapper


class singledispatchmethod:
    """A method that chooses by the class of its first argument behind the receiver."""

    def __init__(self, func):
        self.dispatcher = singledispatch(func)
        self.func = func

    def register(self, cls, method=None):
        return self.dispatcher.register(cls, func=method)

    def __get__(self, obj, cls=None):
        def method(*args, **kwargs):
            chosen = self.dispatcher.dispatch(type(args[0]))
            return chosen.__get__(obj, cls)(*args, **kwargs)

        method.register = self.register
        return update_wrapper(method, self.func)

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)
