from .. import numbers as up

depth = __name__.count(".")
