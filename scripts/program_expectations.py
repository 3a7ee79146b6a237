#!/usr/bin/env python3
"""Keeps what tests/programs/*.py are expected to do in step with CPython 3.11.

    scripts/program_expectations.py           rewrite the expectations
    scripts/program_expectations.py --check   compare only; exit 1 on any difference
    scripts/program_expectations.py --time    also print how long each program takes

Beside NAME.py stand NAME.out (standard output), NAME.err (standard error, the
paths below tests/programs written without it; absent where it is empty) and NAME.exit (the exit
code; absent where it is 0). Tracebacks and sums of floats differ between versions: no
other version than 3.11 writes expectations, and with another one --check does nothing.
"""
import argparse
import subprocess
import sys
import time
from pathlib import Path

PROGRAMS = Path(__file__).resolve().parent.parent / "tests" / "programs"
REFERENCE = (3, 11)


def expectations(path):
    """What CPython makes of a program: contents of the files beside it, None for no file."""
    # Programs import what stands beside them, and nothing of this user or environment.
    command = [sys.executable, "-B", "-s", "-E", str(path)]
    done = subprocess.run(command, capture_output=True, timeout=60, cwd=path.parent)
    err = done.stderr.decode().replace(f'"{path.parent}/', '"')
    # A process that a signal ended has the exit code that shells give it.
    code = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return {
        ".out": done.stdout.decode(),
        ".err": err or None,
        ".exit": f"{code}\n" if code else None,
    }


def stored(path):
    return path.read_text() if path.exists() else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--time", action="store_true", help="print the time of each program")
    parser.add_argument("names", nargs="*", help="programs; all without any")
    options = parser.parse_args()
    if sys.version_info[:2] != REFERENCE:
        print("nothing done: the expectations are those of CPython 3.11")
        sys.exit(0 if options.check else 1)

    paths = [PROGRAMS / f"{name}.py" for name in options.names] or sorted(PROGRAMS.glob("*.py"))
    problems = []
    for path in paths:
        start = time.perf_counter()
        new = expectations(path)
        if options.time:
            print(f"{path.stem:24} {(time.perf_counter() - start) * 1e3:6.0f} ms")
        for suffix, text in new.items():
            file = path.with_suffix(suffix)
            if stored(file) == text:
                continue
            if options.check:
                problems.append(f"{file.name}: CPython says otherwise")
            elif text is None:
                file.unlink()
            else:
                file.write_text(text)
    for file in PROGRAMS.iterdir():
        if file.suffix in (".out", ".err", ".exit") and not file.with_suffix(".py").exists():
            problems.append(f"{file.name}: there is no {file.stem}.py")
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"{len(paths)} programs {'agree' if options.check else 'written'}")


if __name__ == "__main__":
    main()
