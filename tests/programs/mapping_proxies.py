"""`__dict__` of classes, and `types.MappingProxyType`."""
def t(label, f):
    try:
        r = f()
        print(label, repr(r))
    except BaseException as e:
        print(label, type(e).__name__, str(e))
class A:
    pass

d = A.__dict__
print(type(d).__name__, type(d))
class DD:
    x = 1
    def f(self): pass
dd = DD.__dict__
DD.y = 5
print(dd['y'], dd.get('y'), dd.get('q', 4), list(dd.keys())[-1])
def f(): DD.__dict__['z'] = 1
t("setmp", f)
def f(): del DD.__dict__['x']
t("delmp", f)
t("setmp", lambda: DD.__dict__.update(a=1))
class E: pass
print(repr(type(E.__dict__)))
t("missmp", lambda: DD.__dict__['nope'])
print({**dict(DD.__dict__)}.keys() == DD.__dict__.keys())
print(isinstance(DD.__dict__, dict))
print(vars(DD) == DD.__dict__, [k for k in vars(DD) if not k.startswith('__')])
print(DD.__dict__.copy()['x'], [v for k, v in DD.__dict__.items() if k in 'xy'])
def f(): DD.__dict__ = {}
t("setdict", f)
import types
mp = types.MappingProxyType({'a': 1})
t('mp', lambda: hash(mp))
count = 0
for n in range(100):
    DD.y = n
    count += dd["y"] + ("y" in dd)
print(count)
