"""A stand-in for pyperf's runner, so that benchmark programs run as they are.

Each benchmark is warmed up and measured in this one process: `--warmups` runs are thrown away, then
`--values` values are measured, each over `--loops` loops. There are no worker processes, no calibration
but of the number of loops, and no files of results.
"""

import os
from argparse import ArgumentParser
from math import sqrt
from time import perf_counter

VERSION = (2, 0, 0)
__version__ = "2.0.0"

# A value is measured over as many loops as take at least this long.
_LEAST_SECONDS = 0.1


class _Benchmark:
    """What was measured: a time in seconds for each value."""

    def __init__(self, name, values, loops, metadata):
        self._name = name
        self._values = tuple(values)
        self._loops = loops
        self._metadata = metadata

    def get_name(self):
        return self._name

    def get_values(self):
        return self._values

    def get_nvalue(self):
        return len(self._values)

    def get_loops(self):
        return self._loops

    def get_metadata(self):
        return self._metadata

    def mean(self):
        return sum(self._values) / len(self._values)

    def stdev(self):
        if len(self._values) < 2:
            return 0.0
        mean = self.mean()
        return sqrt(sum([(v - mean) ** 2 for v in self._values]) / (len(self._values) - 1))


def _shown(seconds):
    """A time with its unit, in three digits."""
    for unit, scale in (("sec", 1.0), ("ms", 1e3), ("us", 1e6)):
        if seconds * scale >= 1.0:
            break
    else:
        unit, scale = "ns", 1e9
    value = seconds * scale
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f} {unit}"


class Runner:
    """Measures benchmarks as its options say."""

    def __init__(self, values=None, processes=None, loops=0, min_time=_LEAST_SECONDS,
                 metadata=None, show_name=True, program_args=None, add_cmdline_args=None,
                 warmups=None, _argparser=None):
        self.metadata = dict(metadata or {})
        self.argparser = _argparser or ArgumentParser(description="Benchmark")
        self.args = None
        self._min_time = min_time
        self._show_name = show_name

        def number(name, default):
            return int(os.environ.get("TIERLAB_PYPERF_" + name, default))
        add = self.argparser.add_argument
        add("-n", "--values", type=int, default=number("VALUES", values or 3),
            help="values to measure (default: %(default)s)")
        add("-l", "--loops", type=int, default=number("LOOPS", loops),
            help="loops of a value, 0 to find a number (default: %(default)s)")
        add("-w", "--warmups", type=int,
            default=number("WARMUPS", 1 if warmups is None else warmups),
            help="values to throw away first (default: %(default)s)")
        add("--min-time", type=float, default=min_time,
            help="least seconds of a value, where the number of loops is found")
        add("--debug-single-value", action="store_true",
            help="one value of one loop and no warm-up")
        add("-p", "--processes", type=int, default=1, help="accepted, and ignored")
        for flags in (("--fast",), ("--rigorous",), ("-q", "--quiet"), ("-v", "--verbose"),
                      ("--worker",), ("--inherit-environ",)):
            add(*flags, action="store_true", help="accepted, and ignored")
        add("-o", "--output", help="accepted, and ignored")

    def parse_args(self, args=None):
        if self.args is None:
            self.args = self.argparser.parse_args(args)
            if self.args.debug_single_value:
                self.args.values, self.args.loops, self.args.warmups = 1, 1, 0
        return self.args

    def bench_func(self, name, func, *args, inner_loops=None, metadata=None):
        """Measures calls of a function."""
        def run(loops):
            start = perf_counter()
            for _ in range(loops):
                func(*args)
            return perf_counter() - start
        return self._measure(name, run, inner_loops, metadata)

    def bench_time_func(self, name, time_func, *args, inner_loops=None, metadata=None):
        """Measures with a function that gets a number of loops and gives the time they took."""
        return self._measure(name, lambda loops: time_func(loops, *args), inner_loops, metadata)

    def bench_command(self, name, command):
        raise NotImplementedError("bench_command() is outside the subset: it starts processes")

    def bench_async_func(self, name, func, *args, **options):
        raise NotImplementedError("bench_async_func() is outside the subset")

    def timeit(self, name, stmt=None, *args, **options):
        raise NotImplementedError("timeit() is outside the subset: it compiles text")

    def _measure(self, name, run, inner_loops, metadata):
        args = self.parse_args()
        loops = args.loops
        if loops < 1:
            loops = 1
            while run(loops) < args.min_time and loops < 1 << 30:
                loops *= 2
        scale = loops * (inner_loops or 1)
        for _ in range(args.warmups):
            run(loops)
        values = [run(loops) / scale for _ in range(args.values)]
        known = dict(self.metadata)
        known.update(metadata or {})
        benchmark = _Benchmark(name, values, loops, known)
        mean, deviation = benchmark.mean(), benchmark.stdev()
        listed = " ".join([f"{value:.9f}" for value in values])
        print(f"{name}: Mean +- std dev: {_shown(mean)} +- {_shown(deviation)} "
              f"(values: {listed}; loops: {loops})")
        return benchmark


def format_timedelta(seconds):
    return _shown(seconds)


def python_implementation():
    return "cpython"


def python_has_jit():
    return False
