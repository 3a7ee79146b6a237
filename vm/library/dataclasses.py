"""Classes that are made of their fields."""

import _source



class _Missing:
    def __repr__(self):
        return "<dataclasses._MISSING_TYPE object>"


class _Factory:
    def __repr__(self):
        return "<factory>"


MISSING = _Missing()
_FACTORY = _Factory()


class _KeywordOnly:
    pass


KW_ONLY = _KeywordOnly()


class InitVar:
    """A parameter of `__init__` that is no field."""

    def __init__(self, type):
        self.type = type

    def __class_getitem__(cls, type):
        return InitVar(type)


class FrozenInstanceError(AttributeError):
    pass


class Field:
    """What is known of a field."""

    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = None
        self.type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = {} if metadata is None else metadata
        self.kw_only = kw_only
        self._kind = "field"

    def __repr__(self):
        return (f"Field(name={self.name!r},type={self.type!r},default={self.default!r},"
                f"default_factory={self.default_factory!r},init={self.init!r},repr={self.repr!r},"
                f"hash={self.hash!r},compare={self.compare!r},metadata={self.metadata!r},"
                f"kw_only={self.kw_only!r},_field_type={self._kind})")


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None,
          compare=True, metadata=None, kw_only=MISSING):
    """Says more of a field than its default value."""
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


def _kind_of(annotation):
    if isinstance(annotation, str):
        head = annotation.split("[")[0].strip().rsplit(".", 1)[-1]
        return {"ClassVar": "class", "InitVar": "init", "KW_ONLY": "keyword"}.get(head, "field")
    if annotation is KW_ONLY:
        return "keyword"
    if isinstance(annotation, InitVar) or annotation is InitVar:
        return "init"
    origin = getattr(annotation, "__origin__", annotation)
    return "class" if getattr(origin, "_name", None) == "ClassVar" else "field"


def _collect(cls, kw_only):
    """The fields of a class, those of its bases first."""
    fields = {}
    for base in cls.__mro__[-1:0:-1]:
        for name, known in vars(base).get("__dataclass_fields__", {}).items():
            fields[name] = known
    for name, annotation in vars(cls).get("__annotations__", {}).items():
        kind = _kind_of(annotation)
        if kind == "keyword":
            kw_only = True
            continue
        default = vars(cls).get(name, MISSING)
        if isinstance(default, Field):
            f = default
        else:
            if isinstance(default, (list, dict, set)) or type(default).__hash__ is None:
                raise ValueError(f"mutable default {type(default)} for field {name} is not "
                                 "allowed: use default_factory")
            f = field(default=default)
        f.name = name
        f.type = annotation
        f._kind = kind
        if f.kw_only is MISSING:
            f.kw_only = kw_only
        if isinstance(vars(cls).get(name), Field):
            if f.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, f.default)
        fields[name] = f
    for name, value in vars(cls).items():
        if isinstance(value, Field) and name not in fields:
            raise TypeError(f"{name!r} is a field but has no type annotation")
    return fields


def _make_init(cls, fields, frozen):
    """`__init__`: compiled, so that it is as quick as one that is written out."""
    inits = [f for f in fields if f._kind in ("field", "init") and f.init]
    positional = [f for f in inits if not f.kw_only]
    keyword = [f for f in inits if f.kw_only]
    seen_default = False
    for f in positional:
        if f.default is not MISSING or f.default_factory is not MISSING:
            seen_default = True
        elif seen_default:
            raise TypeError(f"non-default argument {f.name!r} follows default argument")
    variables = {"_FACTORY": _FACTORY, "_set": object.__setattr__}
    parameters = ["self"]
    for f in positional + ["*"] * bool(keyword) + keyword:
        if f == "*":
            parameters.append("*")
        elif f.default is not MISSING:
            variables[f"_default_{f.name}"] = f.default
            parameters.append(f"{f.name}=_default_{f.name}")
        elif f.default_factory is not MISSING:
            parameters.append(f"{f.name}=_FACTORY")
        else:
            parameters.append(f.name)
    lines = []
    for f in fields:
        if f._kind != "field":
            continue
        value = f.name
        if f.default_factory is not MISSING:
            variables[f"_factory_{f.name}"] = f.default_factory
            value = f"_factory_{f.name}()"
            if f.init:
                value = f"{value} if {f.name} is _FACTORY else {f.name}"
        elif not f.init:
            if f.default is MISSING:
                continue
            variables[f"_default_{f.name}"] = f.default
            value = f"_default_{f.name}"
        if frozen:
            lines.append(f"_set(self, {f.name!r}, {value})")
        else:
            lines.append(f"self.{f.name} = {value}")
    if hasattr(cls, "__post_init__"):
        names = ", ".join([f.name for f in fields if f._kind == "init"])
        lines.append(f"self.__post_init__({names})")
    return _compiled(cls, "__init__", parameters, lines or ["pass"], variables)


