"""And, or, xor and complement of negatives and big ints."""


def run(numbers, n):
    total = 0
    for i in range(n):
        a = numbers[i % len(numbers)]
        b = numbers[(i // len(numbers)) % len(numbers)]
        total = (total * 7 + (a & b)) % 1000000007
        total = (total * 7 + (a | b)) % 1000000007
        total = (total * 7 + (a ^ b) + ~a) % 1000000007
    return total


def popcount(x):
    n = 0
    while x:
        x &= x - 1
        n += 1
    return n


def hash_all(n):
    h = 2166136261
    for i in range(n):
        h = ((h ^ (i & 255)) * 16777619) & 0xFFFFFFFF
    return h


def xorshift(n):
    x = 88172645463325252
    for i in range(n):
        x ^= (x << 13) & 0xFFFFFFFFFFFFFFFF
        x ^= x >> 7
        x ^= (x << 17) & 0xFFFFFFFFFFFFFFFF
    return x


print(run([0, 1, -1, 255, -256, 2 ** 61, -(2 ** 62), 2 ** 62 - 1], 6000))
print(run([2 ** 63, -(2 ** 63), 2 ** 64 - 1, -1, 5, 3 ** 50, -(3 ** 50)], 6000))
print(popcount(2 ** 3000 - 1), popcount(10 ** 30))
print(hash_all(8000), xorshift(5000))
