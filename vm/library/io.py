"""Streams in memory."""

SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
DEFAULT_BUFFER_SIZE = 8192


class UnsupportedOperation(OSError, ValueError):
    pass


class IOBase:
    closed = False
    _closed = "I/O operation on closed file"

    def close(self):
        self.closed = True

    def _check(self):
        if self.closed:
            raise ValueError(self._closed)

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *exc_info):
        self.close()

    def flush(self):
        pass

    def readable(self):
        return True

    def writable(self):
        return True

    def seekable(self):
        return True

    def isatty(self):
        return False

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def readlines(self, hint=-1):
        return list(self)

    def writelines(self, lines):
        for line in lines:
            self.write(line)


class _Memory(IOBase):
    """A stream over what has been written: pieces, joined when somebody reads."""

    _empty = None
    _newline = None

    def _start(self, initial):
        self._pieces = []
        self._whole = initial
        self._at = 0

    def _value(self):
        if self._pieces:
            self._whole += self._empty.join(self._pieces)
            self._pieces = []
        return self._whole

    def getvalue(self):
        self._check()
        return self._value()

    def _put(self, data):
        self._check()
        size = len(data)
        if self._at is not None:
            whole = self._value()
            if self._at < len(whole):
                self._whole = whole[:self._at] + data + whole[self._at + size:]
                self._at += size
                return size
            if self._at > len(whole):
                self._pieces.append(self._padding * (self._at - len(whole)))
        # At the end, where writing goes on.
        self._pieces.append(data)
        self._at = None
        return size

    def _place(self):
        return len(self._value()) if self._at is None else self._at

    def read(self, size=-1, /):
        self._check()
        at = self._place()
        whole = self._value()
        end = len(whole) if size is None or size < 0 else at + size
        data = whole[at:end]
        self._at = at + len(data)
        return data

    def readline(self, size=-1, /):
        self._check()
        at = self._place()
        whole = self._value()
        end = whole.find(self._newline, at) + 1
        if end == 0:
            end = len(whole)
        if size is not None and 0 <= size < end - at:
            end = at + size
        self._at = max(at, end)
        return whole[at:end]

    def tell(self):
        self._check()
        return self._place()

    def seek(self, pos, whence=0, /):
        self._check()
        if whence == 1:
            pos += self._place()
        elif whence == 2:
            pos += len(self._value())
        if pos < 0:
            raise ValueError(f"Negative seek position {pos}")
        self._at = pos
        return pos

    def truncate(self, size=None, /):
        size = self._place() if size is None else size
        self._at = self._place()
        self._whole = self._value()[:size]
        return size


class StringIO(_Memory):
    """A stream of text in memory."""

    _empty = ""
    _newline = "\n"
    _padding = "\0"

    def __init__(self, initial_value="", newline="\n"):
        self._start("")
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError(
                f"initial_value must be str or None, not {type(initial_value).__name__}")
        if initial_value:
            self._whole = initial_value

    def write(self, s, /):
        if not isinstance(s, str):
            raise TypeError(f"string argument expected, got {type(s).__name__!r}")
        if self._at is None and not self.closed:
            # Writing goes on at the end.
            self._pieces.append(s)
            return len(s)
        return self._put(s)


TextIOBase = IOBase
RawIOBase = IOBase
BufferedIOBase = IOBase


def __getattr__(name):
    if name == "BytesIO":
        import _io_bytes
        return _io_bytes.BytesIO
    raise AttributeError(f"module 'io' has no attribute {name!r}")