def _compiled(cls, name, parameters, lines, variables):
    """A method from the text of its parameters and body."""
    body = "\n        ".join(lines)
    text = (f"def make({', '.join(variables)}):\n"
            f"    def {name}({', '.join(parameters)}):\n"
            f"        {body}\n"
            f"    return {name}\n")
    make = _source.define(text, "make", f"{cls.__qualname__}.{name}")
    function = make(**variables)
    function.__module__ = cls.__module__
    return function


def _tuple_of(names, of="self"):
    return "(" + "".join([f"{of}.{name}, " for name in names]) + ")"


def _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots):
    all_fields = _collect(cls, kw_only)
    cls.__dataclass_fields__ = all_fields
    cls.__dataclass_params__ = (init, repr, eq, order, unsafe_hash, frozen)
    given = list(all_fields.values())
    own = [f for f in given if f._kind == "field"]
    for base in cls.__mro__[1:]:
        params = vars(base).get("__dataclass_params__")
        if params is not None:
            if params[5] and not frozen:
                raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
            if frozen and not params[5]:
                raise TypeError("cannot inherit frozen dataclass from a non-frozen one")

    def define(name, parameters, lines, variables=None):
        setattr(cls, name, _compiled(cls, name, parameters, lines, variables or {}))

    if init:
        setattr(cls, "__init__", _make_init(cls, given, frozen))
    written = vars(cls)
    if repr and "__repr__" not in written:
        shown = ", ".join([f"{f.name}={{self.{f.name}!r}}" for f in own if f.repr])
        define("__repr__", ["self"],
               [f"return self.__class__.__qualname__ + f\"({shown})\""])
    compared = [f.name for f in own if f.compare]
    mine, other = _tuple_of(compared), _tuple_of(compared, "other")
    explicit_eq = "__eq__" in written
    if eq and not explicit_eq:
        define("__eq__", ["self", "other"],
               ["if other.__class__ is self.__class__:",
                f"    return {mine} == {other}",
                "return NotImplemented"])
    if order:
        if not eq:
            raise ValueError("eq must be true if order is true")
        for name, operator in [("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"),
                               ("__ge__", ">=")]:
            if name in written:
                raise TypeError(f"Cannot overwrite attribute {name} in class {cls.__name__}. "
                                "Consider using functools.total_ordering")
            define(name, ["self", "other"],
                   ["if other.__class__ is self.__class__:",
                    f"    return {mine} {operator} {other}",
                    "return NotImplemented"])
    has_hash = written.get("__hash__") is not None
    hashed = [f.name for f in own if (f.compare if f.hash is None else f.hash)]
    if unsafe_hash or eq and frozen and not has_hash:
        if unsafe_hash and has_hash:
            raise TypeError(f"Cannot overwrite attribute __hash__ in class {cls.__name__}")
        define("__hash__", ["self"], [f"return hash({_tuple_of(hashed)})"])
    elif eq and not has_hash and not explicit_eq:
        cls.__hash__ = None
    if frozen:
        names = tuple([f.name for f in own])

        def __setattr__(self, name, value):
            if type(self) is cls or name in names:
                raise FrozenInstanceError(f"cannot assign to field {name!r}")
            super(cls, self).__setattr__(name, value)

        def __delattr__(self, name):
            if type(self) is cls or name in names:
                raise FrozenInstanceError(f"cannot delete field {name!r}")
            super(cls, self).__delattr__(name)
        cls.__setattr__ = __setattr__
        cls.__delattr__ = __delattr__
    if match_args and "__match_args__" not in written:
        cls.__match_args__ = tuple([f.name for f in given
                                     if f._kind != "class" and f.init and not f.kw_only])
    if slots:
        if "__slots__" in written:
            raise TypeError(f"{cls.__name__} already specifies __slots__")
        inherited = []
        for base in cls.__mro__[1:]:
            inherited.extend(vars(base).get("__slots__", ()))
        namespace = dict(vars(cls))
        namespace["__slots__"] = tuple([f.name for f in own if f.name not in inherited])
        for f in own:
            namespace.pop(f.name, None)
        qualname = cls.__qualname__
        cls = type(cls)(cls.__name__, cls.__bases__, namespace)
        cls.__qualname__ = qualname
    return cls


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False,
              frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False):
    """A class decorator: methods follow from the annotated variables of the class."""
    def wrap(cls):
        return _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots)
    return wrap if cls is None else wrap(cls)


