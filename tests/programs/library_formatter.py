"""`string.Formatter`: what `str.format` does, in parts that programs change."""
import string


def t(f):
    try:
        print(repr(f()))
    except Exception as error:
        print(type(error).__name__, error)


f = string.Formatter()


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y
        self.items = {"k": [1, 2, (3, 4)], 7: "seven"}

    def __repr__(self):
        return f"Point({self.x}, {self.y})"


p = Point(3, -4.5)
TEXTS = ["", "plain", "{}", "{} {}", "{0}{1}{0}", "{name}", "{0.x:>5}|{0.y:<8.2f}|", "{0.items[k][2][1]} {0.items[7]}", "{{}}", "{{{0}}}", "a{{b}}c{1!r:>12}", "{1!s}{1!a}{0!r}",
         "{0:{1}}", "{:{}}", "{0:{1}{2}}", "{0:{name}>10}", "}", "{", "a}b", "{0", "{0!", "{0!r", "{0!rx}", "{0:", "{0:{1}", "{0[}", "{0[k}", "{0.}", "{0[]}", "{0[k]x}", "{0..x}", "{0{1}}",
         "{!r}", "{:>4}", "{0}{}", "{}{0}", "{5}", "{missing}", "{0.none}", "{0!z}", "{ 0 }", "{0.items[k}", "{-1}", "{a b}", "{0:{1:{2}}}", "{:{:{}}}", "{0!r:}", "é{0}ü", "{}" * 4, "{[0]}", "{.x}", "{}}", "{{}", "{:}}", "{0!}", "{0:!r}"]
for text in TEXTS:
    t(lambda: f.format(text, p, 12, "x", name="*"))
    t(lambda: f.vformat(text, (5, 8), {"name": "n"}))
    t(lambda: list(f.parse(text)))
for name in ("", "0", "a.b", "a[1].c[d]", "0[x", "x[]", "x.", "a[b]c", "00", "1a", "-1"):
    t(lambda: f.get_field(name, [{"x": 1}, 2], {"a": Point(1, 2), "x": 3, "": "empty"}))


class Defaults(string.Formatter):
    def __init__(self, **defaults):
        self.defaults = defaults

    def get_value(self, key, args, kwargs):
        if isinstance(key, str):
            return kwargs.get(key, self.defaults.get(key, "?"))
        return super().get_value(key, args, kwargs)

    def convert_field(self, value, conversion):
        return value.upper() if conversion == "u" else super().convert_field(value, conversion)

    def format_field(self, value, spec):
        return f"<{value}>" if spec == "angle" else super().format_field(value, spec)

    def check_unused_args(self, used, args, kwargs):
        unused = [i for i in range(len(args)) if i not in used] + [k for k in kwargs if k not in used]
        if unused:
            raise ValueError(f"unused: {unused}")


d = Defaults(a=1, b="two")
t(lambda: d.format("{a} {b!u} {c:angle} {0}", 9))
t(lambda: d.format("{a}", 9))
t(lambda: d.format("{a}", a=5, z=6))
t(lambda: d.format(1))
t(lambda: f.format())


class Bars(string.Formatter):
    def parse(self, text):
        for part in text.split("|"):
            if part.startswith("+"):
                name, _, spec = part[1:].partition(":")
                yield "", name, spec, None
            else:
                yield part, None, None, None


t(lambda: Bars().format("*|+0:^10s|*|+name", "foo", name="bar"))


def main(n):
    total = 0
    for i in range(n):
        total += len(f.format("{0} {x:>{w}}", i, x=i % 7, w=5))
    return total


print(main(400))
