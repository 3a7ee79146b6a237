#!/usr/bin/env python3
"""Keeps workloads/workloads.json in step with what CPython prints.

    scripts/workload_expectations.py           rewrite default_n and expected outputs
    scripts/workload_expectations.py --check   compare only; exit 1 on any difference
    scripts/workload_expectations.py --time    also print how long main() takes

The fields group, small_n, quick_n and about are written by hand and kept. To add a
workload, add an entry with those three fields and run the script.
"""
import argparse
import importlib.util
import json
import subprocess
import sys
import time
from pathlib import Path

WORKLOADS = Path(__file__).resolve().parent.parent / "workloads"
TABLE = WORKLOADS / "workloads.json"


def stdout_of(path, *arguments):
    command = [sys.executable, "-B", str(path), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def seconds(function, *arguments, repeat=3):
    best = None
    for _ in range(repeat):
        start = time.perf_counter()
        function(*arguments)
        elapsed = time.perf_counter() - start
        best = elapsed if best is None else min(best, elapsed)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--time", action="store_true", help="print the time of main()")
    options = parser.parse_args()

    sys.dont_write_bytecode = True
    text = TABLE.read_text()
    table = json.loads(text)
    problems = []

    files = {path.stem for path in WORKLOADS.glob("*.py")}
    for name in sorted(files - table.keys()):
        problems.append(f"{name}: has no entry in {TABLE.name}")
    for name in sorted(table.keys() - files):
        problems.append(f"{name}: {name}.py does not exist")

    updated = {}
    for name in sorted(table):
        old = table[name]
        if name not in files:
            updated[name] = old
            continue
        path = WORKLOADS / f"{name}.py"
        module = load(path)
        default_n = module.main.__defaults__[0]
        new = {
            "group": old["group"],
            "small_n": old["small_n"],
            "quick_n": old["quick_n"],
            "default_n": default_n,
            "expected_small": stdout_of(path, old["small_n"]),
            "expected_default": stdout_of(path),
            "about": old["about"],
        }
        if stdout_of(path, default_n) != new["expected_default"]:
            problems.append(f"{name}: main() and main({default_n}) print different things")
        if options.check:
            for key, value in new.items():
                if old.get(key) != value:
                    problems.append(f"{name}: {key} is {old.get(key)!r}, should be {value!r}")
        updated[name] = new
        if options.time:
            small = seconds(module.main, old["small_n"]) * 1e3
            full = seconds(module.main)
            print(f"{name:14} n = {default_n:<9} {full:6.3f} s    n = {old['small_n']:<7} {small:5.1f} ms")

    if not options.check:
        TABLE.write_text(json.dumps(updated, indent=2) + "\n")
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"{len(updated)} workloads {'agree' if options.check else 'written'}")


if __name__ == "__main__":
    main()
