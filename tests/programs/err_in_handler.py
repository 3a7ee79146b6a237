class Failing:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        raise RuntimeError("exit failed")


def use():
    with Failing():
        return [][0]


total = 0
for i in range(400):
    total += i
print(total)
use()
