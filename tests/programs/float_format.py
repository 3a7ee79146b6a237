"""How floats are printed: repr, str, f-strings with formats, and round."""


def run(n):
    width = 0
    x = 1.0
    for i in range(n):
        x = x * 1.0173 if x < 1e20 else x * 1e-35
        s = str(x)
        width += len(s) + len(f"{x:.3f}") + len(f"{-x:e}")
    return width, x


print(run(3500))
for x in (0.1, 1e16, 1e15, 123456789012345680.0, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, 2.5, -0.0, 1e22, 1e23, 0.1 + 0.2):
    print(x, -x, f"{x}", f"{x!r}", f"{x:.2f}", f"{x:10.4g}|", f"{x:g}", f"{x:.0e}", str(x))


def rounding(n):
    t = 0
    f = 0.0
    for i in range(n):
        x = i * 0.5 - n / 4
        t += round(x)
        f += round(x * 0.37, 2)
    return t, f


print(rounding(4000))
print(round(0.5), round(1.5), round(2.5), round(-0.5), round(2.675, 2), round(1e300), round(12345.678, -2), round(15, -1))
print(f"{3:5d}|{-3:05}|{255:x}|{7:b}|{1234567:,}|{'s':>4}|{'s':<4}|{'s':^5}|{True}|{None}|{[1.5, 'a']}")
