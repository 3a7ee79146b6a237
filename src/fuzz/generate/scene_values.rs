//! What scenes choose from: values, operators, functions, methods and formats.

/// What scenes write with; behind the prelude of the program.
pub(super) const PRELUDE: &str = r#"
lines = {}


def seen(scene, *values):
    count = lines[scene] = lines.get(scene, 0) + 1
    if count <= 40:
        print(scene, *values)


def tried(scene, action):
    try:
        value = action()
    except Exception as error:
        seen(scene, type(error).__name__, error)
    else:
        seen(scene, type(value).__name__, repr(value)[:200])

"#;

/// Values of all types; `x` is the scene's argument.
pub(super) const VALUES: [&str; 40] = [
    "x",
    "-x",
    "0",
    "1",
    "-1",
    "7",
    "2**63",
    "-2**70 + x",
    "10**25",
    "True",
    "False",
    "None",
    "0.0",
    "-0.0",
    "1.5",
    "x / 4",
    "1e300",
    "float('inf')",
    "float('nan')",
    "''",
    "'a'",
    "'abc'",
    "'ab ' * (x % 3)",
    "'Straße ÄÖ'",
    "str(x)",
    "b''",
    "b'abc'",
    "bytearray(b'xy')",
    "[]",
    "[x, 1, 2]",
    "[3, 'a', None]",
    "()",
    "(1, x)",
    "('b', 2.5)",
    "{}",
    "{'a': x, 2: 'b'}",
    "{1, 2, x}",
    "frozenset([1, 5])",
    "range(x)",
    "slice(1, x)",
];
/// Operators of two operands. Whether equal values that were computed are the same object is CPython's own
/// affair.
pub(super) const BINARY: [&str; 20] = [
    "+", "-", "*", "/", "//", "%", "&", "|", "^", "<", "<=", ">", ">=", "==", "!=", "in", "not in",
    "and", "or", "@",
];
/// Functions of one argument.
pub(super) const FUNCTIONS: [&str; 44] = [
    "len",
    "int",
    "float",
    "str",
    "repr",
    "bool",
    "list",
    "tuple",
    "sorted",
    "sum",
    "min",
    "max",
    "abs",
    "hash_",
    "bytes_",
    "dict",
    "bytearray_",
    "any",
    "all",
    "reversed_",
    "enumerate_",
    "ord",
    "chr_",
    "hex",
    "bin",
    "oct",
    "round",
    "math.floor",
    "math.sqrt",
    "math.trunc",
    "math.isqrt_",
    "iter_",
    "next_",
    "callable",
    "ascii",
    "type",
    "set_",
    "frozenset_",
    "str.upper",
    "int.bit_length",
    "float.is_integer",
    "math.frexp",
    "'{:>8}'.format",
    "'%5s'.__mod__",
];
/// Methods with the types that have them and arguments that suit.
pub(super) const METHODS: [(&str, &[&str]); 5] = [
    (
        "str",
        &[
            "upper()",
            "title()",
            "swapcase()",
            "capitalize()",
            "casefold()",
            "strip('ab')",
            "lstrip()",
            "split()",
            "split('b')",
            "split(None, 1)",
            "rsplit('a', 1)",
            "partition('b')",
            "rpartition(' ')",
            "splitlines()",
            "find('b')",
            "rfind('a')",
            "index('c')",
            "count('a')",
            "startswith('a')",
            "endswith(('c', 'b'))",
            "replace('a', 'zz')",
            "replace('a', 'q', 1)",
            "center(9, '*')",
            "ljust(7)",
            "rjust(7, '.')",
            "zfill(6)",
            "isalpha()",
            "isdigit()",
            "isspace()",
            "istitle()",
            "isidentifier()",
            "encode()",
            "join(['x', 'y'])",
            "join([1])",
            "expandtabs(4)",
            "removeprefix('a')",
            "removesuffix('c')",
            "isupper()",
            "format(1)",
            "translate({97: 'Q', 98: None})",
            "isnumeric()",
            "encode('ascii')",
            "index('q')",
        ],
    ),
    (
        "list",
        &[
            "index(2)",
            "count(1)",
            "copy()",
            "pop()",
            "pop(0)",
            "pop(9)",
            "append(x)",
            "sort()",
            "reverse()",
            "insert(1, x)",
            "remove(1)",
            "extend('ab')",
            "extend(5)",
            "clear()",
            "sort(reverse=True)",
            "sort(key=str)",
            "sort(key=len)",
            "insert(-99, 0)",
            "index(9, 1)",
        ],
    ),
    (
        "dict",
        &[
            "get('a')",
            "get('z', 1)",
            "pop('a')",
            "pop('z')",
            "pop('z', None)",
            "items()",
            "keys()",
            "values()",
            "setdefault('q', [])",
            "update(a=1)",
            "update([('k', 2)])",
            "popitem()",
            "copy()",
            "clear()",
            "update(5)",
            "__contains__(2)",
            "get([])",
            "update({3: 4})",
        ],
    ),
    (
        "set",
        &[
            "add(5)",
            "discard(1)",
            "remove(9)",
            "pop()",
            "union([7])",
            "intersection({1})",
            "difference([1], {2})",
            "symmetric_difference({1, 9})",
            "issubset(range(9))",
            "issuperset([1])",
            "isdisjoint('ab')",
            "update([3])",
            "intersection_update([1])",
            "copy()",
            "add([])",
            "clear()",
        ],
    ),
    (
        "int",
        &[
            "bit_length()",
            "to_bytes(3, 'big')",
            "conjugate()",
            "bit_count()",
            "__add__(1)",
            "__floordiv__(2)",
            "as_integer_ratio()",
            "to_bytes(1, 'little')",
            "__mul__('a')",
        ],
    ),
];
/// Format specifications.
pub(super) const SPECS: [&str; 26] = [
    "", "d", "5", "<7", ">7", "^9", "*^9", "+", " ", "05", "+08.2f", ".3", ".3f", "e", ".2e", "g",
    ".4g", "%", ",", "_", "x", "#x", "#b", "o", "c", "s",
];
/// Conversions of `%`.
pub(super) const PERCENT: [&str; 14] = [
    "%d", "%5d", "%-5d|", "%05d", "%+d", "%x", "%s", "%r", "%.2f", "%e", "%g", "%c", "%10.3s|",
    "%i%%",
];
/// What is raised.
pub(super) const RAISED: [&str; 6] =
    ["ValueError", "KeyError", "IndexError", "ZeroDivisionError", "StopIteration", "OSError"];
