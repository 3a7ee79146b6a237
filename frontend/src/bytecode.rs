//! Bytecode: the one list of instructions, and the code objects that hold them.
//!
//! A stack machine, like CPython's. A frame is an array of words: locals first, then the operand
//! stack. An instruction is 32 bits: opcode in bits 0..8, `x` in 8..16, `y` in 16..32; `wide` is
//! bits 8..32. Jumps are absolute instruction indices in `wide`.
//!
//! Rows whose last column names another instruction are *specialized* forms: the adaptive
//! interpreter writes them over the base form in place (quickening) and back when their guard
//! fails. They keep the operands of the base form, so that [`Opcode::base`] undoes them. A
//! superinstruction (`..._..`) replaces the first of several instructions and leaves the others as
//! they are, so undoing it is the same operation.
//!
//! Conventions.
//! * *Iteration state is two stack entries*: the iterable and its position. `get_iter` turns the
//!   top of the stack into the pair: a range gives (range, next value as small int), a list,
//!   tuple or str gives (object, index as small int), anything else (iterator, None). `for_iter`
//!   reads and advances the pair and pushes the item, or pops both and jumps to `wide`.
//!   So counting loops touch no heap object, and a trace sees the position as a plain value.
//! * *Calls*: `callable, self or NULL, arg0 .. argN-1`, then `call N`. Where `self` is not NULL it
//!   is the first argument. The callee's locals begin at `self` (or `arg0`), in place.
//!   The long form `call_kw` also stands for calls of more than 255 positional arguments; its tuple
//!   of names is empty then.
//! * NULL is a word of its own, never visible to programs; unbound locals hold it. `push_null`
//!   followed by `store_fast` unbinds a local without asking whether it is bound.
//! * `return_value` and `raise` leave the frame with whatever lies below on the operand stack, such
//!   as the pairs of the loops around.
//! * `load_fast` reads a local that is bound on every way there, `load_fast_check` any other.
//! * A code object of a module has locals too: the variables of its comprehensions. Two locals of a
//!   code object can have the same name for that reason.
//! * *Cells*: a local that functions inside capture holds a cell from the `make_cell` at the start
//!   of the code on; a free name's local gets its cell with the call. `load_fast` of such a local
//!   pushes the cell itself, for `make_function`.
//! * *Exceptions*: what is raised by an instruction goes to its row in the table of handlers, if
//!   there is one: the stack is cut to the row's height, the exception is pushed, and control goes
//!   to the row's target. Regions cost nothing while nothing is raised. `push_exc_info` makes the
//!   exception the one that is being handled and keeps the one before on the stack, `pop_except`
//!   goes back to that.
//! * *Attributes*: every instruction that names an attribute has an entry of its own in the table
//!   of names (as long as there is room), so that caches by name are caches by place.

use num_bigint::BigInt;
use std::sync::Arc;

/// One instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Instr(u32);

impl std::fmt::Debug for Instr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.op().info().name, self.x(), self.y())
    }
}

impl Instr {
    /// With the fields `x` and `y`.
    #[inline(always)]
    pub const fn new(op: Opcode, x: u8, y: u16) -> Instr {
        Instr(op as u32 | (x as u32) << 8 | (y as u32) << 16)
    }

    /// With the 24-bit field; `None` where `wide` does not fit.
    pub const fn with_wide(op: Opcode, wide: u32) -> Option<Instr> {
        if wide < 1 << 24 { Some(Instr(op as u32 | wide << 8)) } else { None }
    }

    /// The opcode.
    #[inline(always)]
    pub const fn op(self) -> Opcode {
        // SAFETY: the field is private and every constructor writes the number of an `Opcode`
        // into the low byte. This is the interpreter's dispatch: a checked table costs a load.
        unsafe { std::mem::transmute::<u8, Opcode>((self.0 & 0xff) as u8) }
    }

