//! The op table: the one list of opcodes of the trace IR.
//!
//! Each row gives a variant, its text mnemonic, operand types, result type, how it can
//! leave the trace, what it does to memory, what its immediate means, and its meaning in a line.
//! The enum, the printer and parser, the verifier, the optimizer's notion of effects,
//! the stencil enumeration and `docs/trace-ir.md` are derived from this table. Adding an op means:
//! one row here, its semantics in [`crate::semantics`], and the match arms the compiler asks for.
//!
//! Operand types: `I` = `i64`, `F` = `f64`, `R` = `ref` (a tagged word), `W` = an integer or a
//! reference (an address with a displacement; both are 64-bit integer-register values).

/// The type of an SSA value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Type {
    /// A signed 64-bit machine integer.
    I64,
    /// An IEEE 754 double.
    F64,
    /// A tagged value word: small int or heap reference.
    Ref,
}

/// What an operand position accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandType {
    /// `i64`.
    I,
    /// `f64`.
    F,
    /// `ref`.
    R,
    /// `i64` or `ref`: a base address.
    W,
}

impl OperandType {
    /// Whether a value of type `ty` may stand here.
    pub const fn accepts(self, ty: Type) -> bool {
        matches!(
            (self, ty),
            (Self::I, Type::I64)
                | (Self::F, Type::F64)
                | (Self::R, Type::Ref)
                | (Self::W, Type::I64 | Type::Ref)
        )
    }

    /// Whether the operand lives in a float register.
    pub const fn is_float(self) -> bool {
        matches!(self, Self::F)
    }
}

/// How an op can leave the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It cannot.
    Never,
    /// A check whose failure is a fact about the program: hot ones grow a side trace.
    Guard,
    /// A check that exists only to define the result (a sum or a word of 64 bits): like `Guard`, but
    /// it may be dropped together with an unused result. Where failure can raise an exception, as
    /// in a division by zero, the check is a `Guard`.
    Result,
    /// A resource ran out (free cells) or a collection is due: never grows a side trace.
    Resource,
    /// It always leaves.
    Always,
}

/// What an op does to memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Depends on its operands alone.
    Pure,
    /// Reads the memory class given in the op.
    Load,
    /// Writes the memory class given in the op.
    Store,
    /// Takes a fresh cell from the heap; may be dropped when unused.
    Alloc,
    /// A runtime helper: reads and writes all memory but the immutable class, may allocate.
    Call,
    /// Control flow, a block parameter, or a check that must stay where it is.
    Control,
}

/// What the immediate field of an op means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imm {
    /// Unused; zero.
    None,
    /// A displacement in bytes.
    Disp,
    /// A class word of a heap object's header.
    Class,
    /// Index of a runtime helper in the helper table.
    Helper,
    /// A block of the same trace.
    Block,
    /// The number of another compiled trace.
    Trace,
}

/// Static facts about an op: one row of the table.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// The mnemonic in the text form.
    pub name: &'static str,
    /// Operand types; the length is the operand count (0..=3).
    pub operands: &'static [OperandType],
    /// Result type, if it defines a value.
    pub result: Option<Type>,
    /// How it can leave the trace.
    pub exit: Exit,
    /// What it does to memory.
    pub effect: Effect,
    /// Meaning of the immediate.
    pub imm: Imm,
    /// The op's meaning in one line.
    pub about: &'static str,
}

macro_rules! result_type {
    (I) => {
        Some(Type::I64)
    };
    (F) => {
        Some(Type::F64)
    };
    (R) => {
        Some(Type::Ref)
    };
    (-) => {
        None
    };
}

