"""What led to an exception that is thrown into a generator: what the generator handles, not who throws."""
import sys
def show(e):
    seen = []
    while e is not None:
        seen.append((type(e).__name__, str(e), type(e.__cause__).__name__, e.__suppress_context__))
        e = e.__context__
    return seen
def g():
    yield 1
    yield 2
# 1 throw keeps context
e = KeyError("a"); e.__context__ = IndexError("b")
it = g(); next(it)
try: it.throw(e)
except KeyError as x: print(show(x))
# 2 thrown in while handling
it = g(); next(it)
try:
    try:
        1/0
    except ZeroDivisionError:
        it.throw(KeyError("x"))
except KeyError as x: print(show(x))
# 3 same exception
it = g(); next(it)
try:
    raise IndexError("z")
except IndexError as z:
    try: it.throw(z)
    except IndexError as y: print(y is z, show(y))
# 4
def h():
    try:
        yield 1
    except ValueError as e:
        print("in", show(e), sys.exc_info()[0])
        yield 2
        print("after", sys.exc_info()[0])
        try:
            raise TypeError("new")
        except TypeError as t:
            print(show(t))
        raise RuntimeError("out")
    finally:
        print("fin", sys.exc_info()[0])
it = h(); next(it)
try:
    raise KeyError("k")
except KeyError:
    print(it.throw(ValueError("v")))
    print(sys.exc_info()[0])
try:
    raise OSError("os")
except OSError:
    try: next(it)
    except RuntimeError as r: print(show(r))
def i():
    yield sys.exc_info()[0]
    try:
        raise ValueError("1")
    except ValueError as v:
        print(show(v))
        yield sys.exc_info()[0]
        yield sys.exc_info()[0]
    yield sys.exc_info()[0]
it = i()
try: raise KeyError("a")
except KeyError: print(next(it))
try: raise IndexError("a")
except IndexError: print(next(it)); print(sys.exc_info()[0])
print(next(it), sys.exc_info())
try: raise IndexError("a")
except IndexError: print(next(it)); print(sys.exc_info()[0])
# not started
it = g()
try:
    raise KeyError("outer")
except KeyError:
    try: it.throw(ValueError("v"))
    except ValueError as x: print(show(x))
# yield from
class It:
    def __iter__(self): return self
    def __next__(self): return 1
    def throw(self, *a):
        print("thr", a, sys.exc_info()[0]); raise a[0]
def k(x):
    yield from x
it = k(It()); next(it)
try: it.throw(ValueError("vv"))
except ValueError as x: print(show(x))
it = k(g()); next(it)
e = ValueError("q"); e.__context__ = KeyError("r")
try:
    1/0
except ZeroDivisionError:
    try: it.throw(e)
    except ValueError as x: print(show(x))
# close
def c():
    try: yield
    finally:
        print(sys.exc_info()[0])
        try: raise ValueError("in close")
        except ValueError as v: print(show(v))
it = c(); next(it)
try: raise KeyError("x")
except KeyError: it.close()
# from None
it = g(); next(it)
e = ValueError("q"); e.__cause__ = None
try:
  try:
    1/0
  except ZeroDivisionError:
    it.throw(e)
except ValueError as x: print(show(x))
# throw class, type+value
it = g(); next(it)
try:
  try:
    1/0
  except ZeroDivisionError:
    it.throw(ValueError, "msg")
except ValueError as x: print(show(x))
import contextlib
@contextlib.contextmanager
def cm():
    try: yield
    except KeyError as e: raise ValueError("conv") from e
try:
    with cm():
        raise KeyError("t")
except ValueError as x: print(show(x))
@contextlib.contextmanager
def cm():
    try: yield
    finally: raise ValueError("conv")
try:
    with cm():
        raise KeyError("t")
except ValueError as x: print(show(x))
