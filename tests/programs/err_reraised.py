def inner(n):
    if n == 0:
        raise ValueError("deep")
    return inner(n - 1)


def middle():
    try:
        inner(2)
    except ValueError as error:
        kept = error
    try:
        raise kept
    finally:
        print("cleaning up")


def outer():
    try:
        middle()
    except ValueError:
        raise


total = 0
for i in range(300):
    try:
        total += i
    finally:
        total -= 1
print(total)
for i in range(300):
    try:
        inner(1)
    except ValueError:
        pass
outer()
