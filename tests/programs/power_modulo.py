# Powers by a modulus: words, their borders, and beyond.
words = [0, 1, 2, 3, 7, 1000007, 2**31 - 1, 2**31, 2**32 + 15, 2**61 - 1, 2**62, 2**63 - 1, 2**63, 2**64 + 13]
total = 0
for a in words + [-w for w in words]:
    for e in (0, 1, 2, 5, 64, 10**6 + 3, 2**63 - 1, 2**64 + 1):
        for m in words + [-3, -1000007, -(2**63), -(2**64)]:
            if m:
                r = pow(a, e, m)
                total = (total * 31 + r) % (2**89 - 1)
                if m < 100:
                    total += pow(a, e % 50, m) == a ** (e % 50) % m
print(total)
for args in ((3, -1, 7), (2, -5, 2**61 - 1), (2, -1, 4), (5, 3, 0), (0, 0, 1), (0, 0, -1), (-7, 3, 10), (True, 2, 5)):
    try:
        print(args, pow(*args))
    except ValueError as error:
        print(args, error)
