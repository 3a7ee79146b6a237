"""Numbers: functions that read their own module's globals."""

offset = 100
calls = 0


def square(n):
    return n * n


def shifted(n):
    global calls
    calls += 1
    return n + offset


def total(count):
    result = 0
    for i in range(count):
        result += shifted(i) % 7
    return result