macro_rules! op_table {
    ($( $variant:ident $name:literal ($($operand:ident),*) -> $result:tt, $exit:ident, $effect:ident, $imm:ident, $about:literal; )*) => {
        /// An operation of the trace IR. See the table in this module.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Opcode {
            $( #[doc = $about] $variant, )*
        }

        /// The table, indexed by `Opcode as usize`.
        pub const OPS: &[OpInfo] = &[
            $( OpInfo {
                name: $name,
                operands: &[$(OperandType::$operand),*],
                result: result_type!($result),
                exit: Exit::$exit,
                effect: Effect::$effect,
                imm: Imm::$imm,
                about: $about,
            }, )*
        ];

        impl Opcode {
            /// Every opcode, in table order.
            pub const ALL: &[Opcode] = &[$(Opcode::$variant),*];
        }
    };
}

op_table! {
    // Block parameters: the first ops of a block.
    ParamI64 "param_i64" () -> I, Never, Control, None, "block parameter holding an integer";
    ParamF64 "param_f64" () -> F, Never, Control, None, "block parameter holding a float";
    ParamRef "param_ref" () -> R, Never, Control, None, "block parameter holding a word";

    // Moves between the interpreter's locals and operand stack, kept until copies are propagated.
    CopyI64 "copy_i64" (I) -> I, Never, Pure, None, "the same integer";
    CopyF64 "copy_f64" (F) -> F, Never, Pure, None, "the same float";
    CopyRef "copy_ref" (R) -> R, Never, Pure, None, "the same word";

    // Integer arithmetic.
    AddOvf "add_ovf" (I, I) -> I, Result, Pure, None, "sum; exits where it overflows";
    SubOvf "sub_ovf" (I, I) -> I, Result, Pure, None, "difference; exits where it overflows";
    MulOvf "mul_ovf" (I, I) -> I, Result, Pure, None, "product; exits where it overflows";
    Add "add" (I, I) -> I, Never, Pure, None, "wrapping sum";
    Sub "sub" (I, I) -> I, Never, Pure, None, "wrapping difference";
    Mul "mul" (I, I) -> I, Never, Pure, None, "wrapping product";
    FloorDiv "floor_div" (I, I) -> I, Guard, Pure, None, "floor quotient; exits on a zero divisor and on overflow";
    FloorMod "floor_mod" (I, I) -> I, Guard, Pure, None, "modulo with the divisor's sign; exits on a zero divisor";
    And "and" (I, I) -> I, Never, Pure, None, "bitwise and";
    Or "or" (I, I) -> I, Never, Pure, None, "bitwise or";
    Xor "xor" (I, I) -> I, Never, Pure, None, "bitwise exclusive or";
    ShlOvf "shl_ovf" (I, I) -> I, Guard, Pure, None, "shift left; exits where a bit is lost or the count is not in 0..=63";
    Sar "sar" (I, I) -> I, Never, Pure, None, "arithmetic shift right by the count modulo 64";

    // Integer comparison.
    EqI64 "eq_i64" (I, I) -> I, Never, Pure, None, "1 where equal, else 0";
    NeI64 "ne_i64" (I, I) -> I, Never, Pure, None, "1 where different, else 0";
    LtI64 "lt_i64" (I, I) -> I, Never, Pure, None, "1 where a < b, else 0";
    LeI64 "le_i64" (I, I) -> I, Never, Pure, None, "1 where a <= b, else 0";
    GuardEqI64 "guard_eq_i64" (I, I) -> -, Guard, Pure, None, "exits unless a == b";
    GuardNeI64 "guard_ne_i64" (I, I) -> -, Guard, Pure, None, "exits unless a != b";
    GuardLtI64 "guard_lt_i64" (I, I) -> -, Guard, Pure, None, "exits unless a < b";
    GuardLeI64 "guard_le_i64" (I, I) -> -, Guard, Pure, None, "exits unless a <= b";
    GuardGtI64 "guard_gt_i64" (I, I) -> -, Guard, Pure, None, "exits unless a > b";
    GuardGeI64 "guard_ge_i64" (I, I) -> -, Guard, Pure, None, "exits unless a >= b";
    GuardIndex "guard_index" (I, I) -> -, Guard, Pure, None, "exits unless 0 <= a < b (one unsigned comparison; b is a length)";

    // Float arithmetic.
    AddF64 "add_f64" (F, F) -> F, Never, Pure, None, "sum";
    SubF64 "sub_f64" (F, F) -> F, Never, Pure, None, "difference";
    MulF64 "mul_f64" (F, F) -> F, Never, Pure, None, "product";
    DivF64 "div_f64" (F, F) -> F, Never, Pure, None, "IEEE quotient; a guard before it excludes a zero divisor";
    NegF64 "neg_f64" (F) -> F, Never, Pure, None, "flips the sign";
    AbsF64 "abs_f64" (F) -> F, Never, Pure, None, "clears the sign";
    SqrtF64 "sqrt_f64" (F) -> F, Never, Pure, None, "square root, correctly rounded";
    I64ToF64 "i64_to_f64" (I) -> F, Never, Pure, None, "the nearest float (ties to even)";
    F64ToI64 "f64_to_i64" (F) -> I, Guard, Pure, None, "towards zero; exits for NaN and outside i64";

    // Float comparison. The negated guards differ from swapped ones for NaN.
    EqF64 "eq_f64" (F, F) -> I, Never, Pure, None, "1 where equal, else 0";
    NeF64 "ne_f64" (F, F) -> I, Never, Pure, None, "1 where not equal (NaN included), else 0";
    LtF64 "lt_f64" (F, F) -> I, Never, Pure, None, "1 where a < b, else 0";
    LeF64 "le_f64" (F, F) -> I, Never, Pure, None, "1 where a <= b, else 0";
    GuardEqF64 "guard_eq_f64" (F, F) -> -, Guard, Pure, None, "exits unless a == b";
    GuardNeF64 "guard_ne_f64" (F, F) -> -, Guard, Pure, None, "exits unless a != b (NaN differs from all)";
    GuardLtF64 "guard_lt_f64" (F, F) -> -, Guard, Pure, None, "exits unless a < b";
    GuardLeF64 "guard_le_f64" (F, F) -> -, Guard, Pure, None, "exits unless a <= b";
    GuardNltF64 "guard_nlt_f64" (F, F) -> -, Guard, Pure, None, "exits if a < b";
    GuardNleF64 "guard_nle_f64" (F, F) -> -, Guard, Pure, None, "exits if a <= b";

    // Words: tags, classes, boxes.
    GuardSmallInt "guard_small_int" (R) -> -, Guard, Pure, None, "exits unless the word is a small int";
    GuardClass "guard_class" (R) -> -, Guard, Pure, Class, "exits unless the word is a heap reference whose header holds the class";
    GuardSame "guard_same" (R, R) -> -, Guard, Pure, None, "exits unless both words are identical";
    GuardDiffer "guard_differ" (R, R) -> -, Guard, Pure, None, "exits if both words are identical";
    Untag "untag" (R) -> I, Never, Pure, None, "the integer in a word known to be a small int";
    UnboxI64 "unbox_i64" (R) -> I, Guard, Pure, None, "fused guard_small_int and untag";
    Tag "tag" (I) -> R, Result, Pure, None, "the small-int word; exits where the integer needs more than 63 bits";
    LoadBoxF64 "load_box_f64" (R) -> F, Never, Pure, None, "the payload of a word known to be a boxed float (immutable)";
    UnboxF64 "unbox_f64" (R) -> F, Guard, Pure, None, "fused guard_class of the float box and load_box_f64";
    BoxF64 "box_f64" (F) -> R, Resource, Alloc, None, "a fresh float box; exits when the current run of free cells is used up";
    Select "select" (I, R, R) -> R, Never, Pure, None, "b where a is not zero, else c";

    // Memory: base + displacement, or base + index * 8 + displacement.
    LoadI64 "load_i64" (W) -> I, Never, Load, Disp, "the integer at a + disp";
    LoadF64 "load_f64" (W) -> F, Never, Load, Disp, "the float at a + disp";
    LoadRef "load_ref" (W) -> R, Never, Load, Disp, "the word at a + disp";
    StoreI64 "store_i64" (W, I) -> -, Never, Store, Disp, "writes the integer b at a + disp";
    StoreF64 "store_f64" (W, F) -> -, Never, Store, Disp, "writes the float b at a + disp";
    StoreRef "store_ref" (W, R) -> -, Never, Store, Disp, "writes the word b at a + disp";
    LoadRefIndex "load_ref_index" (W, I) -> R, Never, Load, Disp, "the word at a + b * 8 + disp";
    StoreRefIndex "store_ref_index" (W, I, R) -> -, Never, Store, Disp, "writes the word c at a + b * 8 + disp";

    // Runtime helpers. The first argument of the machine call is the execution context.
    CallRef1 "call_ref1" (R) -> R, Guard, Call, Helper, "helper of one word; exits where it returns HELPER_FAILED, its error raised at the instruction of the snapshot";
    CallRef2 "call_ref2" (R, R) -> R, Guard, Call, Helper, "helper of two words; exits where it returns HELPER_FAILED";
    CallRef3 "call_ref3" (R, R, R) -> R, Guard, Call, Helper, "helper of three words; exits where it returns HELPER_FAILED";
    CallF64x1 "call_f64_1" (F) -> F, Never, Pure, Helper, "pure float function of one argument; clobbers like a call";
    CallF64x2 "call_f64_2" (F, F) -> F, Never, Pure, Helper, "pure float function of two arguments; clobbers like a call";
    GuardNoCollect "guard_no_collect" () -> -, Resource, Control, None, "exits where the interpreter is wanted: a collection has been requested, as by code that changes what traces take for constant, or the user interrupts; stands at back-edges of loops, and behind helpers that run such code";

    // Control flow: the last op of each block.
    Jump "jump" () -> -, Never, Control, Block, "to a block, passing its parameters";
    JumpTrace "jump_trace" () -> -, Never, Control, Trace, "to the entry of another compiled trace, passing its parameters";
    ExitAlways "exit" () -> -, Always, Control, None, "leaves to the interpreter";
}

