"""A loop with many branches, all of them hot, and some that become hot late."""


def run(n, seed):
    x = seed
    counts = [0] * 10
    a = 0
    b = 1.0
    for i in range(n):
        x = (x * 1103515245 + 12345) % 2147483648
        k = x // 65536 % 10
        if k == 0:
            a += 1
        elif k == 1:
            b *= 1.0001
        elif k == 2:
            a ^= x
        elif k == 3:
            a -= k if a > 0 else -k
        elif k == 4:
            b = b + a % 3
        elif k < 7:
            if x % 2:
                a = a // 2
            else:
                a = a + x % 100
        elif i > 7000:
            if k == 7:
                b = -b
            elif k == 8:
                a = -a
            else:
                a, b = int(b) % 1000, a * 0.5
        counts[k] += 1
    return a, b, counts


print(run(6000, 1))
print(run(9000, 42))


def machine(program, n):
    acc = 0
    stack = []
    pc = 0
    for _ in range(n):
        op = program[pc % len(program)]
        pc += 1
        if op == 0:
            acc += 1
        elif op == 1:
            acc *= 2
        elif op == 2:
            acc = acc % 101
        elif op == 3:
            stack.append(acc)
        elif op == 4:
            if stack:
                acc += stack.pop()
        elif op == 5:
            acc = -acc
        elif op == 6 and acc % 2 == 0:
            pc += 1
    return acc, pc, len(stack)


print(machine([0, 1, 2, 3, 0, 5, 4, 6, 1, 3, 2, 4, 0, 6], 9000))
