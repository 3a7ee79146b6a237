# What a function that calls itself without an end compares in its innermost frame says which error it is.
def attempt(name, function, value):
    try:
        function(value)
    except RecursionError as error:
        print(name, error)


def at_most(x):
    if x <= 0:
        pass
    return at_most(x)


def equal(x):
    if x == 1:
        pass
    return equal(x)


def is_list(x):
    if x == [1]:
        pass
    return is_list(x)


def is_none(x):
    if x == None:
        pass
    return is_none(x)


def is_text(x):
    if x == "a":
        pass
    return is_text(x)


def before(x):
    if x < "b":
        pass
    return before(x)


def is_tuple(x):
    if x == (1, 2.5):
        pass
    return is_tuple(x)


attempt("nan at most 0", at_most, float("nan"))
attempt("a float at most 0", at_most, 1.5)
attempt("an int at most 0", at_most, 3)
attempt("a big int at most 0", at_most, 2**70)
attempt("a bool at most 0", at_most, True)
attempt("a float equal to 1", equal, 2.5)
attempt("an int equal to 1", equal, 2)
attempt("a text equal to 1", equal, "a")
attempt("None equal to 1", equal, None)
attempt("lists", is_list, [1])
attempt("an int and None", is_none, 1)
attempt("None and None", is_none, None)
attempt("texts", is_text, "b")
attempt("the order of texts", before, "a")
attempt("tuples", is_tuple, (1, 2))
