"""Exceptions as objects, generators that are thrown into, context managers."""
def t(label, f):
    try:
        r = f()
        print(label, repr(r))
    except BaseException as e:
        print(label, type(e).__name__, str(e))
import sys
def g():
    try:
        x = yield 1
        print("got", x)
        y = yield 2
        print("got", y)
    except ValueError as e:
        print("caught", e); yield 99
    finally:
        print("fin")
    return "ret"
a = g(); print(next(a), a.send("s")); 
try: a.send("t")
except StopIteration as e: print(e.value, repr(e))
a = g(); next(a); print(a.throw(ValueError("v"))); a.close(); t("after", lambda: next(a))
a = g(); t("unstarted", lambda: a.send(1)); a.close(); t("c", lambda: next(a)); t("throw closed", lambda: a.throw(KeyError("k")))
a = g(); next(a); t("throw cls", lambda: a.throw(KeyError)); a = g(); next(a); t("throw 3", lambda: a.throw(KeyError, "msg")); a = g(); next(a); t("throw bad", lambda: a.throw(1)); a.close()
def d():
    r = yield from g(); print("r", r); return r
a = d(); print(next(a), a.send(5)); t("x", lambda: a.send(6))
a = d(); next(a); print(a.throw(ValueError("zz"))); a.close()
def self_():
    print(next(me)); yield
me = self_(); t("exec", lambda: next(me))
def si(): raise StopIteration(5); yield
t("si", lambda: next(si()))
def si2(): yield from iter([1, 2]); return 7
a = si2(); print(list(a)); print([*d()] if 0 else "")
def yf(x): r = yield from x; return r
t("yf", lambda: list(yf(5))); a = yf([1, 2]); next(a); t("yfs", lambda: a.send(1)); a = yf([1]); next(a); t("yft", lambda: a.throw(KeyError("q")))
gen = (x for x in range(3)); print(next(gen), list(gen), gen.__name__); t("ge", lambda: next(gen))
def outer():
    try:
        yield 1
    finally:
        yield 2
a = outer(); next(a); t("yfin", lambda: a.close())
def rr():
    try: return 1
    finally: print("f")
print(rr())
def ff():
    for i in range(3):
        try:
            if i == 1: continue
            if i == 2: break
        finally: print("fin", i)
    else: print("else")
ff()
def f2():
    try: raise ValueError("a")
    except ValueError: return "ret"
    finally: return "fin"
print(f2())
def f3():
    try: pass
    except: pass
    else: print("else")
    finally: print("finally")
f3()
def f4():
    try:
        try: raise ValueError("in")
        finally: raise KeyError("fin")
    except KeyError as e: return e, e.__context__, e.__cause__, e.__suppress_context__
print(f4())
def f5():
    try: raise ValueError("x") from KeyError("c")
    except ValueError as e: return e.__cause__, e.__context__, e.__suppress_context__
print(f5())
def f6():
    try: raise ValueError("x") from None
    except ValueError as e: return e.__cause__, e.__context__, e.__suppress_context__
print(f6())
class E1(Exception):
    def __init__(self, a, b): super().__init__(a); self.b = b
    def __str__(self): return f"E1:{self.b}"
e = E1(1, 2); print(str(e), repr(e), e.args, e.b)
for ex in (Exception(), Exception(1), Exception(1, "a"), KeyError("k"), KeyError(), OSError(2, "x"), OSError(2, "x", "f"), OSError("a"), FileNotFoundError(2, "no", "f"), StopIteration(3), SystemExit(4), UnicodeDecodeError("utf-8", b"a", 0, 1, "r"), ImportError("m", name="n"), AttributeError("x", name="n", obj=1), NameError("x", name="y"), IndexError("i"), ZeroDivisionError(), AssertionError((1, 2)), RecursionError("r"), NotImplementedError(), KeyError("a", "b"), KeyError(1)):
    print(type(ex).__name__, str(ex), repr(ex), ex.args, getattr(ex, 'errno', '-'), getattr(ex, 'filename', '-'), getattr(ex, 'value', '-'), getattr(ex, 'code', '-'), getattr(ex, 'name', '-'))
