"""Values packed into bytes, and back."""

import _struct
from _struct import calcsize

__all__ = ["calcsize", "pack", "pack_into", "unpack", "unpack_from", "iter_unpack", "Struct",
           "error"]


class error(Exception):
    pass


def pack(*args):
    if not args:
        raise TypeError("missing format argument")
    return _struct.pack(*args)


def pack_into(*args):
    if not args:
        raise TypeError("missing format argument")
    return Struct(args[0]).pack_into(*args[1:])


unpack = _struct.unpack


def unpack_from(format, /, buffer, offset=0):
    return _struct.unpack_from(format, buffer, offset)


class unpack_iterator:
    """What `iter_unpack` gives."""

    __module__ = "_struct"

    def __init__(self, format, buffer, size):
        self._format = format
        self._buffer = buffer
        self._size = size
        self._at = 0

    def __iter__(self):
        return self

    def __next__(self):
        at = self._at
        if at >= len(self._buffer):
            raise StopIteration
        self._at = at + self._size
        return _struct.unpack_from(self._format, self._buffer, at)

    def __length_hint__(self):
        return (len(self._buffer) - self._at) // self._size


def iter_unpack(format, buffer, /):
    return Struct(format).iter_unpack(buffer)


class Struct:
    """A format that is used more than once."""

    __module__ = "_struct"

    def __init__(self, format):
        self.size = calcsize(format)
        self.format = format if isinstance(format, str) else format.decode("ascii")

    def pack(self, *args):
        return _struct.pack(self.format, *args)

    def pack_into(self, *args):
        if not args:
            raise error("pack_into expected buffer argument")
        if len(args) == 1:
            raise error("pack_into expected offset argument")
        _struct.pack_into(self.format, *args)

    def unpack(self, buffer, /):
        return _struct.unpack(self.format, buffer)

    def unpack_from(self, buffer, offset=0):
        return _struct.unpack_from(self.format, buffer, offset)

    def iter_unpack(self, buffer, /):
        size = self.size
        if size == 0:
            raise error("cannot iteratively unpack with a struct of length 0")
        if not isinstance(buffer, (bytes, bytearray)):
            raise TypeError(f"a bytes-like object is required, not {type(buffer).__name__!r}")
        if len(buffer) % size:
            raise error("iterative unpacking requires a buffer of a multiple of "
                        f"{size} bytes")
        return unpack_iterator(self.format, buffer, size)

    def __repr__(self):
        return f"Struct({self.format!r})"

