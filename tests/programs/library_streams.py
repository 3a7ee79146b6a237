"""Streams in memory, and what sys says of numbers."""
import io
import sys


def tried(action, *args, **options):
    try:
        print(repr(action(*args, **options)))
    except Exception as error:
        print(type(error).__name__, error)


print(sys.version_info, sys.version_info >= (3,8), sys.version_info[:2], sys.version_info.major, sys.float_info, sys.float_info.max, sys.float_info.epsilon, sys.int_info, sys.hash_info.modulus, sys.hash_info.width, type(sys.float_info))
tried(lambda: sys.foo)
tried(lambda: type(sys.version_info)())
b = io.BytesIO(b'hello\nworld')
tried(b.readline)
tried(b.read, 2)
tried(b.tell)
tried(b.seek, 0)
tried(b.write, b'HE')
tried(b.getvalue)
tried(b.seek,0,2)
tried(b.write,b'!')
tried(b.getvalue)
tried(b.write,'x')
b.seek(0)
tried(list, b)
b.seek(0)
tried(b.readlines)
tried(lambda: io.BytesIO('x'))
x = bytearray(3)
b.seek(0)
tried(b.readinto, x)
print(x)
b.close()
tried(b.read)
with io.BytesIO() as f:
    f.write(b'ab')
    print(f.getvalue())
s = io.StringIO()
print('x', 1, file=s, end='')
s.write('é\n')
tried(s.getvalue)
s.seek(0)
tried(s.read)
tried(lambda: s.write(3))
tried(s.truncate, 1)
tried(s.getvalue)
