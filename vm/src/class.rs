//! Class numbers: the first word of every heap cell's header.
//!
//! A class number says how the cell is laid out ([`crate::object`]), which words in it are
//! references (the heap's marking), and what the type is called. Small ints have no cell; the
//! number [`INT`] stands for them and for big ints alike. Instances of classes with a shape
//! (those of programs, and exceptions) are [`INSTANCE`]; their class proper is in their shape.
//! Every built-in class number is the number of a type ([`crate::types`]) too.

use tierlab_trace::layout::FLOAT_CLASS;

/// Number of a class.
pub type ClassId = u32;

macro_rules! classes {
    ($( $const:ident = $number:expr, $name:literal, $about:literal; )*) => {
        $( #[doc = $about] pub const $const: ClassId = $number; )*

        /// The type's name as programs see it.
        pub fn name(class: ClassId) -> &'static str {
            match class {
                $( $const => $name, )*
                _ => "object",
            }
        }
    };
}

classes! {
    FREE = 0, "free", "A cell that holds nothing.";
    FLOAT = FLOAT_CLASS, "float", "A boxed float.";
    NONE = 2, "NoneType", "The class of `None`.";
    BOOL = 3, "bool", "The class of `True` and `False`; `aux` is the truth.";
    INT = 4, "int", "A big int's cell; small ints count as this class too.";
    STR = 5, "str", "A string.";
    LIST = 6, "list", "A list.";
    TUPLE = 7, "tuple", "A tuple, items inline.";
    RANGE = 8, "range", "A range with machine-word bounds.";
    SLICE = 9, "slice", "A slice.";
    FUNCTION = 10, "function", "A Python function.";
    BUILTIN = 11, "builtin_function_or_method", "A built-in function; `aux` is its number.";
    BOUND_METHOD = 12, "method", "A callable with its first argument.";
    MODULE = 13, "module", "A module; `aux` is its number.";
    CODE = 14, "code", "A code object; `aux` is its number.";
    TYPE = 15, "type", "A type; `aux` is its number.";
    INSTANCE = 16, "object", "An object with a shape, whose number is in `aux`.";
    CELL = 17, "cell", "A variable that functions share.";
    LIST_ITERATOR = 18, "list_iterator", "What `iter(list)` gives.";
    TUPLE_ITERATOR = 19, "tuple_iterator", "What `iter(tuple)` gives.";
    STR_ITERATOR = 20, "str_ascii_iterator", "What `iter(str)` gives.";
    RANGE_ITERATOR = 21, "range_iterator", "What `iter(range)` gives.";
    ENUMERATE = 22, "enumerate", "What `enumerate()` gives.";
    ZIP = 23, "zip", "What `zip()` gives.";
    REVERSED = 24, "reversed", "What `reversed()` gives.";
    MAP = 25, "map", "What `map()` gives.";
    FILTER = 26, "filter", "What `filter()` gives.";
    STREAM = 27, "TextIOWrapper", "`sys.stdout` and `sys.stderr`; `aux` is the file descriptor.";
    NOT_IMPLEMENTED = 28, "NotImplementedType", "The class of `NotImplemented`.";
    ELLIPSIS = 29, "ellipsis", "The class of `...`.";
    OBJECT = 30, "object", "A plain object; as a type number the root of all types.";
    DICT = 31, "dict", "A dict.";
    SET = 32, "set", "A set.";
    FROZENSET = 33, "frozenset", "A frozen set.";
    DICT_KEYS = 34, "dict_keys", "What `dict.keys()` gives.";
    DICT_VALUES = 35, "dict_values", "What `dict.values()` gives.";
    DICT_ITEMS = 36, "dict_items", "What `dict.items()` gives.";
    DICT_ITERATOR = 37, "dict_keyiterator", "What `iter(dict)` gives; `aux` says of what.";
    SET_ITERATOR = 38, "set_iterator", "What `iter(set)` gives.";
    SUPER = 39, "super", "What `super()` gives.";
    PROPERTY = 40, "property", "A property: getter, setter, deleter.";
    STATIC_METHOD = 41, "staticmethod", "A static method.";
    CLASS_METHOD = 42, "classmethod", "A class method.";
    TRACEBACK = 43, "traceback", "Where an exception came along: a list of places.";
    GENERATOR = 44, "generator", "A generator: its suspended frame.";
    SEQUENCE_ITERATOR = 45, "iterator", "What `iter()` gives for objects with `__getitem__`.";
    CALLABLE_ITERATOR = 46, "callable_iterator", "What `iter(callable, sentinel)` gives.";
    BYTES = 47, "bytes", "Bytes.";
    BYTEARRAY = 48, "bytearray", "Bytes that may change.";
    BYTES_ITERATOR = 49, "bytes_iterator", "What `iter(bytes)` gives.";
    UNION = 50, "types.UnionType", "What `int | str` gives: a tuple of types.";
    FILE = 51, "TextIOWrapper", "An open file; `aux` is its number.";
    NAMESPACE = 52, "dict", "The variables of an object or module, seen as a dict.";
    // Native types of library modules (`crate::native`): names with their modules, as CPython's.
    DEQUE = 53, "collections.deque", "A ring that grows at both ends.";
    DEQUE_ITERATOR = 54, "_collections._deque_iterator", "What `iter(deque)` gives.";
    DEQUE_REVERSED = 55, "_collections._deque_reverse_iterator", "What `reversed(deque)` gives.";
    COUNT = 56, "itertools.count", "Numbers from a start on.";
    CYCLE = 57, "itertools.cycle", "Items again and again.";
    REPEAT = 58, "itertools.repeat", "One value, some number of times.";
    ACCUMULATE = 59, "itertools.accumulate", "What is summed up so far.";
    CHAIN = 60, "itertools.chain", "Iterables one after the other.";
    COMPRESS = 61, "itertools.compress", "Items with true selectors.";
    DROPWHILE = 62, "itertools.dropwhile", "Items from the first that fails on.";
    TAKEWHILE = 63, "itertools.takewhile", "Items up to the first that fails.";
    FILTERFALSE = 64, "itertools.filterfalse", "Items that fail.";
    STARMAP = 65, "itertools.starmap", "Results of calls with rows of arguments.";
    ISLICE = 66, "itertools.islice", "Items at some places.";
    PAIRWISE = 67, "itertools.pairwise", "Each item with the one before.";
    ZIP_LONGEST = 68, "itertools.zip_longest", "Rows of items, filled up.";
    TEE = 69, "itertools._tee", "One of several iterators over the same items.";
    GROUPBY = 70, "itertools.groupby", "Runs of items with the same key.";
    GROUPER = 71, "itertools._grouper", "One such run.";
    PRODUCT = 72, "itertools.product", "Rows of an item of each pool.";
    PERMUTATIONS = 73, "itertools.permutations", "Rows of items in any order.";
    COMBINATIONS = 74, "itertools.combinations", "Rows of items in order.";
    COMBINATIONS_WITH_REPLACEMENT = 75, "itertools.combinations_with_replacement",
        "Rows of items in order, each any number of times.";
    PARTIAL = 76, "functools.partial", "A call that has some of its arguments.";
    LRU_CACHE = 77, "functools._lru_cache_wrapper", "A function with its results.";
    KEY_WRAPPER = 78, "functools.KeyWrapper", "A value that a function compares.";
    ITEMGETTER = 79, "operator.itemgetter", "Reads items.";
    ATTRGETTER = 80, "operator.attrgetter", "Reads attributes.";
    METHODCALLER = 81, "operator.methodcaller", "Calls a method.";
    // Native types that no module names.
    MAPPING_PROXY = 82, "mappingproxy", "A mapping that cannot be changed through this view of it.";
    MEMBER = 83, "member_descriptor", "What a class has for a name in its `__slots__`.";
    ARRAY = 84, "array.array", "Numbers or characters of one machine type.";
    ARRAY_ITERATOR = 85, "array.arrayiterator", "What `iter(array)` gives.";
    LONG_RANGE = 86, "range", "A range with bounds beyond machine words.";
    LONG_RANGE_ITERATOR = 87, "longrange_iterator", "What `iter` of it gives.";
    END = 88, "object", "Behind the last class of a cell.";
}

/// The first class of native objects.
pub const FIRST_NATIVE: ClassId = DEQUE;

/// Whether operators ask the type of a class's objects for special methods.
#[inline(always)]
pub const fn has_methods(class: ClassId) -> bool {
    class == INSTANCE || is_native(class)
}

/// Whether cells of a class are native objects (`crate::native`).
#[inline(always)]
pub const fn is_native(class: ClassId) -> bool {
    class >= FIRST_NATIVE
}
