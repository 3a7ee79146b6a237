import imported.circle_a

try:
    from imported.circle_a import value
except ImportError as error:
    print(str(error).split(" (/")[0])
try:
    imported.circle_a.value
except AttributeError as error:
    print(error)
value = "b"
