//! Exceptions as values, and tracebacks in CPython 3.11's form.

use std::sync::Arc;
use tierlab_frontend::bytecode::Position;

macro_rules! exceptions {
    ($( $kind:ident($base:ident), $about:literal; )*) => {
        /// The built-in exception classes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum ExcKind { $( #[doc = $about] $kind, )* }

        impl ExcKind {
            /// All of them, by number.
            pub const ALL: &[ExcKind] = &[$( ExcKind::$kind ),*];

            /// The class's name.
            pub const fn name(self) -> &'static str {
                match self { $( ExcKind::$kind => stringify!($kind), )* }
            }

            /// The class it derives from; itself for the root.
            pub const fn base(self) -> ExcKind {
                match self { $( ExcKind::$kind => ExcKind::$base, )* }
            }
        }
    };
}

exceptions! {
    BaseException(BaseException), "The root of all exceptions.";
    SystemExit(BaseException), "Raised by `sys.exit`.";
    KeyboardInterrupt(BaseException), "The user interrupts.";
    Exception(BaseException), "The root of ordinary exceptions.";
    StopIteration(Exception), "An iterator has no more items.";
    ArithmeticError(Exception), "The root of arithmetic errors.";
    OverflowError(ArithmeticError), "A result is too large.";
    ZeroDivisionError(ArithmeticError), "Division by zero.";
    FloatingPointError(ArithmeticError), "Never raised by the machine.";
    AssertionError(Exception), "A failed `assert`.";
    AttributeError(Exception), "No such attribute.";
    EOFError(Exception), "No more input.";
    ImportError(Exception), "A module cannot be imported.";
    ModuleNotFoundError(ImportError), "There is no such module.";
    LookupError(Exception), "The root of failed lookups.";
    IndexError(LookupError), "No such index.";
    KeyError(LookupError), "No such key.";
    MemoryError(Exception), "No memory.";
    NameError(Exception), "No such name.";
    UnboundLocalError(NameError), "A local without a value.";
    OSError(Exception), "The system refuses.";
    RuntimeError(Exception), "Anything else at run time.";
    NotImplementedError(RuntimeError), "To be overridden.";
    RecursionError(RuntimeError), "Too many frames.";
    SyntaxError(Exception), "Source that cannot be parsed.";
    TypeError(Exception), "An operation on the wrong type.";
    ValueError(Exception), "A right type with a wrong value.";
}

impl ExcKind {
    /// The class of that number.
    pub fn from_number(number: u32) -> ExcKind {
        Self::ALL.get(number as usize).copied().unwrap_or(ExcKind::Exception)
    }

    /// Whether this is `other` or derives from it.
    pub fn is_a(self, other: ExcKind) -> bool {
        let mut kind = self;
        loop {
            if kind == other {
                return true;
            }
            if kind == kind.base() {
                return false;
            }
            kind = kind.base();
        }
    }
}

/// One frame of a traceback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracebackEntry {
    /// File, as given on the command line.
    pub file: Arc<str>,
    /// Function name, or `<module>`.
    pub function: Arc<str>,
    /// The instruction's place.
    pub position: Position,
    /// Where the caret line has its anchors.
    pub anchor: Anchor,
}

/// What kind of expression an instruction stands for: decides the caret line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// No anchors: carets under the whole range.
    Plain,
    /// A binary operation: carets under the operator.
    Binary,
    /// A subscript: carets under the brackets.
    Subscript,
}

/// A Python exception under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PyError {
    /// Its class.
    pub kind: ExcKind,
    /// What `str()` of it gives.
    pub message: String,
    /// Frames, innermost first.
    pub traceback: Vec<TracebackEntry>,
    /// For `SystemExit`: the exit status; the message is printed where it is not empty.
    pub exit_status: i32,
}

/// A result of anything that can raise.
pub type PyResult<T> = Result<T, Box<PyError>>;

impl PyError {
    /// A new exception.
    #[cold]
    pub fn new(kind: ExcKind, message: impl Into<String>) -> Box<PyError> {
        Box::new(PyError { kind, message: message.into(), traceback: Vec::new(), exit_status: 0 })
    }

    /// `TypeError`.
    #[cold]
    pub fn type_error(message: impl Into<String>) -> Box<PyError> {
        PyError::new(ExcKind::TypeError, message)
    }

    /// `ValueError`.
    #[cold]
    pub fn value_error(message: impl Into<String>) -> Box<PyError> {
        PyError::new(ExcKind::ValueError, message)
    }

    /// `MemoryError`.
    #[cold]
    pub fn memory() -> Box<PyError> {
        PyError::new(ExcKind::MemoryError, "")
    }

    /// The last line of the traceback.
    pub fn last_line(&self) -> String {
        if self.message.is_empty() {
            self.kind.name().to_string()
        } else {
            format!("{}: {}", self.kind.name(), self.message)
        }
    }

    /// The whole traceback, as CPython 3.11 prints it, with a line break at the end.
    pub fn format_traceback(&self) -> String {
        let mut out = String::new();
        if !self.traceback.is_empty() {
            out.push_str("Traceback (most recent call last):\n");
        }
        let mut sources = Sources::default();
        let mut last: Option<(&str, u32, &str)> = None;
        let mut repeated = 0usize;
        for entry in self.traceback.iter().rev() {
            let key = (&*entry.file, entry.position.line, &*entry.function);
            if last == Some(key) {
                repeated += 1;
                if repeated >= 3 {
                    continue;
                }
            } else {
                repeat_line(&mut out, repeated);
                last = Some(key);
                repeated = 0;
            }
            out.push_str(&format!(
                "  File \"{}\", line {}, in {}\n",
                entry.file, entry.position.line, entry.function
            ));
            sources.describe(entry, &mut out);
        }
        repeat_line(&mut out, repeated);
        out.push_str(&self.last_line());
        out.push('\n');
        out
    }
}

