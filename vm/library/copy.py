"""Copies of objects, shallow and deep.

An object says how it is copied by `__copy__` and `__deepcopy__`, by the recipe that `__reduce_ex__` or
`__reduce__` gives, or else by its class, what `__getnewargs_ex__` or `__getnewargs__` gives to
`__new__`, its state, and its items.
"""


class Error(Exception):
    pass


error = Error


class _Class:
    def method(self):
        pass


_METHOD = type(_Class().method)
_FUNCTION = type(lambda: None)
_ATOMS = (type(None), type(...), type(NotImplemented), int, float, bool, str, range, type,
          bytes, type(len), _FUNCTION, type(slice(0)), property)


def _generator():
    yield


# What has a state that nothing can ask for.
_REFUSED = (type(_generator()), type(__import__("sys")))


def copy(x):
    """A new object with the same parts."""
    cls = type(x)
    if cls in _ATOMS or cls is _METHOD or isinstance(x, type):
        return x
    if cls in (list, dict, set, bytearray):
        return x.copy()
    if cls is tuple or cls is frozenset:
        return x
    method = getattr(cls, "__copy__", None)
    if method is not None:
        return method(x)
    return _rebuilt(x, cls, lambda part: part)


def deepcopy(x, memo=None):
    """A new object whose parts are copied too; what is shared stays shared."""
    if memo is None:
        memo = {}
    return _deep(x, memo)


def _deep(x, memo):
    cls = type(x)
    if cls in _ATOMS:
        return x
    key = id(x)
    if key in memo:
        return memo[key]
    if isinstance(x, type):
        return x
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
    elif cls is _METHOD:
        # Methods of built-in objects stay those of the same object.
        own = type(x.__func__) is _FUNCTION
        result = getattr(_deep(x.__self__, memo), x.__name__) if own else x
    else:
        method = getattr(x, "__deepcopy__", None)
        if method is not None:
            result = method(memo)
        else:
            result = _rebuilt(x, cls, lambda part: _deep(part, memo), memo)
    if result is not x:
        memo[key] = result
        # Keeps what is copied alive, so that its identity stays its own.
        memo.setdefault(id(memo), []).append(x)
    return result


def _rebuilt(x, cls, each, memo=None):
    """An object made by the recipe that the class has, or from the class and the state."""
    if cls in _REFUSED:
        kind = "generator" if cls is _REFUSED[0] else "module"
        raise TypeError(f"cannot pickle {kind!r} object")
    reduce = getattr(x, "__reduce_ex__", None)
    if reduce is not None:
        return _by_recipe(x, reduce(4), each, memo)
    reduce = getattr(x, "__reduce__", None)
    if reduce is not None:
        return _by_recipe(x, reduce(), each, memo)
    return _by_class(x, cls, each, memo)


def _by_recipe(x, recipe, each, memo):
    """What a recipe makes: a function and its arguments, a state, items, and pairs."""
    if isinstance(recipe, str):
        return x
    if len(recipe) > 5:
        raise TypeError(f"_reconstruct() takes from 4 to 7 positional arguments"
                        f" but {len(recipe) + 2} were given")
    function, args, state, items, pairs, *_ = [*recipe, None, None, None]
    result = function(*[each(arg) for arg in args])
    if memo is not None:
        memo[id(x)] = result
    if state is not None:
        _restore(result, each(state))
    for item in items if items is not None else ():
        result.append(each(item))
    for key, value in pairs if pairs is not None else ():
        result[each(key)] = each(value)
    return result


def _restore(result, state):
    """Gives an object the state of another one."""
    set_state = getattr(result, "__setstate__", None)
    if set_state is not None:
        set_state(state)
        return
    slots = None
    if isinstance(state, tuple) and len(state) == 2:
        state, slots = state
    if state is not None:
        result.__dict__.update(state)
    for name, value in (slots or {}).items():
        setattr(result, name, value)


def _by_class(x, cls, each, memo):
    new = cls.__new__
    if hasattr(x, "__getnewargs_ex__"):
        args, kwargs = x.__getnewargs_ex__()
        result = new(cls, *[each(arg) for arg in args],
                     **{name: each(value) for name, value in kwargs.items()})
    elif hasattr(x, "__getnewargs__"):
        result = new(cls, *[each(arg) for arg in x.__getnewargs__()])
    elif isinstance(x, (tuple, frozenset)):
        result = new(cls, [each(item) for item in x])
    elif isinstance(x, (int, float, str, bytes, bytearray)):
        result = new(cls, x)
    elif isinstance(x, BaseException):
        result = new(cls, *[each(item) for item in x.args])
    else:
        result = new(cls)
    if isinstance(x, bytearray):
        bytearray.__init__(result, x)
    if memo is not None:
        memo[id(x)] = result
    if hasattr(x, "__getstate__"):
        state = x.__getstate__()
        if state is not None:
            _restore(result, each(state))
    else:
        _copy_attributes(x, cls, result, each)
    if isinstance(x, list):
        for item in x:
            result.append(each(item))
    elif isinstance(x, dict):
        for key, value in x.items():
            result[each(key)] = each(value)
    elif isinstance(x, set):
        for item in x:
            set.add(result, each(item))
    elif hasattr(x, "appendleft"):
        # A deque, or what derives from one.
        result.__init__((), x.maxlen)
        for item in x:
            result.append(each(item))
    return result


def _copy_attributes(x, cls, result, each):
    state = getattr(x, "__dict__", None)
    slots = {}
    for base in cls.__mro__:
        names = vars(base).get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if name not in ("__dict__", "__weakref__") and hasattr(x, name):
                slots[name] = getattr(x, name)
    if hasattr(result, "__setstate__"):
        state = dict(state) if state is not None else None
        if slots:
            result.__setstate__((each(state), each(slots)))
        elif state:
            result.__setstate__(each(state))
        return
    for name, value in (state or {}).items():
        object.__setattr__(result, name, each(value))
    for name, value in slots.items():
        object.__setattr__(result, name, each(value))
