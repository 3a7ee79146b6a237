"""What `sys` says of numbers and of the version: tuples whose items have names."""

from types import SimpleNamespace as _SimpleNamespace


def _record(name, **fields):
    names = tuple(fields)

    def __repr__(self):
        shown = [f"{name}={value!r}" for name, value in zip(names, self)]
        return f"sys.{name}({', '.join(shown)})"

    namespace = {"__module__": "sys", "__slots__": (), "__repr__": __repr__, "n_fields": len(names),
                 "n_sequence_fields": len(names), "n_unnamed_fields": 0}
    for at, field in enumerate(names):
        namespace[field] = property(lambda self, at=at: self[at])
    cls = type(name, (tuple,), namespace)
    value = tuple.__new__(cls, fields.values())

    def __new__(cls, *args):
        raise TypeError(f"cannot create 'sys.{name}' instances")

    cls.__new__ = __new__
    return value


version_info = _record("version_info", major=3, minor=11, micro=7, releaselevel="final", serial=0)
float_info = _record(
    "float_info", max=1.7976931348623157e+308, max_exp=1024, max_10_exp=308,
    min=2.2250738585072014e-308, min_exp=-1021, min_10_exp=-307, dig=15, mant_dig=53,
    epsilon=2.220446049250313e-16, radix=2, rounds=1)
int_info = _record("int_info", bits_per_digit=30, sizeof_digit=4, default_max_str_digits=4300,
                   str_digits_check_threshold=640)
hash_info = _record("hash_info", width=64, modulus=(1 << 61) - 1, inf=314159, nan=0, imag=1000003,
                    algorithm="siphash13", hash_bits=64, seed_bits=128, cutoff=0)
implementation = _SimpleNamespace(name="tierlab", cache_tag=None, version=version_info,
                                  hexversion=0x030b07f0)
