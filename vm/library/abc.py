"""Abstract classes."""


def abstractmethod(function):
    """A decorator: a class with such a method has no objects."""
    function.__isabstractmethod__ = True
    return function


def abstractclassmethod(function):
    """A class method that is abstract."""
    return classmethod(abstractmethod(function))


def abstractstaticmethod(function):
    """A static method that is abstract."""
    return staticmethod(abstractmethod(function))


def abstractproperty(fget=None, fset=None, fdel=None, doc=None):
    """A property that is abstract."""
    return property(abstractmethod(fget), fset, fdel, doc)


class _Known:
    """What an abstract class knows of others: those registered, and answers that were given.

    That a class derives from it stays true; that it does not holds until something is registered.
    """

    __slots__ = ("registry", "yes", "no", "seen")
    version = 0

    def __init__(self):
        self.registry = []
        self.yes = set()
        self.no = set()
        self.seen = 0

    def answer(self, cls):
        if cls in self.yes:
            return True
        if cls in self.no and self.seen == _Known.version:
            return False
        return None

    def note(self, cls, answer):
        if answer:
            self.yes.add(cls)
            return
        if self.seen != _Known.version:
            self.no.clear()
            self.seen = _Known.version
        self.no.add(cls)


class ABCMeta(type):
    """The metaclass of abstract classes: other classes may be registered as theirs."""

    def __new__(mcls, name, bases, namespace, /, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        abstract = set()
        for key, value in namespace.items():
            if getattr(value, "__isabstractmethod__", False):
                abstract.add(key)
        for base in bases:
            for key in getattr(base, "__abstractmethods__", ()):
                if getattr(getattr(cls, key, None), "__isabstractmethod__", False):
                    abstract.add(key)
        cls.__abstractmethods__ = frozenset(abstract)
        cls._abc_impl = _Known()
        return cls

    def register(cls, subclass):
        """Makes a class count as derived from this one."""
        if not isinstance(subclass, type):
            raise TypeError("Can only register classes")
        if not issubclass(subclass, cls):
            if issubclass(cls, subclass):
                raise RuntimeError("Refusing to create an inheritance cycle")
            cls._abc_impl.registry.append(subclass)
            _Known.version += 1
        return subclass

    def __instancecheck__(cls, instance):
        kind = type(instance)
        answer = cls._abc_impl.answer(kind)
        return cls.__subclasscheck__(kind) if answer is None else answer

    def __subclasscheck__(cls, subclass):
        known = cls._abc_impl
        answer = known.answer(subclass)
        if answer is None:
            answer = bool(cls._derives(subclass))
            known.note(subclass, answer)
        return answer

    def _derives(cls, subclass):
        """The answer for a class that has not been asked about."""
        hook = getattr(cls, "__subclasshook__", None)
        if hook is not None:
            answer = hook(subclass)
            if answer is not NotImplemented:
                return answer
        if cls in subclass.__mro__:
            return True
        for known in cls._abc_impl.registry:
            if issubclass(subclass, known):
                return True
        for derived in cls.__subclasses__():
            if derived is not subclass and issubclass(subclass, derived):
                return True
        return False


class ABC(metaclass=ABCMeta):
    """A class to derive abstract classes from."""

    __slots__ = ()


def get_cache_token():
    return 0


def update_abstractmethods(cls):
    if not hasattr(cls, "__abstractmethods__"):
        return cls
    abstract = set()
    for base in cls.__mro__:
        for key in vars(base):
            if getattr(getattr(cls, key, None), "__isabstractmethod__", False):
                abstract.add(key)
    cls.__abstractmethods__ = frozenset(abstract)
    return cls
