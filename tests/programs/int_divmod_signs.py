"""Floor division and modulo of ints with all signs, powers of two and the smallest int."""


def run(numbers, n):
    total = 0
    for i in range(n):
        a = numbers[i % len(numbers)]
        b = numbers[(i * 7 + 3) % len(numbers)]
        if b != 0:
            q = a // b
            r = a % b
            total = (total * 31 + q * 3 + r) % 1000000007
            if q * b + r != a:
                total += 1
            if r != 0 and (r < 0) != (b < 0):
                total += 2
    return total


def constants(n):
    total = 0
    for i in range(-n, n):
        total += i // 8 + i % 8 * 3
        total -= i // -8 + i % -8
        total ^= i // 7 + i % 7 + i // -7 - i % -7
        total += i // 1 + i % 1 + i // -1 + i % -1
        total ^= i % 1024 + i // 1024 + i % 4611686018427387903
    return total


print(run([7, -7, 2, -2, 3, -3, 1, -1, 0, 8, -8], 6000))
print(run([2 ** 62 - 1, -(2 ** 62), -1, 1, 2, 3, -2 ** 31, 2 ** 61], 6000))
print(run([2 ** 63, -(2 ** 63), 2 ** 64 + 1, 5, -5, 2 ** 32, -1, 12345678901234567890], 6000))
print(constants(3000))
for a in (7, -7):
    for b in (2, -2):
        print(a // b, a % b, divmod(a, b))
