# Functions that the expressions beside this file use.
import math
import sys
def f(a, b=2):
    return (a, b)
def g(a, b):
    return a + b
def unpack(x):
    a, b = x
    return a
def undefined_local():
    if False:
        q = 1
    return q
def deep(n):
    if n == 0:
        return 0
    return 1 + deep(n - 1)
def assert_false():
    assert 1 == 2, "no"
def raise_it():
    raise ValueError("bad", 1)
def del_local():
    x = 1
    del x
    return x
