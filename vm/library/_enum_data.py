"""Enumerations whose members are values of built-in types."""

from enum import Flag, ReprEnum


class _Ints:
    """Members that are ints and are shown as such."""

    def __str__(self):
        return int.__repr__(self._value_)

    def __format__(self, spec):
        return format(self._value_, spec)

    def __hash__(self):
        return hash(self._value_)


class IntEnum(_Ints, int, ReprEnum):
    """An enumeration of ints."""


class IntFlag(_Ints, int, Flag):
    """A flag whose members are ints."""


class StrEnum(str, ReprEnum):
    """An enumeration of texts."""

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()

    def __str__(self):
        return self._value_

    def __format__(self, spec):
        return format(self._value_, spec)

    def __hash__(self):
        return hash(self._value_)
