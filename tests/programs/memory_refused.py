# Memory that no machine has is refused where its size is known: no part of it is touched.
import math

MUCH = 10**15
TEXT = "1000000000000000"


def attempt(name, make):
    try:
        make()
        print(name, "made")
    except (MemoryError, OverflowError, ValueError) as e:
        print(name, type(e).__name__, e)


def attempts():
    attempt("zfill", lambda: "abc".zfill(MUCH))
    attempt("rjust", lambda: "a".rjust(MUCH))
    attempt("ljust", lambda: "a".ljust(MUCH, "é"))
    attempt("center", lambda: "a".center(MUCH))
    attempt("bytes.zfill", lambda: b"abc".zfill(MUCH))
    attempt("bytes.rjust", lambda: b"a".rjust(MUCH))
    attempt("expandtabs", lambda: "a\tb".expandtabs(MUCH))
    attempt("format d", lambda: format(1, TEXT + "d"))
    attempt("format s", lambda: format("x", TEXT))
    attempt("format f", lambda: format(1.5, TEXT + "f"))
    attempt("format .f", lambda: f"{1.5:.1000000000000000f}")
    attempt("format .e", lambda: f"{1.5:.1000000000000000e}")
    attempt("format too long", lambda: format(1, "9" * 30))
    attempt("str.format", lambda: "{:>1000000000000000}".format("a"))
    attempt("format .s", lambda: format("abc", "." + TEXT))
    attempt("% d", lambda: "%1000000000000000d" % 1)
    attempt("% s", lambda: "%1000000000000000s" % 1)
    attempt("% .f", lambda: "%.1000000000000000f" % 1.0)
    attempt("% .d", lambda: "%.1000000000000000d" % 1)
    attempt("% *", lambda: "%*d" % (MUCH, 1))
    attempt("bytes %", lambda: b"%1000000000000000d" % 1)
    attempt("list *", lambda: [0] * MUCH)
    attempt("tuple *", lambda: (0,) * MUCH)
    attempt("str *", lambda: "a" * MUCH)
    attempt("str * index", lambda: "a" * 2**63)
    attempt("str * length", lambda: "abc" * 2**62)
    attempt("bytes *", lambda: b"a" * MUCH)
    attempt("bytearray *", lambda: bytearray(b"ab") * MUCH)
    attempt("bytes()", lambda: bytes(MUCH))
    attempt("bytearray()", lambda: bytearray(MUCH))
    attempt("list(range)", lambda: list(range(MUCH)))
    attempt("sorted(range)", lambda: sorted(range(MUCH)))
    attempt("list.extend", lambda: [1].extend(range(MUCH)))
    attempt("<<", lambda: 1 << 10**17)
    attempt("to_bytes", lambda: (1).to_bytes(MUCH, "big"))
    attempt("str.replace", lambda: ("x" * 2 * 10**7).replace("x", "y" * 2 * 10**7))
    attempt("bytes.replace", lambda: (b"x" * 2 * 10**7).replace(b"x", b"y" * 2 * 10**7))
    attempt("str.join", lambda: ("x" * 4 * 10**7).join([""] * 4 * 10**6))
    attempt("bytes.join", lambda: (b"x" * 4 * 10**7).join([b""] * 4 * 10**6))


attempts()
refused = 0
for i in range(200):
    try:
        [i] * MUCH
    except MemoryError:
        refused += 1
print(refused)
items = [1, 2]
try:
    items *= MUCH
except MemoryError:
    print(items)
total = 0
for i in range(3000):
    total += len(str(i).zfill(9)) + len("%5d" % i)
print(total)
