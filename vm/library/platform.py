"""What runs the program."""

import sys


def python_implementation():
    return "CPython"


def python_version():
    return ".".join([str(part) for part in sys.version_info[:3]])


def python_version_tuple():
    return tuple([str(part) for part in sys.version_info[:3]])


def system():
    return "Linux" if sys.platform == "linux" else sys.platform


def machine():
    return "x86_64"


def node():
    return ""


def release():
    return ""


def platform(aliased=False, terse=False):
    return f"{system()}-{machine()}"