    /// Bits 8..16.
    #[inline(always)]
    pub const fn x(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// Bits 16..32.
    #[inline(always)]
    pub const fn y(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// Bits 8..32.
    #[inline(always)]
    pub const fn wide(self) -> u32 {
        self.0 >> 8
    }

    /// The same operands under another opcode.
    #[inline(always)]
    pub const fn with_op(self, op: Opcode) -> Instr {
        Instr(self.0 & !0xff | op as u32)
    }
}

/// What the operand fields of an instruction mean, for printing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg {
    /// Nothing.
    None,
    /// `y` is a local.
    Local,
    /// `wide` is a constant.
    Const,
    /// `wide` is a global name.
    Global,
    /// `y` is an attribute name; `x` free for the interpreter.
    Name,
    /// `y` is the name of a module, with as many points before it as levels it goes up; `x` is 1
    /// where the outermost package is meant.
    Module,
    /// `wide` is an instruction index.
    Target,
    /// `wide` is a loop of the code object.
    Loop,
    /// `wide` is a count.
    Count,
    /// `x` is a [`BinaryKind`]; `y` is the specialization counter.
    Binary,
    /// `x` is a [`CompareKind`]; `y` is the specialization counter.
    Compare,
    /// `y` is the specialization counter.
    Counter,
    /// `x` is a count; `y` is the specialization counter.
    CountAndCounter,
    /// `x` is 1 for the inverted form.
    Invert,
    /// `x`: 0 none, 1 `str`, 2 `repr`, 3 `ascii`; `y` is 1 where a format spec lies on the stack.
    Format,
    /// `x` items before the star, `y` after it.
    UnpackEx,
}

macro_rules! opcode_table {
    ($( $variant:ident $name:literal $arg:ident $base:ident $about:literal; )*) => {
        /// An instruction's opcode. See the table in this module.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Opcode { $( #[doc = $about] $variant, )* }

        /// The table, indexed by opcode.
        pub const OPCODES: &[OpcodeInfo] = &[
            $( OpcodeInfo { opcode: Opcode::$variant, name: $name, arg: Arg::$arg, base: Opcode::$base, about: $about }, )*
        ];
    };
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct OpcodeInfo {
    /// The opcode of this row.
    pub opcode: Opcode,
    /// Its name in listings.
    pub name: &'static str,
    /// Its operands.
    pub arg: Arg,
    /// The base form; itself for base instructions.
    pub base: Opcode,
    /// Its meaning in a line.
    pub about: &'static str,
}

opcode_table! {
    Nop "nop" None Nop "does nothing";
    LoadFast "load_fast" Local LoadFast "pushes a local known to be bound";
    LoadFastCheck "load_fast_check" Local LoadFastCheck "pushes a local; UnboundLocalError where it is NULL, NameError where `x` is 1: read by a comprehension in the code";
    StoreFast "store_fast" Local StoreFast "pops into a local";
    DeleteFast "delete_fast" Local DeleteFast "unbinds a local";
    LoadConst "load_const" Const LoadConst "pushes a constant";
    LoadGlobal "load_global" Global LoadGlobal "pushes a module global, or else a built-in of that name";
    StoreGlobal "store_global" Global StoreGlobal "pops into a module global";
    DeleteGlobal "delete_global" Global DeleteGlobal "unbinds a module global";
    LoadName "load_name" Local LoadName "pushes a local of a class body (or what the mapping has that the body runs in) where it is bound, or else the global or built-in of its name";
    StoreName "store_name" Local StoreName "pops into a local of a class body, or into the mapping that the body runs in";
    DeleteName "delete_name" Local DeleteName "unbinds a local of a class body";
    MakeCell "make_cell" Local MakeCell "replaces a local by a cell that holds it";
    LoadDeref "load_deref" Local LoadDeref "pushes what the cell in a local holds; NameError where it is NULL";
    StoreDeref "store_deref" Local StoreDeref "pops into the cell in a local";
    DeleteDeref "delete_deref" Local DeleteDeref "empties the cell in a local";
    LoadAttr "load_attr" Name LoadAttr "replaces the top by its attribute";
    StoreAttr "store_attr" Name StoreAttr "stack: value, object; stores an attribute, pops both";
    DeleteAttr "delete_attr" Name DeleteAttr "stack: object; deletes an attribute, pops it";
    LoadMethod "load_method" Name LoadMethod "replaces the top by the pair (callable, self or NULL) for a call";
    PopTop "pop_top" None PopTop "drops the top";
    PushNull "push_null" None PushNull "pushes NULL";
    Copy "copy" Count Copy "pushes the entry `wide` below the top (1 is the top itself)";
    Swap "swap" Count Swap "exchanges the top with the entry `wide` below (2 is the next one)";
    BinaryOp "binary_op" Binary BinaryOp "pops two, pushes the result";
    UnaryNeg "unary_neg" Counter UnaryNeg "negates the top";
    UnaryPos "unary_pos" Counter UnaryPos "unary plus";
    UnaryInvert "unary_invert" Counter UnaryInvert "bitwise inversion";
    UnaryNot "unary_not" Counter UnaryNot "logical negation: a bool";
    CompareOp "compare_op" Compare CompareOp "pops two, pushes the comparison's result";
    IsOp "is_op" Invert IsOp "identity of the two topmost, as a bool";
    ContainsOp "contains_op" Invert ContainsOp "stack: item, container; membership as a bool";
    Jump "jump" Target Jump "jumps forward";
    JumpBackward "jump_backward" Loop JumpBackward "jumps to the header of a loop; counts towards tracing";
    PopJumpIfFalse "pop_jump_if_false" Target PopJumpIfFalse "pops; jumps where it is false";
    PopJumpIfTrue "pop_jump_if_true" Target PopJumpIfTrue "pops; jumps where it is true";
    JumpIfFalseOrPop "jump_if_false_or_pop" Target JumpIfFalseOrPop "jumps keeping the top where it is false, else pops it";
    JumpIfTrueOrPop "jump_if_true_or_pop" Target JumpIfTrueOrPop "jumps keeping the top where it is true, else pops it";
    GetIter "get_iter" Counter GetIter "turns the top into an iteration pair";
    ForIter "for_iter" Target ForIter "advances the iteration pair and pushes the item; pops the pair and jumps at its end";
    EndFor "end_for" None EndFor "drops the iteration pair (after `break`)";
    BuildList "build_list" Count BuildList "a list of the topmost entries";
    BuildTuple "build_tuple" Count BuildTuple "a tuple of the topmost entries";
    BuildString "build_string" Count BuildString "concatenates the topmost strings";
    BuildSlice "build_slice" Count BuildSlice "a slice of 2 or 3 topmost entries";
    FormatValue "format_value" Format FormatValue "formats the top (below the format spec) as in an f-string";
    ListAppend "list_append" Count ListAppend "pops and appends to the list `wide` below the new top (1 is the new top)";
    ListExtend "list_extend" Count ListExtend "pops an iterable and appends its items to the list `wide` below the new top";
    ListToTuple "list_to_tuple" None ListToTuple "turns the list on top into a tuple";
    BuildMap "build_map" Count BuildMap "a dict of the topmost `wide` pairs of key and value";
    BuildSet "build_set" Count BuildSet "a set of the topmost entries";
    MapAdd "map_add" Count MapAdd "stack: key, value; adds the pair to the dict `wide` below the new top";
    SetAdd "set_add" Count SetAdd "pops and adds to the set `wide` below the new top";
    DictUpdate "dict_update" Count DictUpdate "pops a mapping and adds its pairs to the dict `wide` below the new top";
    DictMerge "dict_merge" Count DictMerge "the same for the keyword arguments of a call: a key may not be there twice";
    SetUpdate "set_update" Count SetUpdate "pops an iterable and adds its items to the set `wide` below the new top";
    UnpackSequence "unpack_sequence" CountAndCounter UnpackSequence "pops an iterable of exactly `x` items; pushes them, the first on top";
    UnpackEx "unpack_ex" UnpackEx UnpackEx "the same with a starred middle part";
    BinarySubscr "binary_subscr" Counter BinarySubscr "stack: object, index; pushes the item";
    StoreSubscr "store_subscr" Counter StoreSubscr "stack: value, object, index; stores the item, pops all";
    DeleteSubscr "delete_subscr" Counter DeleteSubscr "stack: object, index; deletes the item";
    Call "call" CountAndCounter Call "calls with `x` positional arguments";
    CallKw "call_kw" Count CallKw "calls with `wide` arguments, of which the last are named by the tuple of names on top of the stack";
    CallEx "call_ex" Count CallEx "stack: callable, self or NULL, list of arguments, dict of named ones (if `wide` is 1)";
    ReturnValue "return_value" None ReturnValue "pops the result, leaves the frame";
    MakeFunction "make_function" Count MakeFunction "stack: tuple of defaults (with bit 0 of `wide`), tuple of defaults of keyword-only parameters with NULL where there is none (bit 1), tuple of cells (bit 2), code; pushes a function";
    BuildKwDefaults "build_kw_defaults" Count BuildKwDefaults "a tuple of the topmost entries, NULLs among them";
    PrepareClass "prepare_class" Count PrepareClass "stack: tuple of bases, dict of named arguments (if `wide` is 1), name, body, NULL; puts what the class is made of for the bases, and pushes the mapping that the body runs in, or None";
    BeginClass "begin_class" None BeginClass "tells the mapping that a class body runs in what the class is called";
    ClassNamespace "class_namespace" None ClassNamespace "pushes the mapping that a class body runs in, or a dict of its bound locals";
    BuildClass "build_class" Count BuildClass "stack: what `prepare_class` made of the bases, dict of named arguments (if `wide` is 1), name, namespace; pushes a class";
    Yield "yield" None Yield "pops a value, suspends the generator with it; pushes what is sent to it";
    YieldFrom "yield_from" None YieldFrom "stack: iterator, value to send; suspends with each item, goes on with the iterator's result";
    GetYieldFromIter "get_yield_from_iter" None GetYieldFromIter "turns the top into an iterator";
    ImportName "import_name" Module ImportName "imports a module; pushes it, or with `x` 1 the outermost package it is in";
    ImportStar "import_star" None ImportStar "pops a module and binds what it exports as module globals";
    ImportFrom "import_from" Name ImportFrom "pushes an attribute of the module on top, which stays";
    LoadAssertionError "load_assertion_error" None LoadAssertionError "pushes the AssertionError class";
    Raise "raise" Count Raise "raises the exception being handled again (`wide` 0), the top (1), or the entry below the top with the top as its cause (2)";
    PushExcInfo "push_exc_info" None PushExcInfo "puts the exception handled so far under the one on top, which is being handled from now on";
    PopExcept "pop_except" None PopExcept "pops the exception handled before, which is again";
    CheckExcMatch "check_exc_match" None CheckExcMatch "stack: exception, class or tuple of them; replaces the latter by a bool";
    Reraise "reraise" Count Reraise "raises the top again, without a new place in its traceback; with `wide` 1 first pops from below it the exception handled before, which is again";
    BeforeWith "before_with" None BeforeWith "replaces a context manager by its `__exit__` and what its `__enter__` gives";
    WithExceptStart "with_except_start" None WithExceptStart "stack: `__exit__`, exception handled before, exception; pushes what calling the first with the last gives";

    // Specialized forms.
    BinaryAddInt "binary_add_int" Binary BinaryOp "both small ints";
    BinarySubInt "binary_sub_int" Binary BinaryOp "both small ints";
    BinaryMulInt "binary_mul_int" Binary BinaryOp "both small ints";
    BinaryFloorDivInt "binary_floor_div_int" Binary BinaryOp "both small ints";
    BinaryModInt "binary_mod_int" Binary BinaryOp "both small ints";
    BinaryAndInt "binary_and_int" Binary BinaryOp "both small ints";
    BinaryAddFloat "binary_add_float" Binary BinaryOp "both floats";
    BinarySubFloat "binary_sub_float" Binary BinaryOp "both floats";
    BinaryMulFloat "binary_mul_float" Binary BinaryOp "both floats";
    BinaryDivFloat "binary_div_float" Binary BinaryOp "both floats";
    BinaryAddStr "binary_add_str" Binary BinaryOp "both strings";
    BinaryFloatMixed "binary_float_mixed" Binary BinaryOp "a float and a small int";
    CompareInt "compare_int" Compare CompareOp "both small ints";
    CompareFloat "compare_float" Compare CompareOp "both floats";
    CompareIntJump "compare_int_jump" Compare CompareOp "both small ints, and the conditional jump that follows";
    CompareFloatJump "compare_float_jump" Compare CompareOp "both floats, and the conditional jump that follows";
    CompareStr "compare_str" Compare CompareOp "both strings, for equality";
    CompareStrJump "compare_str_jump" Compare CompareOp "both strings, for equality, and the conditional jump that follows";
    ForIterRange "for_iter_range" Target ForIter "over a range of small ints";
    ForIterList "for_iter_list" Target ForIter "over a list";
    ForIterTuple "for_iter_tuple" Target ForIter "over a tuple";
    SubscrListInt "subscr_list_int" Counter BinarySubscr "list by small int";
    SubscrTupleInt "subscr_tuple_int" Counter BinarySubscr "tuple by small int";
    SubscrStrInt "subscr_str_int" Counter BinarySubscr "ASCII string by small int";
    SubscrDict "subscr_dict" Counter BinarySubscr "dict by a string or small int";
    StoreSubscrListInt "store_subscr_list_int" Counter StoreSubscr "list by small int";
    LoadGlobalCell "load_global_cell" Global LoadGlobal "the module global is bound";
    LoadGlobalBuiltin "load_global_builtin" Global LoadGlobal "a built-in not shadowed by a global";
    CallPython "call_python" CountAndCounter Call "a Python function with exactly this many positional parameters";
    CallBuiltin "call_builtin" CountAndCounter Call "a built-in function";
    LoadAttrSlot "load_attr_slot" Name LoadAttr "an object of the known shape: the attribute at the known slot";
    LoadAttrClass "load_attr_class" Name LoadAttr "an object of the known shape: a plain attribute of its class";
    LoadAttrProperty "load_attr_property" Name LoadAttr "an object of the known shape: a property of its class";
    LoadMethodClass "load_method_class" Name LoadMethod "an object of the known shape: a function of its class";
    StoreAttrSlot "store_attr_slot" Name StoreAttr "an object of the known shape: the attribute at the known slot";
    StoreAttrAdd "store_attr_add" Name StoreAttr "an object of the known shape, to which an attribute is added";
    UnpackTuple "unpack_tuple" CountAndCounter UnpackSequence "a tuple of exactly `x` items";
    LoadFastLoadFast "load_fast+load_fast" Local LoadFast "superinstruction";
    LoadFastLoadConst "load_fast+load_const" Local LoadFast "superinstruction";
    StoreFastLoadFast "store_fast+load_fast" Local StoreFast "superinstruction";
    StoreFastStoreFast "store_fast+store_fast" Local StoreFast "superinstruction";
    LoadFastSubscrList "load_fast+subscr_list_int" Local LoadFast "superinstruction: the local indexes the list on top";
    ForIterRangeStore "for_iter_range+store_fast" Target ForIter "superinstruction: over a range into a local";
    BinaryAddIntStore "binary_add_int+store_fast" Binary BinaryOp "superinstruction";
    BinaryAddFloatStore "binary_add_float+store_fast" Binary BinaryOp "superinstruction";
}

impl CodeObject {
    /// Where an exception of the instruction at `pc` goes.
    pub fn handler(&self, pc: u32) -> Option<&Handler> {
        let after = self.handlers.partition_point(|handler| handler.start <= pc);
        self.handlers[..after].last().filter(|handler| pc < handler.end)
    }

    /// Locals that are parameters.
    pub fn parameters(&self) -> usize {
        self.args as usize
            + self.keyword_only as usize
            + usize::from(self.rest)
            + usize::from(self.keywords)
    }
}

impl Opcode {
    /// The row of this opcode.
    #[inline(always)]
    pub const fn info(self) -> &'static OpcodeInfo {
        &OPCODES[self as usize]
    }

    /// The unspecialized form.
    #[inline(always)]
    pub const fn base(self) -> Opcode {
        self.info().base
    }
}

/// Operators of `binary_op`. In-place forms behave differently for mutable objects only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum BinaryKind {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    TrueDiv,
    /// `//`
    FloorDiv,
    /// `%`
    Mod,
    /// `**`
    Pow,
    /// `<<`
    LShift,
    /// `>>`
    RShift,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `@`
    MatMul,
}

