"""A variable that holds an int for 5,000 iterations, then a bool, None, a string, a list."""


def run(n):
    x = 1
    counts = [0, 0, 0, 0, 0]
    for i in range(n):
        if i == 5000:
            x = True
        elif i == 6000:
            x = None
        elif i == 7000:
            x = "text"
        elif i == 8000:
            x = [i]
        if x is None:
            counts[0] += 1
        elif x is True:
            counts[1] += 1
        elif x == 1:
            counts[2] += 1
        elif x == "text":
            counts[3] += 1
        if x:
            counts[4] += 1
    return counts, x


print(run(4000))
print(run(9000))


def flags(n):
    total = 0
    flag = 0
    for i in range(n):
        total += flag
        flag = i % 2 if i < 5000 else i % 2 == 0
    return total, flag


print(flags(5000), flags(8000))
