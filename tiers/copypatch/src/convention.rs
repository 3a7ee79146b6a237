//! The stencil libraries that one compiler serves: their calling conventions and registers.
//!
//! Terms. A library's *convention* is how control and cached values go from stencil to stencil:
//! every stencil is compiled as a function that takes the frame and all cached registers as
//! arguments and ends by calling the next with the same ones. *File order* is the numbering that
//! allocators use; *hardware numbers* are those of instruction encodings (`rax` 0, `rcx` 1, `rdx` 2,
//! `rbx` 3, `rsp` 4, `rbp` 5, `rsi` 6, `rdi` 7, `r8`…`r15`).
//!
//! Invariants: the frame is in `rdi` everywhere, so that exit stubs and the reader of code need no
//! cases. Registers that the C convention preserves and that are in a file survive helper calls.
//!
//! The build script compiles this file too.

use crate::shape::Space;

/// What stencils are compiled as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Abi {
    /// `extern "C"`; the continuation is a sibling call.
    #[default]
    C,
    /// `extern "rust-preserve-none"`, in which a callee keeps next to nothing and all registers can
    /// be arguments; the continuation is a guaranteed tail call (`become`). Both are unstable:
    /// such a library is there where the build finds that the compiler can.
    PreserveNone,
}

/// One parameter of the functions that stencils are compiled as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// The frame.
    Frame,
    /// Integer register, in file order.
    Int(u8),
    /// Float register, in file order.
    Float(u8),
    /// A register that stencils need not keep.
    Scratch,
}

/// A library as it is meant to be, whether or not the build could make it.
#[derive(Clone, Copy, Debug)]
pub struct Convention {
    /// What it is selected by.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// What its stencils are compiled as.
    pub abi: Abi,
    /// Where registers are holes, the hardware numbers of the integer registers that represent them
    /// in the functions, which have other numbers than those of the file. The representatives of
    /// float registers are the first of the file.
    pub representatives: Option<[u8; 3]>,
    /// Hardware numbers of the integer registers, in file order.
    pub ints: &'static [u8],
    /// Numbers of the `xmm` registers, in file order.
    pub floats: &'static [u8],
    /// Registers that the C convention wants back and that stencils use beside `ints`, by hardware
    /// number.
    pub also_saved: &'static [u8],
    /// Parameters of every stencil but those that call helpers.
    pub parameters: &'static [Parameter],
    /// Parameters of stencils that call helpers: the frame, and registers that the C convention
    /// keeps over a call where stencils need not keep them as C functions do.
    pub call_parameters: &'static [Parameter],
}

/// What a C function gives back as it got it, by hardware number.
pub const CALLEE_SAVED: [u8; 6] = [3, 5, 12, 13, 14, 15];

impl Convention {
    /// The registers that codes tell apart.
    pub const fn space(&self) -> Space {
        match self.representatives {
            None => Space { ints: self.ints.len(), floats: self.floats.len(), patched: false },
            Some(_) => Space { ints: 1, floats: 1, patched: true },
        }
    }

    /// Integer registers that a helper call destroys, as a bit set in file order.
    pub const fn destroyed_by_calls(&self) -> u32 {
        let mut destroyed = u32::MAX;
        let mut i = 0;
        while i < self.ints.len() * CALLEE_SAVED.len() {
            let (n, saved) = (i / CALLEE_SAVED.len(), CALLEE_SAVED[i % CALLEE_SAVED.len()]);
            if self.ints[n] == saved {
                destroyed &= !(1 << n);
            }
            i += 1;
        }
        destroyed
    }
}

use Parameter::{Float, Frame, Int, Scratch};

/// `xmm0` to `xmm7`.
const FLOATS: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7];

/// All libraries; the first is the one that every build has.
pub const CONVENTIONS: [Convention; 3] = [
    Convention {
        name: "c",
        about: "one stencil per choice of places; the C convention's argument registers",
        abi: Abi::C,
        representatives: None,
        // rsi, rdx, rcx, r8, r9: the argument registers behind the frame.
        ints: &[6, 2, 1, 8, 9],
        floats: FLOATS,
        also_saved: &[],
        parameters: &[
            Frame,
            Int(0),
            Int(1),
            Int(2),
            Int(3),
            Int(4),
            Float(0),
            Float(1),
            Float(2),
            Float(3),
            Float(4),
            Float(5),
            Float(6),
            Float(7),
        ],
        call_parameters: &[Frame],
    },
    Convention {
        name: "preserve-none",
        about: "one stencil per choice of places; a convention that passes twice as many registers",
        abi: Abi::PreserveNone,
        representatives: None,
        // Those of C, then r11, then r12 to r15, which helpers preserve.
        ints: &[6, 2, 1, 8, 9, 11, 12, 13, 14, 15],
        floats: FLOATS,
        // rbx, a scratch register in this convention.
        also_saved: &[3],
        // The order of the convention's registers: r12 to r15, rdi, rsi, rdx, rcx, r8, r9, r11. The
        // one that is left, rax, remains for the stencils' own use, as rbx and r10 do.
        parameters: &[
            Int(6),
            Int(7),
            Int(8),
            Int(9),
            Frame,
            Int(0),
            Int(1),
            Int(2),
            Int(3),
            Int(4),
            Int(5),
            Float(0),
            Float(1),
            Float(2),
            Float(3),
            Float(4),
            Float(5),
            Float(6),
            Float(7),
        ],
        call_parameters: &[Int(6), Int(7), Int(8), Int(9), Frame],
    },
    Convention {
        name: "patched",
        about: "one stencil per kinds of places; the registers are holes in the code",
        abi: Abi::C,
        // rsi, r8, r9.
        representatives: Some([6, 8, 9]),
        // The representatives, then what helpers preserve. rdx and rcx are the division's and the
        // shift's: a stencil that uses them by name could not take operands there. r12 as the
        // base of an address asks for a longer instruction than the others.
        ints: &[6, 8, 9, 3, 14, 15, 13, 5],
        floats: FLOATS,
        also_saved: &[],
        parameters: &[
            Frame,
            Int(0),
            Scratch,
            Scratch,
            Int(1),
            Int(2),
            Float(0),
            Float(1),
            Float(2),
            Float(3),
            Float(4),
            Float(5),
            Float(6),
            Float(7),
        ],
        call_parameters: &[Frame],
    },
];
