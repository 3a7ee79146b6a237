"""Tuples whose items have names."""

import _source


def _refuse(self, *value):
    raise AttributeError("can't set attribute")


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    """A class of tuples whose items have names too."""
    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    names = [str(name) for name in field_names]
    typename = str(typename)
    if not typename.isidentifier():
        raise ValueError(f"Type names and field names must be valid identifiers: {typename!r}")
    if typename in _KEYWORDS:
        raise ValueError(f"Type names and field names cannot be a keyword: {typename!r}")
    seen = set()
    for at, name in enumerate(names):
        bad = not name.isidentifier() or name in _KEYWORDS or name.startswith("_") or name in seen
        if rename and bad:
            names[at] = f"_{at}"
        elif not name.isidentifier():
            raise ValueError(f"Type names and field names must be valid identifiers: {name!r}")
        elif name in _KEYWORDS:
            raise ValueError(f"Type names and field names cannot be a keyword: {name!r}")
        elif name.startswith("_"):
            raise ValueError(f"Field names cannot start with an underscore: {name!r}")
        elif name in seen:
            raise ValueError(f"Encountered duplicate field name: {name!r}")
        seen.add(name)
    fields = tuple(names)
    size = len(fields)
    defaults = () if defaults is None else tuple(defaults)
    if len(defaults) > size:
        raise TypeError("Got more default values than field names")
    first_default = size - len(defaults)
    by_name = {name: value for name, value in zip(fields[first_default:], defaults)}
    make = tuple.__new__

    parameters = [f"{name}=_defaults[{name!r}]" if name in by_name else name for name in fields]
    items = "".join([f"{name}, " for name in fields])
    text = (f"def make(_make, _defaults):\n"
            f"    def __new__({', '.join(['_cls', *parameters])}):\n"
            f"        return _make(_cls, ({items}))\n"
            f"    return __new__\n")
    __new__ = _source.define(text, "make", f"{typename}.__new__")(make, by_name)
    getters = "".join([f"    def get{at}(self):\n        return _item(self, {at})\n"
                       for at in range(size)])
    text = (f"def getters(_item):\n{getters}"
            f"    return ({''.join([f'get{at}, ' for at in range(size)])})\n")
    getters = _source.define(text, "getters", f"{typename}.<getters>")(tuple.__getitem__)

    def _make(cls, iterable):
        values = tuple(iterable)
        if len(values) != size:
            raise TypeError(f"Expected {size} arguments, got {len(values)}")
        return make(cls, values)

    def _replace(self, /, **kwds):
        values = [kwds.pop(name, value) for name, value in zip(fields, self)]
        if kwds:
            raise ValueError(f"Got unexpected field names: {list(kwds)!r}")
        return make(type(self), values)

    def _asdict(self):
        return dict(zip(fields, self))

    def __repr__(self):
        inner = ", ".join([f"{name}={value!r}" for name, value in zip(fields, self)])
        return f"{type(self).__name__}({inner})"

    def __getnewargs__(self):
        return tuple(self)

    namespace = {
        "__module__": module or "__main__",
        "__slots__": (),
        "__doc__": f"{typename}({', '.join(fields)})",
        "_fields": fields,
        "_field_defaults": by_name,
        "__match_args__": fields,
        "__new__": __new__,
        "_make": classmethod(_make),
        "_replace": _replace,
        "_asdict": _asdict,
        "__repr__": __repr__,
        "__getnewargs__": __getnewargs__,
    }
    for at, name in enumerate(fields):
        doc = f"Alias for field number {at}"
        namespace[name] = property(getters[at], _refuse, _refuse, doc)
    return type(typename, (tuple,), namespace)


_KEYWORDS = frozenset("""False None True and as assert async await break class continue def del elif
    else except finally for from global if import in is lambda nonlocal not or pass raise return try
    while with yield""".split())
