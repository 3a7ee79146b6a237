"""Output from hot loops: values of all types, separators, and text without a line's end."""


def run(n):
    for i in range(n):
        if i % 450 == 0:
            print(i, i * 0.5, i % 4 == 0, None, "text", [i, 1.5, "s"], (i,), 2 ** 64 + i)
        if i % 900 == 1:
            print()
            print(i, end=" ")
            print("a", "b", sep="-", end=";\n")


run(4500)
for i in range(3300):
    if i > 3289:
        print(f"{i}={i * i}", end=", " if i < 3299 else "\n")


def every(n):
    for i in range(n):
        print(i % 10, end="" if i % 100 else "\n")
    print()


every(3400)