impl Opcode {
    /// The op's row.
    #[inline(always)]
    pub const fn info(self) -> &'static OpInfo {
        &OPS[self as usize]
    }

    /// The opcode of that table index.
    pub fn from_index(index: usize) -> Option<Opcode> {
        Self::ALL.get(index).copied()
    }

    /// Whether the op is a block parameter.
    pub const fn is_param(self) -> bool {
        matches!(self, Self::ParamI64 | Self::ParamF64 | Self::ParamRef)
    }

    /// Whether the op ends a block.
    pub const fn is_terminator(self) -> bool {
        matches!(self, Self::Jump | Self::JumpTrace | Self::ExitAlways)
    }

    /// Whether the op can leave the trace.
    pub const fn can_exit(self) -> bool {
        !matches!(self.info().exit, Exit::Never)
    }

    /// Whether the op is a check of the program and the definition of a value at once.
    pub fn guards_and_computes(self) -> bool {
        self.info().exit == Exit::Guard && self.info().result.is_some()
    }

    /// Whether words are among what the op takes and gives.
    pub fn has_words(self) -> bool {
        let info = self.info();
        info.result == Some(Type::Ref) || info.operands.iter().any(|kind| kind.accepts(Type::Ref))
    }

    /// Whether the op calls a function of the machine's C convention and so clobbers its
    /// caller-saved registers.
    pub const fn is_call(self) -> bool {
        matches!(self.info().imm, Imm::Helper)
    }

    /// The parameter opcode for a type.
    pub const fn param(ty: Type) -> Opcode {
        match ty {
            Type::I64 => Self::ParamI64,
            Type::F64 => Self::ParamF64,
            Type::Ref => Self::ParamRef,
        }
    }

    /// The copy opcode for a type.
    pub const fn copy(ty: Type) -> Opcode {
        match ty {
            Type::I64 => Self::CopyI64,
            Type::F64 => Self::CopyF64,
            Type::Ref => Self::CopyRef,
        }
    }
}
