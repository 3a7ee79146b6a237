"""Complex fast Fourier transforms of n points, there and back, in place over interleaved floats.

Stresses strided float access in nested loops and bit reversal.
"""
import math
import sys


def bit_reverse(data, count):
    j = 0
    for i in range(count - 1):
        if i < j:
            a, b = 2 * i, 2 * j
            data[a], data[b] = data[b], data[a]
            data[a + 1], data[b + 1] = data[b + 1], data[a + 1]
        k = count >> 1
        while k <= j:
            j -= k
            k >>= 1
        j += k


def transform(data, direction):
    """Danielson and Lanczos' butterflies; the twiddle factors come by a recurrence."""
    count = len(data) // 2
    bit_reverse(data, count)
    half = 1
    while half < count:
        angle = direction * math.pi / half
        s = math.sin(angle)
        t = 2.0 * math.sin(angle / 2.0) * math.sin(angle / 2.0)
        wr, wi = 1.0, 0.0
        for a in range(half):
            for b in range(a, count, 2 * half):
                i = 2 * b
                j = 2 * (b + half)
                xr = wr * data[j] - wi * data[j + 1]
                xi = wr * data[j + 1] + wi * data[j]
                data[j] = data[i] - xr
                data[j + 1] = data[i + 1] - xi
                data[i] += xr
                data[i + 1] += xi
            wr, wi = wr - s * wi - t * wr, wi + s * wr - t * wi
        half *= 2


def main(n=65_536):
    state = 113
    data = []
    for _ in range(2 * n):
        state = (state * 1_664_525 + 1_013_904_223) & 0xFFFFFFFF
        data.append(state / 4_294_967_296.0)
    before = data[:]
    transform(data, -1)
    middle = sum(data)
    transform(data, 1)
    worst = 0.0
    for i in range(2 * n):
        worst = max(worst, abs(data[i] / n - before[i]))
    return round(middle, 6), worst < 1e-9, round(data[3] / n, 9)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
