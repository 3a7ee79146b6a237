# Signs of zeros that divisions give, and what conversions say of bytes.
def divide(a, b):
    return a / b


print(divide(0, -5), divide(0, 5), divide(0, -10**30), divide(0, 10**30), divide(0, -(1 << 62)))
print(divide(-0.0, 5), divide(0.0, -5), divide(0, -5.0))
for value in (b"xy", bytearray(b"xy"), "xy"):
    for kind in (int, float):
        try:
            kind(value)
        except ValueError as error:
            print(error)
total = 0.0
for i in range(300):
    total = divide(0, -1 - i)
print(total)