print(OSError(2, "x").__class__, type(OSError(2, "x")), type(OSError(13, "x")), type(OSError(17, "x")), OSError(2, "x") .strerror)
e = ValueError("n"); e.add_note("note1"); print(e.__notes__); t("an", lambda: e.add_note(1))
try: raise ValueError("q")
except ValueError: print(sys.exc_info()[0], sys.exc_info()[1], sys.exc_info()[2] is not None)
print(sys.exc_info())
try:
    try: 1/0
    except ZeroDivisionError as z: raise TypeError("t") from z
except TypeError as e: print(repr(e.__cause__), e.__context__ is e.__cause__)
t("unb", lambda: z)
class C:
    def __enter__(self): return 1
    def __exit__(self, t, v, tb): print("exit", t, v); return t is KeyError
with C() as c: raise KeyError(1)
def f():
    with C(): raise ValueError(2)
t("w", f)
def f():
    with C(): return 5
t("w", f)
class D:
    def __enter__(self): raise RuntimeError("enter")
    def __exit__(self, *a): print("never")
def f():
    with C(), D(): pass
t("w", f)
class X:
    def __enter__(self): return self
    def __exit__(self, *a): raise KeyError("exit")
def f():
    try:
        with X(): raise ValueError("body")
    except KeyError as e: return repr(e.__context__)
t("w", f)
with (C() as a, C() as b): print(a, b)
def f():
    try: raise ValueError(1)
    except (TypeError, ValueError) as e: return type(e)
t("tup", f)
def f():
    try: raise ValueError(1)
    except Exception: raise
t("re", f)
def f(): raise
t("nore", f)
def f(): raise ValueError("a", "b")
t("va", f)
t("iter", lambda: [x for x in iter(lambda: 1 / 0, 1)])
t("bexc", lambda: BaseException("x").with_traceback(5)); t("cause", lambda: setattr(ValueError(), "__cause__", 5)); t("args", lambda: setattr(ValueError(), "args", 5)); e = ValueError(1); e.args = [1, 2]; print(e.args, e); t("tb", lambda: setattr(e, "__traceback__", 1)); 
print(issubclass(KeyError, LookupError), KeyError.__mro__, ExceptionGroup if 0 else '')
import contextlib
with contextlib.suppress(KeyError): {}[1]
@contextlib.contextmanager
def cm():
    print("in")
    try: yield 5
    except ValueError as e: print("cm caught", e)
    finally: print("out")
with cm() as v: print(v); raise ValueError("z")
@cm()
def deco(): print("deco")
deco()
def bad():
    yield 1; yield 2
t("cm", lambda: contextlib.contextmanager(bad)().__enter__())
def f():
    with contextlib.contextmanager(bad)(): pass
t("cm2", f)
with contextlib.ExitStack() as st: st.callback(print, "cb"); st.enter_context(cm()); st.push(lambda *a: print("push", a[0]))
with contextlib.closing(type("Z", (), {"close": lambda s: print("closed")})()): pass
with contextlib.nullcontext(3) as n: print(n)
import io
o = io.StringIO()
with contextlib.redirect_stdout(o): print("hidden")
print(repr(o.getvalue()))
def clos():
    fs = []
    for i in range(3):
        def f(j=i): nonlocal fs; return i, j, len(fs)
        fs.append(f)
    return [f() for f in fs]
print(clos(), (lambda *a, k=1, **kw: (a, k, kw))(1, 2, k=3, z=4), (lambda: (yield))().__class__)
def fn(a, b: int = 2, *c, d, e=5, **f) -> str: "doc"; x = 1
fn.attr = 1; print(fn.attr, fn.__dict__)
total = 0
for n in range(100):
    total += n
print(total)
try:
    try:
        raise ValueError("first")
    except ValueError as error:
        error.add_note("one line")
        error.add_note("two\nlines")
        place = error.__traceback__
        print(place.tb_lineno, place.tb_next)
        raise KeyError("second") from error
except KeyError as error:
    raise
