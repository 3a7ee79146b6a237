"""Intermediate results outgrow small ints in every iteration and are reduced again."""


def power(base, exponent, modulus):
    result = 1
    base %= modulus
    while exponent > 0:
        if exponent & 1:
            result = result * base % modulus
        base = base * base % modulus
        exponent >>= 1
    return result


def run(n, modulus):
    total = 0
    for i in range(1, n):
        total = (total + power(i, modulus - 2, modulus)) % modulus
    return total


print(run(400, 1000003))
print(run(200, 2147483647))
print(run(150, 2305843009213693951))
print(run(60, 618970019642690137449562111))
