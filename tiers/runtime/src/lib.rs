//! What every native tier shares: memory for code, the stubs that enter and leave it, the
//! bookkeeping of exits, and the reader that counts instructions in what a tier made.
//!
//! Native tiers exist on x86-64 Linux ([`AVAILABLE`]). Elsewhere this crate still compiles: exits
//! and counting are plain data, while code memory and stubs are absent, and a tier answers
//! [`NativeError::Unavailable`] with its name.

pub mod count;
pub mod exits;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod code_memory;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod stubs;

/// Whether native tiers exist on the target this was compiled for.
pub const AVAILABLE: bool = cfg!(all(target_arch = "x86_64", target_os = "linux"));

/// Why a native tier cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NativeError {
    /// The tier makes code for another machine or system than this one.
    Unavailable {
        /// The tier's name.
        tier: &'static str,
    },
    /// The system gives no memory for code.
    CodeMemory(String),
    /// The tier has fewer registers than are asked for.
    TooManyRegisters {
        /// The tier's name.
        tier: &'static str,
        /// Integer registers it has.
        ints: u8,
        /// Float registers it has.
        floats: u8,
    },
}

impl std::fmt::Display for NativeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NativeError::Unavailable { tier } => {
                write!(f, "the tier `{tier}` exists on x86-64 Linux only")
            }
            NativeError::CodeMemory(why) => write!(f, "no memory for code: {why}"),
            NativeError::TooManyRegisters { tier, ints, floats } => write!(
                f,
                "the tier `{tier}` has at most {ints} integer and {floats} float registers"
            ),
        }
    }
}

impl std::error::Error for NativeError {}

impl From<NativeError> for tierlab_trace::backend::CompileError {
    fn from(error: NativeError) -> Self {
        Self::OutOfCodeMemory(error.to_string())
    }
}