/// Added to a [`BinaryKind`] in the `x` field for the in-place form (`+=`).
pub const IN_PLACE: u8 = 0x80;

impl BinaryKind {
    /// All kinds, by number.
    pub const ALL: [BinaryKind; 13] = [
        Self::Add,
        Self::Sub,
        Self::Mul,
        Self::TrueDiv,
        Self::FloorDiv,
        Self::Mod,
        Self::Pow,
        Self::LShift,
        Self::RShift,
        Self::And,
        Self::Or,
        Self::Xor,
        Self::MatMul,
    ];

    /// From the `x` field; the flag says in-place.
    #[inline(always)]
    pub fn from_x(x: u8) -> (BinaryKind, bool) {
        // The compiler writes only valid numbers; the modulus keeps this total.
        (Self::ALL[(x & !IN_PLACE) as usize % Self::ALL.len()], x & IN_PLACE != 0)
    }

    /// The operator as written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::TrueDiv => "/",
            Self::FloorDiv => "//",
            Self::Mod => "%",
            Self::Pow => "**",
            Self::LShift => "<<",
            Self::RShift => ">>",
            Self::And => "&",
            Self::Or => "|",
            Self::Xor => "^",
            Self::MatMul => "@",
        }
    }
}

/// Operators of `compare_op`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CompareKind {
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl CompareKind {
    /// All kinds, by number.
    pub const ALL: [CompareKind; 6] = [Self::Lt, Self::Le, Self::Eq, Self::Ne, Self::Gt, Self::Ge];

    /// From the `x` field.
    #[inline(always)]
    pub fn from_x(x: u8) -> CompareKind {
        Self::ALL[x as usize % Self::ALL.len()]
    }

    /// The operator as written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

/// A constant of a code object.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstValue {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// An int that fits.
    Int(i64),
    /// An int that does not.
    BigInt(BigInt),
    /// A float.
    Float(f64),
    /// A string.
    Str(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// `...`
    Ellipsis,
    /// A tuple of constants (defaults, keyword names).
    Tuple(Vec<ConstValue>),
    /// A frozen set of constants, added in that order.
    FrozenSet(Vec<ConstValue>),
    /// The code of a function.
    Code(Arc<CodeObject>),
}

/// Where an instruction comes from, 1-based lines, 0-based UTF-8 byte columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// One past the last column.
    pub end_column: u32,
}

