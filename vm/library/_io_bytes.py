"""Streams of bytes in memory."""

from io import _Memory


class BytesIO(_Memory):
    """A stream of bytes in memory."""

    __module__ = "_io"

    _empty = b""
    _newline = b"\n"
    _padding = b"\0"
    _closed = "I/O operation on closed file."

    def __init__(self, initial_bytes=b""):
        self._start(b"")
        if initial_bytes is not None:
            self._whole = bytes(_checked(initial_bytes))

    def write(self, b, /):
        return self._put(bytes(_checked(b)))

    def read1(self, size=-1, /):
        return self.read(size)

    def readinto(self, buffer, /):
        data = self.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    def getbuffer(self):
        raise NotImplementedError("memoryview is outside the subset")


def _checked(data):
    if not isinstance(data, (bytes, bytearray)):
        raise TypeError(f"a bytes-like object is required, not {type(data).__name__!r}")
    return data
