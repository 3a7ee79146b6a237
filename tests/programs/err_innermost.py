"""An exception in the innermost of four loops."""


def run(n):
    hits = 0
    for a in range(n):
        for b in range(a, n):
            for c in range(b, n):
                for d in range(c, n):
                    hits += 840 // (a * b * c * d - 11 * 12 * 13 * 13 + hits * 0)
    return hits


print(run(12))
print(run(15))