/// A loop of a code object: `jump_backward` names it by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoopInfo {
    /// The instruction that every iteration starts with.
    pub header: u32,
    /// One past the loop's last instruction (its `else` part not included).
    pub end: u32,
    /// Height of the operand stack at the header.
    pub stack: u16,
}

/// Where exceptions of a range of instructions go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// First instruction of the range.
    pub start: u32,
    /// One past its last.
    pub end: u32,
    /// Where control goes.
    pub target: u32,
    /// Height of the operand stack there, before the exception is pushed.
    pub height: u16,
}

/// Compiled code of a module, function or class body.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeObject {
    /// Function name, or `<module>`.
    pub name: Arc<str>,
    /// File it comes from, as given on the command line.
    pub file: Arc<str>,
    /// Line of its `def`.
    pub first_line: u32,
    /// Positional parameters: the first locals.
    pub args: u16,
    /// Names of all locals, parameters first.
    pub locals: Vec<Arc<str>>,
    /// The name with those of the functions and classes around.
    pub qualname: Arc<str>,
    /// Of the positional parameters, those that cannot be named in a call.
    pub positional_only: u16,
    /// Keyword-only parameters: the locals behind the positional ones.
    pub keyword_only: u16,
    /// Whether there is `*args`, the next local.
    pub rest: bool,
    /// Whether there is `**kwargs`, the next local.
    pub keywords: bool,
    /// The first local that is a free name.
    pub first_free: u16,
    /// How many locals are free names.
    pub free: u16,
    /// Whether calling it makes a generator.
    pub generator: bool,
    /// The docstring.
    pub doc: Option<Arc<str>>,
    /// Where exceptions go, by instruction; the ranges do not overlap and are in order.
    pub handlers: Vec<Handler>,
    /// Greatest height of the operand stack.
    pub stack_size: u16,
    /// Whether names assigned at this level are module globals.
    pub is_module: bool,
    /// Instructions.
    pub instrs: Vec<Instr>,
    /// One per instruction.
    pub positions: Vec<Position>,
    /// Constants.
    pub consts: Vec<ConstValue>,
    /// Global names.
    pub globals: Vec<Arc<str>>,
    /// Attribute names.
    pub names: Vec<Arc<str>>,
    /// Loops.
    pub loops: Vec<LoopInfo>,
}
