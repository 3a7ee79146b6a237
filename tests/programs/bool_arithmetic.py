"""Bools as numbers, indices, operands of bit operations, and what they turn into."""


def run(n):
    total = 0
    flags = 0
    pair = [10, 20]
    for i in range(n):
        even = i % 2 == 0
        third = i % 3 == 0
        total += even + third
        total += even * 5 - third
        total += pair[even] + pair[third and even]
        both = even & third
        either = even | third
        one = even ^ third
        flags += both + either * 2 + one * 4
        total += -even + ~third + (even << 3) + (even < third) + (even == 1) + (third != 0)
        total += not even
        if even is True and third is not False:
            total += 100
        if both is (even and third):
            flags += 1
        x = even if third else i
        total += x + 0.5 * even
    return total, flags, both, either, one


print(run(5000))
print(True + True, True / 2, True // True, -True, +True, ~True, True ** 3, abs(-True), int(True), float(True))
print(True & 1, True & True, 1 | False, True ^ True, True == 1.0, str(True), f"{True}", round(True), True << 70)
print(max(True, 0), min(True, 1), max(1, True), sum([True, True, 2.5]), divmod(True, 2), bool([]), bool(0.0))


def toggle(n):
    state = False
    count = 0
    for i in range(n):
        state = not state
        if state:
            count += 1
        if i > 3000:
            state = state and i % 5 != 0
    return state, count


print(toggle(6001))
