"""Functions that make functions of functions."""

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
    items = iter(sequence)
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


class partial:
    """A call that has some of its arguments already."""

    def __init__(self, func, /, *args, **keywords):
        if not callable(func):
            raise TypeError("the first argument must be callable")
        if isinstance(func, partial):
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self.func = func
        self.args = args
        self.keywords = keywords

    def __call__(self, /, *args, **keywords):
        if self.keywords:
            keywords = {**self.keywords, **keywords}
        return self.func(*self.args, *args, **keywords)

    def __repr__(self):
        parts = [repr(self.func)]
        parts.extend([repr(arg) for arg in self.args])
        parts.extend([f"{name}={value!r}" for name, value in self.keywords.items()])
        name = type(self)
        where = "functools" if name is partial else name.__module__
        return f"{where}.{name.__qualname__}({', '.join(parts)})"


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


def cmp_to_key(mycmp):
    """A key function from a function that compares."""
    class K:
        __slots__ = ["obj"]
        __hash__ = None

        def __init__(self, obj):
            self.obj = obj

        def __lt__(self, other):
            return mycmp(self.obj, other.obj) < 0

        def __gt__(self, other):
            return mycmp(self.obj, other.obj) > 0

        def __eq__(self, other):
            return mycmp(self.obj, other.obj) == 0

        def __le__(self, other):
            return mycmp(self.obj, other.obj) <= 0

        def __ge__(self, other):
            return mycmp(self.obj, other.obj) >= 0

    return K


class _CacheInfo:
    """What a cache did: a tuple with names."""

    def __init__(self, hits, misses, maxsize, currsize):
        self.hits = hits
        self.misses = misses
        self.maxsize = maxsize
        self.currsize = currsize

    def __iter__(self):
        return iter((self.hits, self.misses, self.maxsize, self.currsize))

    def __getitem__(self, index):
        return (self.hits, self.misses, self.maxsize, self.currsize)[index]

    def __len__(self):
        return 4

    def __eq__(self, other):
        return tuple(self) == tuple(other)

    def __repr__(self):
        return (f"CacheInfo(hits={self.hits}, misses={self.misses}, "
                f"maxsize={self.maxsize}, currsize={self.currsize})")


_MARK = object()


def _key(args, kwargs, typed):
    """What a cache files a call under."""
    if not kwargs and not typed:
        if len(args) == 1 and type(args[0]) in (int, str):
            return args[0]
        return args
    key = args
    if kwargs:
        key = key + (_MARK,)
        for item in kwargs.items():
            key = key + item
    if typed:
        key = key + tuple([type(value) for value in args])
        key = key + tuple([type(value) for value in kwargs.values()])
    return key


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
    results = {}
    hits = misses = 0

    if maxsize is None:
        def wrapper(*args, **kwargs):
            nonlocal hits, misses
            key = _key(args, kwargs, typed)
            result = results.get(key, _MISSING)
            if result is not _MISSING:
                hits += 1
                return result
            misses += 1
            result = results[key] = function(*args, **kwargs)
            return result
    elif maxsize == 0:
        def wrapper(*args, **kwargs):
            nonlocal misses
            misses += 1
            return function(*args, **kwargs)
    else:
        def wrapper(*args, **kwargs):
            nonlocal hits, misses
            key = _key(args, kwargs, typed)
            result = results.pop(key, _MISSING)
            if result is not _MISSING:
                # Dicts keep the order of insertion: the one used last stands last.
                hits += 1
                results[key] = result
                return result
            misses += 1
            result = function(*args, **kwargs)
            results.pop(key, None)
            if len(results) >= maxsize:
                for oldest in results:
                    break
                del results[oldest]
            results[key] = result
            return result

    def cache_info():
        return _CacheInfo(hits, misses, maxsize, len(results))

    def cache_clear():
        nonlocal hits, misses
        hits = misses = 0
        results.clear()

    update_wrapper(wrapper, function)
    wrapper.cache_info = cache_info
    wrapper.cache_clear = cache_clear
    wrapper.cache_parameters = lambda: {"maxsize": maxsize, "typed": typed}
    return wrapper


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

    def register(cls, function=None):
        if function is None:
            if not isinstance(cls, type):
                raise TypeError("Invalid first argument to `register()`: "
                                f"{cls!r}. Use either `@register(some_class)`.")
            return lambda f: register(cls, f)
        registry[cls] = function
        return function

    def wrapper(*args, **kw):
        if not args:
            raise TypeError(f"{func.__name__} requires at least 1 positional argument")
        return dispatch(type(args[0]))(*args, **kw)

    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = registry
    update_wrapper(wrapper, func)
    return wrapper
