"""What was printed before an exception in a hot loop stays, in order."""


def run(n):
    for i in range(n):
        if i % 500 == 0:
            print("at", i, i / (5500 - i))


run(5000)
run(8000)
