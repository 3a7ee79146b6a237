"""Copies of objects, shallow and deep."""


class Error(Exception):
    pass


error = Error

_ATOMS = (type(None), type(...), type(NotImplemented), int, float, bool, str, range, type,
          bytes, type(len), type(lambda: None), type([].append), type(print), type(slice(0)))


def copy(x):
    """A new object with the same parts."""
    cls = type(x)
    if cls in _ATOMS or isinstance(x, type):
        return x
    if cls in (list, dict, set, bytearray):
        return x.copy()
    if cls is tuple or cls is frozenset:
        return x
    method = getattr(x, "__copy__", None)
    if method is not None:
        return method()
    return _rebuilt(x, cls, lambda part: part)


def deepcopy(x, memo=None):
    """A new object whose parts are copied too; what is shared stays shared."""
    if memo is None:
        memo = {}
    return _deep(x, memo)


def _deep(x, memo):
    cls = type(x)
    if cls in _ATOMS or isinstance(x, type):
        return x
    key = id(x)
    if key in memo:
        return memo[key]
    if cls is list:
        result = memo[key] = []
        for item in x:
            result.append(_deep(item, memo))
    elif cls is dict:
        result = memo[key] = {}
        for name, value in x.items():
            result[_deep(name, memo)] = _deep(value, memo)
    elif cls is tuple:
        parts = [_deep(item, memo) for item in x]
        if key in memo:
            return memo[key]
        for a, b in zip(x, parts):
            if a is not b:
                result = tuple(parts)
                break
        else:
            result = x
    elif cls is set:
        result = {_deep(item, memo) for item in x}
    elif cls is frozenset:
        result = frozenset([_deep(item, memo) for item in x])
    else:
        method = getattr(x, "__deepcopy__", None)
        if method is not None:
            result = method(memo)
        else:
            result = _rebuilt(x, cls, lambda part: _deep(part, memo), memo)
    memo[key] = result
    # Keeps what is copied alive, so that its identity stays its own.
    memo.setdefault(id(memo), []).append(x)
    return result


def _rebuilt(x, cls, each, memo=None):
    """An object of the same class with the same attributes and items."""
    new = cls.__new__
    if isinstance(x, tuple):
        result = new(cls, [each(item) for item in x])
    elif isinstance(x, (int, float, str, bytes, bytearray)):
        result = new(cls, x)
    elif isinstance(x, frozenset):
        result = new(cls, [each(item) for item in x])
    elif isinstance(x, BaseException):
        result = new(cls, *[each(item) for item in x.args])
    else:
        if hasattr(x, "__getnewargs__"):
            result = new(cls, *x.__getnewargs__())
        else:
            result = new(cls)
    if isinstance(x, bytearray):
        bytearray.__init__(result, x)
    if memo is not None:
        memo[id(x)] = result
    if isinstance(x, list):
        for item in x:
            list.append(result, each(item))
    elif isinstance(x, dict):
        for key, value in x.items():
            dict.__setitem__(result, each(key), each(value))
    elif isinstance(x, set):
        for item in x:
            set.add(result, each(item))
    elif hasattr(x, "appendleft"):
        # A deque, or what derives from one.
        result.__init__((), x.maxlen)
        for item in x:
            result.append(each(item))
    if hasattr(x, "__getstate__") and hasattr(x, "__setstate__"):
        result.__setstate__(each(x.__getstate__()))
        return result
    attributes = getattr(x, "__dict__", None)
    if attributes is not None:
        for name, value in attributes.items():
            object.__setattr__(result, name, each(value))
    for base in cls.__mro__:
        slots = vars(base).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(x, name):
                object.__setattr__(result, name, each(getattr(x, name)))
    return result
