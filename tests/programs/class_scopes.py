# What code inside a class body sees: not the names of the body, but those around it; comprehensions, too.
def f():
    method_and_var = "var"
    class Test:
        def method_and_var(self):
            return "method"
        def test(self):
            return method_and_var
        def actual_global(self):
            return str("global")
        def str(self):
            return str(self)
    t = Test()
    print(t.test(), t.method_and_var(), t.actual_global())
f()
def f(x='outer'):
    class C:
        x = 'inner'
        y = [x for _ in range(1)]
        z = list(x for _ in range(1))
        w = [x + k for k in x[:1]]
        l = (lambda: x)()
        d = {x: v for v in (1, 2)}
        def m(self): return x
        class D:
            x = 'D'
            z = x
            def m(self): return x
        del x
    return C.y, C.z, C.w, C.l, C.d, C().m(), C.D.z, C.D().m(), hasattr(C, 'x')
print(f())
x = 'global'
class G:
    x = 'inner'
    y = [x for _ in range(1)]
    z = [k for k in x]
    l = (lambda: x)()
    def m(self): return x
print(G.y, G.z, G.l, G().m())
def g():
    v = 1
    class A:
        nonlocal v
        v = 5
        def m(self): return v
    return v, A().m(), 'v' in A.__dict__
print(g())
def h(name):
    class A:
        def name(self): return name
        @property
        def up(self): return name.upper()
        inner = [lambda: name for _ in range(2)]
    return A().name(), A().up, A.inner[1]()
print(h('n'))
def k():
    class A:
        __slots__ = ('a',)
        def a_(self): return a
    a = 3
    return A().a_()
print(k())
for i in range(60):
    assert h(str(i))[1] == str(i)
