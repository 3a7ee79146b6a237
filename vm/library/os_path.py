"""Paths with `/` between their parts."""

from _os import exists, isfile, isdir, getsize, getcwd, realpath

sep = "/"
curdir = "."
pardir = ".."


def join(a, /, *p):
    path = a
    for part in p:
        if part.startswith("/"):
            path = part
        elif not path or path.endswith("/"):
            path += part
        else:
            path += "/" + part
    return path


def split(p):
    at = p.rfind("/") + 1
    head, tail = p[:at], p[at:]
    if head and head != "/" * len(head):
        head = head.rstrip("/")
    return head, tail


def dirname(p):
    return split(p)[0]


def basename(p):
    return split(p)[1]


def splitext(p):
    slash = p.rfind("/")
    dot = p.rfind(".")
    if dot > slash:
        at = slash + 1
        while at < dot:
            if p[at] != ".":
                return p[:dot], p[dot:]
            at += 1
    return p, ""


def isabs(s):
    return s.startswith("/")


def normpath(path):
    if not path:
        return "."
    root = "/" if path.startswith("/") else ""
    if path.startswith("//") and not path.startswith("///"):
        root = "//"
    parts = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part != ".." or not root and not parts or parts and parts[-1] == "..":
            parts.append(part)
        elif parts:
            parts.pop()
    return root + "/".join(parts) or "."


def abspath(path):
    return normpath(path if isabs(path) else join(getcwd(), path))


def expanduser(path):
    return path


def commonprefix(m):
    if not m:
        return ""
    low, high = min(m), max(m)
    for at, c in enumerate(low):
        if c != high[at]:
            return low[:at]
    return low


def relpath(path, start="."):
    here = [part for part in abspath(start).split("/") if part]
    there = [part for part in abspath(path).split("/") if part]
    same = 0
    while same < min(len(here), len(there)) and here[same] == there[same]:
        same += 1
    return "/".join([".."] * (len(here) - same) + there[same:]) or "."
