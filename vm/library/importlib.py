"""Importing by name."""

import sys


def import_module(name, package=None):
    """The module of that name; leading points start from a package."""
    level = len(name) - len(name.lstrip("."))
    if level:
        if not package:
            raise TypeError(
                "the 'package' argument is required to perform a relative import for "
                + repr(name))
        parts = package.split(".")
        if level > len(parts):
            raise ImportError("attempted relative import beyond top-level package")
        parts = parts[:len(parts) - level + 1]
        rest = name[level:]
        name = ".".join(parts + [rest]) if rest else ".".join(parts)
    __import__(name)
    return sys.modules[name]
