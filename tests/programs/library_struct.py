"""Values packed into bytes: every format, ranges, and errors."""
import struct


def tried(action, *args, **options):
    try:
        print(repr(action(*args, **options)))
    except Exception as error:
        print(type(error).__name__, error)


for f in 'bBhHiIlLqQnN':
    tried(struct.pack,f,1<<70); tried(struct.pack,f,-(1<<70)); tried(struct.pack,f if f not in 'nN' else f,10**11); tried(struct.pack,f,300); tried(struct.pack,f,-1); tried(struct.pack,f,70000)
    tried(struct.pack,f,'a'); tried(struct.pack,f,1.5); tried(struct.pack,'<'+f,-1); tried(struct.pack,'>'+f,100)
for f,a in [('c',1),('c',b'ab'),('s','a'),('3s',b'abcdef'),('5s',b'ab'),('p',b'a'),('5p',b'abcdefgh'),('?',[]),('f','a'),('f',1e40),('<f',1e40),('e',1e6),('e',1.1),('d',3),('d',None),('P',5),('P',-1),('<P',1),('3',1),('z',1),('2 h',1),('0s',b'a'),('<n',1),('f',float('inf')),('d',float('nan'))]: tried(struct.pack,f,a)
b=bytearray(4)
tried(struct.pack,'hh',1)
tried(struct.pack,'h')
tried(struct.pack,'h',1,2)
tried(struct.unpack,'hh',b'abc')
tried(struct.unpack,'h','ab')
tried(struct.unpack_from,'i',b'abc')
tried(struct.unpack_from,'i',b'abcdef',3)
tried(struct.unpack_from,'i',b'abcdef',-3)
tried(struct.unpack_from,'i',b'abcdef',-30)
tried(struct.unpack_from,'h',b'abcdef',-3)
tried(struct.pack_into,'i',b,1,5)
tried(struct.pack_into,'i',b,0,5)
print(b)
tried(struct.pack_into,'i',b'abcd',0,5)
tried(struct.pack_into,'h',b,-5,5)
tried(struct.pack_into,'h',b,-1,5)
tried(struct.pack_into,'i',b)
tried(struct.iter_unpack,'h',b'abc')
tried(list,struct.iter_unpack('h',b'abcd'))
tried(lambda: list(struct.iter_unpack('',b'abcd')))
tried(struct.calcsize,'bhilqd')
tried(struct.calcsize,'bi0q')
tried(struct.calcsize,b'<bi')
tried(struct.calcsize,3)
print(struct.Struct('>hi').format, struct.Struct('>hi').size, struct.Struct('>hi').pack(1,2))
print(struct.pack('@bhq?',1,2,3,1), struct.unpack('@bhq?',struct.pack('@bhq?',1,2,3,1)),struct.unpack('>5p',b'\x03abcd'),struct.unpack('e',b'\x00\x7c'),struct.unpack('3xb',b'abcd'))
print(struct.error, type(struct.iter_unpack('h',b'ab')), struct.error.__module__)
tried(struct.pack,'hs',1)
tried(struct.pack)
tried(struct.pack,1)
tried(struct.pack,'?',2)
tried(struct.unpack,'?',b'\x05')


class I:
    def __index__(self): return 7
tried(struct.pack,'h',I())
tried(struct.pack,'f',I())
tried(struct.pack,'h',True)
print(struct.unpack('<BbHhIiQqfd', struct.pack('<BbHhIiQqfd', 255,-1,65535,-2,2**32-1,-3,2**64-1,-4,0.5,-2.25)))
total = 0
for i in range(300):
    packed = struct.pack('<hBd', i - 150, i % 256, i / 4)
    a, b, c = struct.unpack('<hBd', packed)
    total += a * b + int(c)
print(total)
