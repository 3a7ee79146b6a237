"""Many floats: some stay alive for long, most die at once."""


def run(n):
    kept = []
    x = 0.5
    total = 0.0
    for i in range(n):
        x = x * 3.7 * (1.0 - x)
        if i % 10 == 0:
            kept.append(x)
        if len(kept) > 2000:
            total += kept[0] + kept[1999]
            kept = kept[1000:]
    return total, sum(kept), x


print(run(60000))


def vectors(n):
    points = [[float(i), i * 0.5, -i * 0.25] for i in range(200)]
    for step in range(n):
        for p in points:
            p[0] += p[1] * 0.01
            p[1] -= p[2] * 0.01
            p[2] = p[2] * 0.99 + 0.001
    return sum([p[0] + p[1] + p[2] for p in points])


print(vectors(60))
