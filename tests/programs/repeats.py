# Sequences many times over, by counts around powers of two.

for one in ("", "a", "ab", "Zé∑", b"", b"x", b"xyz", bytearray(b"uv"), [], [1], [1, "b"], (), (1,), (1, "b", None)):
    for count in (-1, 0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 1000):
        many = one * count
        same = count * one
        parts = [many[k * len(one):(k + 1) * len(one)] for k in range(max(count, 0))]
        print(type(many).__name__, count, len(many), many == same, all(p == one for p in parts), many[-3:])
text = "∑a" * 3_000_000
print(len(text), text.count("∑"), text[-5:], len((1, 2, 3) * 400_000), (b"\0" * 5_000_001)[-2:])
for bad in ("a" * 2, (1,), b"x", [2]):
    for count in (2**62, 2**63, 2**70, 1.5, "2"):
        try:
            bad * count
        except Exception as error:
            print(type(error).__name__, error)
