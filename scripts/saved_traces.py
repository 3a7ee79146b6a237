#!/usr/bin/env python3
"""Records the traces under benches/traces anew: of each workload there the longest loop.

    scripts/saved_traces.py [TIERLAB]    TIERLAB: the binary, target/release/tierlab where none is given

To be run when the recorder or the optimizer makes other traces of these programs; benchmarks of
allocators and emitters, and tests of `tierlab alloc`, read them.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def longest_loop(tierlab, workload):
    """The text of the longest loop trace that a workload records, with its source file's path."""
    command = [tierlab, "run", "--opt", "full", "--tier", "uop", "--dump", "trace", workload]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    traces = re.split(r"^; trace .*\n", done.stderr, flags=re.M)[1:]
    loops = [trace for trace in traces if trace.startswith("trace loop ")]
    longest = max(loops, key=lambda trace: trace.count("\n"))
    name = Path(workload).name
    return longest.replace(f'"{name}:', f'"workloads/{name}:', 1).strip() + "\n"


def main():
    tierlab = sys.argv[1] if len(sys.argv) > 1 else "target/release/tierlab"
    for path in sorted((ROOT / "benches/traces").glob("*.tir")):
        text = longest_loop(tierlab, f"workloads/{path.stem}.py")
        changed = text != path.read_text()
        path.write_text(text)
        print(f"{path.stem}: {text.count(chr(10))} lines{' (changed)' if changed else ''}")


main()
