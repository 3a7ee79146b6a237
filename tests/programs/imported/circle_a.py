import imported.circle_b
from imported import circle_b as other

value = "a"


def both():
    return value + other.value