fn repeat_line(out: &mut String, repeated: usize) {
    if repeated >= 3 {
        let more = repeated - 2;
        let s = if more == 1 { "" } else { "s" };
        out.push_str(&format!("  [Previous line repeated {more} more time{s}]\n"));
    }
}

impl From<crate::heap::OutOfMemory> for Box<PyError> {
    fn from(_: crate::heap::OutOfMemory) -> Self {
        PyError::memory()
    }
}

impl std::fmt::Display for PyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.last_line())
    }
}

impl std::error::Error for PyError {}

/// Lines of the files that a traceback names.
#[derive(Default)]
struct Sources {
    files: Vec<(Arc<str>, Vec<String>)>,
}

impl Sources {
    fn line(&mut self, file: &Arc<str>, line: u32) -> Option<&str> {
        if !self.files.iter().any(|(name, _)| name == file) {
            let text = std::fs::read(&**file).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            let lines = text.lines().map(str::to_string).collect();
            self.files.push((file.clone(), lines));
        }
        let (_, lines) = self.files.iter().find(|(name, _)| name == file)?;
        lines.get((line as usize).checked_sub(1)?).map(String::as_str)
    }

    /// The source line and, where it says more than the line does, the caret line.
    fn describe(&mut self, entry: &TracebackEntry, out: &mut String) {
        let p = entry.position;
        let Some(line) = self.line(&entry.file, p.line) else { return };
        let stripped = line.trim();
        if stripped.is_empty() {
            return;
        }
        out.push_str("    ");
        out.push_str(stripped);
        out.push('\n');
        let start = p.column as usize;
        let end = if p.end_line == p.line { p.end_column as usize } else { line.trim_end().len() };
        if start >= end || end > line.len() {
            return;
        }
        let (Some(before), Some(segment)) = (line.get(..start), line.get(start..end)) else {
            return;
        };
        // One that covers the whole line adds nothing.
        if segment == stripped {
            return;
        }
        let indent = line.chars().count() - line.trim_start().chars().count();
        let anchors = if p.end_line == p.line { anchors(entry.anchor, segment) } else { None };
        let Some(column) = before.chars().count().checked_sub(indent) else { return };
        out.push_str("    ");
        out.push_str(&" ".repeat(column));
        let len = segment.chars().count();
        match anchors {
            Some((from, to)) => {
                out.push_str(&"~".repeat(from));
                out.push_str(&"^".repeat(to - from));
                out.push_str(&"~".repeat(len - to));
            }
            None => out.push_str(&"^".repeat(len)),
        }
        out.push('\n');
    }
}

/// Where the carets stand in the segment, in characters.
fn anchors(anchor: Anchor, segment: &str) -> Option<(usize, usize)> {
    let chars: Vec<char> = segment.chars().collect();
    match anchor {
        Anchor::Plain => None,
        Anchor::Binary => {
            let at = top_level_operator(&chars)?;
            let wide = chars.get(at + 1).is_some_and(|&next| {
                matches!((chars[at], next), ('*', '*') | ('/', '/') | ('<', '<') | ('>', '>'))
            });
            Some((at, at + 1 + usize::from(wide)))
        }
        Anchor::Subscript => {
            // The bracket that the last one closes.
            let mut depth = 0usize;
            for (i, &c) in chars.iter().enumerate().rev() {
                match c {
                    ']' | ')' | '}' => depth += 1,
                    '[' | '(' | '{' => {
                        depth = depth.checked_sub(1)?;
                        if depth == 0 {
                            return Some((i, chars.len()));
                        }
                    }
                    _ => {}
                }
            }
            None
        }
    }
}

/// The operator that is applied last: the rightmost of least precedence outside brackets and
/// strings that follows an operand.
fn top_level_operator(chars: &[char]) -> Option<usize> {
    let mut best: Option<(u32, usize)> = None;
    let mut depth = 0usize;
    let mut operand = false;
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        match c {
            '\'' | '"' => {
                i += 1;
                while i < chars.len() && chars[i] != c {
                    i += 1 + usize::from(chars[i] == '\\');
                }
                operand = true;
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                operand = true;
            }
            _ if c.is_whitespace() => {}
            '+' | '-' | '*' | '/' | '%' | '@' | '<' | '>' | '&' | '^' | '|' => {
                let double = chars.get(i + 1) == Some(&c) && matches!(c, '*' | '/' | '<' | '>');
                let precedence = match c {
                    '|' => 0,
                    '^' => 1,
                    '&' => 2,
                    '<' | '>' => 3,
                    '+' | '-' => 4,
                    '*' if double => 6,
                    _ => 5,
                };
                // A power groups to the right: its first operator is applied last.
                let better = best
                    .is_none_or(|(p, _)| precedence < p || (precedence == p && precedence != 6));
                if depth == 0 && operand && better {
                    best = Some((precedence, i));
                }
                operand = false;
                i += usize::from(double);
            }
            _ => operand = true,
        }
        i += 1;
    }
    best.map(|(_, at)| at)
}
