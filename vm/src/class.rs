//! Class numbers: the first word of every heap cell's header.
//!
//! A class number says how the cell is laid out ([`crate::object`]), which words in it are
//! references (the heap's marking), and what the type is called. Small ints have no cell; the
//! number [`INT`] stands for them and for big ints alike. Instances of program-defined classes
//! will take one more row.

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
    TYPE = 15, "type", "A built-in type; `aux` is its number.";
    EXCEPTION = 16, "Exception", "An exception instance; `aux` is its kind.";
    EXCEPTION_TYPE = 17, "type", "A built-in exception class; `aux` is its kind.";
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
    OBJECT = 30, "object", "The root of all types (as a type number only).";
}