def fields(class_or_instance):
    try:
        known = class_or_instance.__dataclass_fields__
    except AttributeError:
        raise TypeError("must be called with a dataclass type or instance") from None
    return tuple([f for f in known.values() if f._kind == "field"])


def is_dataclass(obj):
    cls = obj if isinstance(obj, type) else type(obj)
    return hasattr(cls, "__dataclass_fields__")


def _is_instance(obj):
    return hasattr(type(obj), "__dataclass_fields__")


def _converted(value, convert, make_dict):
    if _is_instance(value):
        return convert(value)
    cls = type(value)
    if hasattr(value, "_fields") and isinstance(value, tuple):
        return cls(*[_converted(item, convert, make_dict) for item in value])
    if isinstance(value, (list, tuple)):
        return cls([_converted(item, convert, make_dict) for item in value])
    if isinstance(value, dict):
        items = [(_converted(key, convert, make_dict), _converted(item, convert, make_dict))
                 for key, item in value.items()]
        return dict(items)
    import copy
    return copy.deepcopy(value)


def asdict(obj, *, dict_factory=dict):
    if not _is_instance(obj):
        raise TypeError("asdict() should be called on dataclass instances")

    def convert(obj):
        return dict_factory([(f.name, _converted(getattr(obj, f.name), convert, dict_factory))
                             for f in fields(obj)])
    return convert(obj)


def astuple(obj, *, tuple_factory=tuple):
    if not _is_instance(obj):
        raise TypeError("astuple() should be called on dataclass instances")

    def convert(obj):
        return tuple_factory([_converted(getattr(obj, f.name), convert, None)
                              for f in fields(obj)])
    return convert(obj)


def replace(obj, /, **changes):
    if not _is_instance(obj):
        raise TypeError("replace() should be called on dataclass instances")
    for f in obj.__dataclass_fields__.values():
        if f._kind == "class":
            continue
        if not f.init:
            if f.name in changes:
                raise ValueError(f"field {f.name} is declared with init=False, it cannot be "
                                 "specified with replace()")
            continue
        if f.name not in changes:
            if f._kind == "init" and f.default is MISSING:
                raise ValueError(f"InitVar {f.name!r} must be specified with replace()")
            if f._kind == "field":
                changes[f.name] = getattr(obj, f.name)
    return type(obj)(**changes)


def make_dataclass(cls_name, fields, *, bases=(), namespace=None, **options):
    namespace = dict(namespace or {})
    annotations = {}
    for item in fields:
        if isinstance(item, str):
            annotations[item] = "typing.Any"
        elif len(item) == 2:
            annotations[item[0]] = item[1]
        else:
            annotations[item[0]] = item[1]
            namespace[item[0]] = item[2]
    namespace["__annotations__"] = annotations
    return dataclass(type(cls_name, bases, namespace), **options)
