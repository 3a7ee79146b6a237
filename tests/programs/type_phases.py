"""The same loop with more combinations of types than there are versions of a trace."""


def mix(a, b, c, n):
    for i in range(n):
        a, b, c = b, c, a
        x = a + b
        if x > c:
            x = c
    return a, b, c, x


kinds = [3, 2.5, True, 2 ** 66]
for a in kinds:
    for b in kinds:
        for c in kinds:
            print(mix(a, b, c, 150))
for a in kinds:
    print(mix(a, 1, 2.0, 3000))
