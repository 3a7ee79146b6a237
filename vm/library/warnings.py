"""Warnings: written to standard error, once for each text."""

import sys

_shown = set()
_ignored = False


def warn(message, category=None, stacklevel=1, source=None):
    if isinstance(message, Warning):
        category, message = type(message), str(message)
    category = category or UserWarning
    if _ignored or issubclass(category, DeprecationWarning):
        return
    line = f"{category.__name__}: {message}"
    if line not in _shown:
        _shown.add(line)
        sys.stderr.write(line + "\n")


def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
    global _ignored
    _ignored = action == "ignore"


def simplefilter(action, category=Warning, lineno=0, append=False):
    filterwarnings(action)


def resetwarnings():
    filterwarnings("default")


class catch_warnings:
    def __init__(self, *, record=False, module=None, action=None, **rest):
        self._record = record

    def __enter__(self):
        self._before = _ignored
        return [] if self._record else None

    def __exit__(self, *exc_info):
        global _ignored
        _ignored = self._before
