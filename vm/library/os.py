"""A little of the operating system."""

import os.path as path
from _os import getcwd, environment, getpid, listdir, remove, mkdir

name = "posix"
sep = "/"
linesep = "\n"
pathsep = ":"
curdir = "."
pardir = ".."
extsep = "."
altsep = None
devnull = "/dev/null"
unlink = remove
environ = environment()
error = OSError


def getenv(key, default=None):
    return environ.get(key, default)


def makedirs(name, mode=0o777, exist_ok=False):
    head = path.dirname(name)
    if head and not path.exists(head):
        makedirs(head, exist_ok=True)
    if path.isdir(name) and exist_ok:
        return
    mkdir(name)


def fspath(path):
    if isinstance(path, str):
        return path
    return path.__fspath__()


def cpu_count():
    return 1


def times():
    import time
    now = time.process_time()
    return (now, 0.0, 0.0, 0.0, time.perf_counter())
