//! The error of every command: a sentence that names the place and the remedy, and
//! the process exit code it stands for.

use std::fmt;
use std::path::Path;

/// Exit code of a program that raised, or of a sweep with a failed cell.
pub const EXIT_FAILED: u8 = 1;
/// Exit code of a usage error or a refused source.
pub const EXIT_REFUSED: u8 = 2;

/// What went wrong, for people, with the exit code it causes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    message: String,
    code: u8,
    bare: bool,
}

impl Error {
    /// The request itself is wrong: an unknown name, a bad option, a refused source.
    pub fn usage(message: impl Into<String>) -> Self {
        Error { message: message.into(), code: EXIT_REFUSED, bare: false }
    }

    /// The request was understood and did not work out.
    pub fn failed(message: impl Into<String>) -> Self {
        Error { message: message.into(), code: EXIT_FAILED, bare: false }
    }

    /// A file operation failed: names what was tried, the path and the system's reason.
    pub fn io(action: &str, path: &Path, error: &std::io::Error) -> Self {
        Error::failed(format!("cannot {action} {}: {error}", path.display()))
    }

    /// An unknown name, with the names that exist.
    pub fn unknown<'a>(kind: &str, name: &str, valid: impl IntoIterator<Item = &'a str>) -> Self {
        let valid: Vec<&str> = valid.into_iter().collect();
        Error::usage(format!("unknown {kind} `{name}`; valid: {}", valid.join(", ")))
    }

    /// The message speaks for the program that was run (a traceback, a refused line of
    /// its source): it is shown as it is, without this command's name before it.
    pub fn bare(self) -> Self {
        Error { bare: true, ..self }
    }

    /// The line for standard error.
    pub fn show(&self) -> String {
        if self.bare { self.message.clone() } else { format!("tierlab: {}", self.message) }
    }

    /// The process exit code.
    pub fn exit_code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
