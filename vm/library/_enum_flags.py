"""Enumerations whose members are sets of bits.

A flag's *boundary* says what becomes of bits that no member has: an error (`STRICT`), nothing
(`CONFORM`), an int instead of a flag (`EJECT`), or a flag with those bits (`KEEP`).
"""

from enum import Enum, ReprEnum, StrEnum, _is_single_bit


class FlagBoundary(StrEnum):
    """What becomes of bits that no member has."""

    STRICT = "strict"
    CONFORM = "conform"
    EJECT = "eject"
    KEEP = "keep"


STRICT, CONFORM, EJECT, KEEP = FlagBoundary


def _shown_bits(number, width):
    """A number in the two's complement that `width` bits take, its sign apart."""
    sign = 1 if number < 0 else 0
    digits = f"{number & ((1 << width) - 1):0{width}b}"
    return f"0b{sign} {digits}"


class Flag(Enum, boundary=STRICT):
    """An enumeration whose members are sets of bits."""

    _numeric_repr_ = repr

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        if not last_values:
            return start if start is not None else 1
        last = max(last_values)
        if not isinstance(last, int):
            raise TypeError(f"invalid flag value {last!r}")
        return 1 << last.bit_length()

    @classmethod
    def _order_flags(cls):
        """Members are met by value, unless they were not defined in that order."""
        values = [member._value_ for member in cls]
        cls._by_value = values == sorted(values)

    @classmethod
    def _iter_member_(cls, value):
        found = [member for member in cls if member._value_ & value]
        if not cls._by_value:
            found.sort(key=lambda member: member._sort_order_)
        return iter(found)

    @classmethod
    def _missing_(cls, value):
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        boundary, known, singles = cls._boundary_, cls._flag_mask_, cls._singles_mask_
        every = cls._all_bits_
        given = value
        if not ~every <= value <= every or value & (every ^ known):
            if boundary == STRICT:
                width = max(value.bit_length(), known.bit_length())
                raise ValueError(
                    f"{cls!r} invalid value {value!r}\n    given {_shown_bits(value, width)}\n"
                    f"  allowed {_shown_bits(known, width)}")
            if boundary == CONFORM:
                value &= known
            elif boundary == EJECT:
                return value
            elif value < 0:
                value += max(every + 1, 1 << value.bit_length())
        if value < 0:
            value = every + 1 + value if boundary in (EJECT, KEEP) else singles & value
        known_member = cls._value2member_map_.get(value)
        if known_member is None:
            known_member = cls._combined(value)
        if given < 0:
            cls._value2member_map_.setdefault(given, known_member)
        return known_member

    @classmethod
    def _combined(cls, value):
        """The object for bits that are no one member's."""
        singles = cls._singles_mask_
        unknown = value & ~cls._flag_mask_
        if unknown and cls._boundary_ != KEEP:
            raise ValueError(
                f"{cls.__name__}({value!r}) -->  unknown values {unknown!r} [{bin(unknown)}]")
        parts = list(cls._iter_member_(value & singles))
        if value & ~singles:
            for member in cls._member_map_.values():
                bits = member._value_
                if bits and bits & value == bits and member not in parts:
                    parts.append(member)
        named = 0
        for part in parts:
            named |= part._value_
        data = cls._member_type_
        made = object.__new__(cls) if data is object else data.__new__(cls, value)
        made._value_ = value
        made._name_ = "|".join([part._name_ for part in parts]) if parts else None
        if named and value ^ named:
            made._name_ += f"|{cls._numeric_repr_(value ^ named)}"
        cls._value2member_map_.setdefault(value, made)
        return made

    def _bits(self, other):
        if isinstance(other, self.__class__):
            return other._value_
        data = self._member_type_
        if data is not object and isinstance(other, data):
            return other
        return None

    def __or__(self, other):
        bits = self._bits(other)
        if bits is None:
            return NotImplemented
        return self.__class__(self._value_ | bits)

    def __and__(self, other):
        bits = self._bits(other)
        if bits is None:
            return NotImplemented
        return self.__class__(self._value_ & bits)

    def __xor__(self, other):
        bits = self._bits(other)
        if bits is None:
            return NotImplemented
        return self.__class__(self._value_ ^ bits)

    __ror__ = __or__
    __rand__ = __and__
    __rxor__ = __xor__

    def __invert__(self):
        if self._inverted_ is None:
            bits = ~self._value_
            if self._boundary_ not in (EJECT, KEEP):
                bits &= self._singles_mask_
            self._inverted_ = self.__class__(bits)
        return self._inverted_

    def __contains__(self, other):
        if not isinstance(other, self.__class__):
            raise TypeError(
                f"unsupported operand type(s) for 'in': {type(other).__qualname__!r}"
                f" and {self.__class__.__qualname__!r}")
        return other._value_ & self._value_ == other._value_

    def __bool__(self):
        return bool(self._value_)

    def __iter__(self):
        return self._iter_member_(self._value_)

    def __len__(self):
        return self._value_.bit_count()

    def __repr__(self):
        show = self.__class__._value_repr_ or repr
        name = self.__class__.__name__
        if self._name_ is not None:
            name = f"{name}.{self._name_}"
        return f"<{name}: {show(self._value_)}>"

    def __str__(self):
        if self._name_ is None:
            return f"{self.__class__.__name__}({self._value_!r})"
        return f"{self.__class__.__name__}.{self._name_}"


Flag._is_flag_ = True
Flag._flag_mask_ = Flag._singles_mask_ = Flag._all_bits_ = 0
Flag._inverted_ = None


class IntFlag(int, ReprEnum, Flag, boundary=KEEP):
    """A flag whose members are ints."""


for _cls in (FlagBoundary, Flag, IntFlag):
    _cls.__module__ = "enum"
