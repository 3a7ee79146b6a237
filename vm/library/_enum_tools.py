"""Checks of enumerations, and enumerations whose members are names of their module."""

import sys as _sys
from builtins import bin as _bin
from enum import EnumType, Flag, ReprEnum, StrEnum, KEEP


class EnumCheck(StrEnum):
    """What `verify` checks."""

    CONTINUOUS = "no skipped integer values"
    NAMED_FLAGS = "multi-flag aliases may not contain unnamed flags"
    UNIQUE = "one name per value"


CONTINUOUS, NAMED_FLAGS, UNIQUE = EnumCheck


def _iter_bits_lsb(number):
    """The bits of a number, the lowest first."""
    number = getattr(number, "_value_", number)
    if number < 0:
        raise ValueError(f"{number!r} is not a positive integer")
    while number:
        lowest = number & -number
        yield lowest
        number ^= lowest


def show_flag_values(value):
    """The bits of a number in a list."""
    return list(_iter_bits_lsb(value))


def bin(number, max_bits=None):
    """A number in binary, its sign apart: `0b0 1010` and `0b1 0110`."""
    width = max(number.bit_length(), 1)
    digits = _bin(number)[2:] if number >= 0 else f"{number + (1 << width):0{width}b}"
    sign = "0" if number >= 0 else "1"
    return f"0b{sign} {digits.rjust(max_bits or 0, sign)}"


class verify:
    """A class decorator that checks an enumeration."""

    def __init__(self, *checks):
        self.checks = checks

    def __call__(self, enumeration):
        for check in self.checks:
            if check is UNIQUE:
                self._unique(enumeration)
            elif check is CONTINUOUS:
                self._continuous(enumeration)
            elif check is NAMED_FLAGS:
                self._named(enumeration)
        return enumeration

    def _unique(self, enumeration):
        aliases = [f"{name} -> {member.name}" for name, member in enumeration.__members__.items()
                   if name != member.name]
        if aliases:
            raise ValueError(f"aliases found in {enumeration!r}: {', '.join(aliases)}")

    def _continuous(self, enumeration):
        values = {member.value for member in enumeration}
        if len(values) < 2:
            return
        low, high = min(values), max(values)
        if issubclass(enumeration, Flag):
            kind = "flag"
            wanted = [1 << at for at in range(low.bit_length() - 1, high.bit_length())]
        elif issubclass(enumeration, EnumType) or isinstance(low, int):
            kind = "enum"
            wanted = range(low, high + 1)
        missing = [str(value) for value in wanted if value not in values]
        if missing:
            raise ValueError(f"invalid {kind} {enumeration.__name__!r}: missing values"
                             f" {', '.join(missing)}"[:256])

    def _named(self, enumeration):
        if not issubclass(enumeration, Flag):
            return
        named = {member.value for member in enumeration}
        aliases = []
        missing = 0
        for name, alias in enumeration.__members__.items():
            if alias.value < 0:
                continue
            bits = [bit for bit in _iter_bits_lsb(alias.value) if bit not in named]
            if alias.value not in named and bits:
                aliases.append(name)
                for bit in bits:
                    missing |= bit
        if not aliases:
            return
        if len(aliases) == 1:
            text = f"alias {aliases[0]!r} is missing"
        else:
            text = (f"aliases {', '.join([repr(name) for name in aliases[:-1]])}"
                    f" and {aliases[-1]!r} are missing")
        value = f"value 0x{missing:x}" if _bin(missing).count("1") == 1 else (
            f"combined values of 0x{missing:x}")
        raise ValueError(f"invalid Flag {enumeration.__name__!r}: {text} {value}"
                         " [use enum.show_flag_values(value) for details]")


def _module_of(member):
    return member.__class__.__module__.split(".")[-1]


def global_enum_repr(self):
    """The name of a member as its module has it."""
    return f"{_module_of(self)}.{self._name_}"


def global_flag_repr(self):
    """The names of a flag's members as their module has them."""
    module = _module_of(self)
    if self._name_ is None:
        return f"{module}.{self.__class__.__name__}({self._value_!r})"
    if _bin(self._value_).count("1") == 1:
        return f"{module}.{self._name_}"
    parts = []
    for name in self._name_.split("|"):
        parts.append(name if name[0].isdigit() else f"{module}.{name}")
    return "|".join(parts)


def global_str(self):
    """The name of a member alone."""
    if self._name_ is None:
        return f"{self.__class__.__name__}({self._value_!r})"
    return self._name_


def global_enum(cls, update_str=False):
    """A class decorator: the members are names of the module too."""
    cls.__repr__ = global_flag_repr if issubclass(cls, Flag) else global_enum_repr
    if update_str or not issubclass(cls, ReprEnum):
        cls.__str__ = global_str
    vars(_sys.modules[cls.__module__]).update(cls.__members__)
    return cls


def converted(cls, name, module, filter, source, boundary, as_global):
    """An enumeration made of the names of a module, which become its members."""
    known = vars(_sys.modules[module])
    found = [(key, value) for key, value in (vars(source) if source else known).items()
             if filter(key)]
    try:
        found.sort(key=lambda pair: (pair[1], pair[0]))
    except TypeError:
        found.sort(key=lambda pair: pair[0])
    made = cls(name, found, module=module, boundary=boundary or KEEP)
    if as_global:
        return global_enum(made)
    known.update(made.__members__)
    return made
