# Templates, strings to derive from, and functions that choose by class.
import string
from collections import UserString
from functools import singledispatch, singledispatchmethod

class SD:
    @singledispatchmethod
    def neg(self, arg): return "?"
    @neg.register(int)
    def _(self, arg): return -arg
    @neg.register(list)
    @classmethod
    def _(cls, arg): return cls.__name__
print(SD().neg(3), SD().neg("x"), SD().neg([]), SD.neg.__name__)
@singledispatch
def f(a): return "base"
f.register(int, lambda a: "int"); f.register(float|str)(lambda a:"fs"); print(f(1),f(1.0),f("a"),f(None))
t=string.Template("$a ${b} $$ $c_d1 $$x\n ${ $1 ")
print(t.safe_substitute(a=1,b=2), t.get_identifiers(), t.is_valid())
try: t.substitute(a=1,b=2,c_d1=3)
except ValueError as e: print(e)
class T2(string.Template): delimiter="%"
print(T2("%x $x %%").substitute(x=5), string.Template("$x").substitute({"x":1},x=2))

class Loud(UserString):
    def shout(self): return self.upper() + "!"
u = Loud("abc")
print(u.shout(), type(u.shout()).__name__, repr(u), u == "abc", "b" in u, u[1:], type(u[0]).__name__, len(u), u + "d", "z" + u, u * 2, 2 * u)
print(UserString("a,b").split(","), UserString(5), int(UserString("12")), float(UserString("1.5")), hash(u) == hash("abc"), u < "abd", u.replace("a", UserString("x")))
print(u.startswith("a"), u.find("c"), u.join(["1", "2"]), u.encode(), sorted(u), list(reversed(u)), UserString("%s-%s") % (1, 2), {u: 1}["abc"])
