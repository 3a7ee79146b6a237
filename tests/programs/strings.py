"""Strings built, compared, indexed and formatted in hot loops."""


def build(n):
    s = ""
    total = 0
    for i in range(n):
        s += str(i % 10)
        if len(s) > 50:
            total += len(s)
            s = s[25:]
        t = f"{i}:{s[-1]}:{i * 0.5}"
        total += len(t)
        if t[0] == "7" and s[0] != "3":
            total += 1
        if t < "5" or s > t:
            total += 2
    return total, s, t


print(build(5000))


def repeat(n):
    total = 0
    line = "-"
    for i in range(n):
        line = "ab" * (i % 5) + "c"
        total += len(line)
        if line == "ababc":
            total += 1000
    return total, line


print(repeat(5000))


def pieces(n):
    out = []
    for i in range(n):
        out.append(f"{i % 7}{'x' if i % 2 else 'y'}{i / 4}{None}{i % 3 == 0}{[i % 2]}{(i,)}")
        if len(out) > 3:
            out = out[1:]
    return out


print(pieces(3500))
text = "héllo wörld"
n = 0
for i in range(4000):
    c = text[i % len(text)]
    if c in "öé":
        n += 1
for c in text * 300:
    n += c == "l"
print(n, c, text[::-1], len(text))
