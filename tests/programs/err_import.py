# An exception in a function of another module: both files are in the traceback.
from imported import shapes


def main():
    result = 0
    for i in range(3000, -1, -1):
        result += shapes.fail(i)
    return result


main()
