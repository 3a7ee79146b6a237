"""break, continue and else of loops, hot and nested."""


def run(n):
    found = 0
    whole = 0
    skipped = 0
    for i in range(n):
        for j in range(i % 8):
            if j == 5:
                found += i
                break
            if (i + j) % 3 == 0:
                skipped += 1
                continue
            whole += 1
        else:
            found -= 1
        k = i % 11
        while k > 0:
            k -= 2
            if k == 1:
                continue
            if k == 4:
                break
        else:
            skipped += k
    else:
        found *= 2
    return found, whole, skipped


print(run(3000))


def primes(n):
    count = 0
    for p in range(2, n):
        d = 2
        while d * d <= p:
            if p % d == 0:
                break
            d += 1
        else:
            count += 1
    return count


print(primes(1500))


def search(n, target):
    for i in range(n):
        if i * i % 10007 == target:
            break
    else:
        return -1
    return i


print(search(9000, 5000), search(9000, 5001), search(9000, 10006))


def endless(n):
    i = 0
    total = 0
    while True:
        i += 1
        if i > n:
            break
        if i % 2:
            continue
        total += i
    return total


print(endless(9000))
