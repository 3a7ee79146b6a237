"""Containers beside the built-in ones."""

import sys as _sys
from _collections import deque

# What derives from built-in types is compiled when somebody asks for it.
_LATER = {
    "defaultdict": "_collections_dicts",
    "OrderedDict": "_collections_dicts",
    "Counter": "_collections_dicts",
    "ChainMap": "_collections_users",
    "UserDict": "_collections_users",
    "UserList": "_collections_users",
    "UserString": "_collections_users",
    "namedtuple": "_collections_tuples",
}

__all__ = ["deque", *_LATER]


def __getattr__(name):
    if name not in _LATER:
        raise AttributeError(f"module 'collections' has no attribute {name!r}")
    value = getattr(__import__(_LATER[name]), name)
    setattr(_sys.modules["collections"], name, value)
    return value
