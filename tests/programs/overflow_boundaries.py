"""All arithmetic in loops that step across the limits of 62, 63 and 64 bits."""


def walk(start, n):
    a = 0
    x = start
    for i in range(n):
        y = x + 7
        z = x - 7
        a = a ^ (y + z)
        a = a ^ (x * 2 - y)
        a = a ^ (x // 3)
        a = a ^ (x % 1000 + y % -1000)
        if x < y and z < x and x != y:
            a += 1
        x += 1
    return a, x


for power in (62, 63, 64):
    for sign in (1, -1):
        print(power, sign, walk(sign * 2 ** power - 2500, 5000))
