//! Exceptions on their way through built-in code, and the table of the built-in classes.

use crate::value::Value;

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
    GeneratorExit(BaseException), "A generator is closed.";
    Exception(BaseException), "The root of ordinary exceptions.";
    StopIteration(Exception), "An iterator has no more items.";
    ArithmeticError(Exception), "The root of arithmetic errors.";
    OverflowError(ArithmeticError), "A result is too large.";
    ZeroDivisionError(ArithmeticError), "Division by zero.";
    FloatingPointError(ArithmeticError), "Never raised by the machine.";
    AssertionError(Exception), "A failed `assert`.";
    AttributeError(Exception), "No such attribute.";
    BufferError(Exception), "Never raised by the machine.";
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
    FileNotFoundError(OSError), "There is no such file.";
    FileExistsError(OSError), "There is such a file already.";
    PermissionError(OSError), "The system does not permit it.";
    IsADirectoryError(OSError), "A directory is no file.";
    NotADirectoryError(OSError), "A file is no directory.";
    TimeoutError(OSError), "It took too long.";
    BlockingIOError(OSError), "It would take time.";
    ChildProcessError(OSError), "A process that was begun failed.";
    InterruptedError(OSError), "A signal came in between.";
    ProcessLookupError(OSError), "There is no such process.";
    ConnectionError(OSError), "The root of failed connections.";
    BrokenPipeError(ConnectionError), "Nobody reads any more.";
    ConnectionAbortedError(ConnectionError), "A connection was given up.";
    ConnectionRefusedError(ConnectionError), "Nobody answers.";
    ConnectionResetError(ConnectionError), "The other side is gone.";
    ExceptionGroup(Exception), "Several exceptions in one.";
    StopAsyncIteration(Exception), "Never raised by the machine.";
    ReferenceError(Exception), "Never raised by the machine.";
    SystemError(Exception), "Never raised by the machine.";
    RuntimeError(Exception), "Anything else at run time.";
    NotImplementedError(RuntimeError), "To be overridden.";
    RecursionError(RuntimeError), "Too many frames.";
    SyntaxError(Exception), "Source that cannot be parsed.";
    IndentationError(SyntaxError), "Source that is indented wrongly.";
    TabError(IndentationError), "Source that is indented by tabs and spaces.";
    TypeError(Exception), "An operation on the wrong type.";
    ValueError(Exception), "A right type with a wrong value.";
    UnicodeError(ValueError), "The root of errors with encodings.";
    UnicodeDecodeError(UnicodeError), "Bytes that are no text.";
    UnicodeEncodeError(UnicodeError), "Text that an encoding has no bytes for.";
    Warning(Exception), "The root of warnings.";
    UserWarning(Warning), "A warning of a program.";
    DeprecationWarning(Warning), "Something will go away.";
    RuntimeWarning(Warning), "Something doubtful at run time.";
    PendingDeprecationWarning(Warning), "Something will be deprecated.";
    SyntaxWarning(Warning), "Something doubtful in a source.";
    ImportWarning(Warning), "Something doubtful about an import.";
    FutureWarning(Warning), "Something will mean something else.";
    UnicodeWarning(Warning), "Something doubtful about texts.";
    BytesWarning(Warning), "Something doubtful about bytes.";
    ResourceWarning(Warning), "Something was left open.";
}

impl ExcKind {
    /// The class of that number.
    pub fn from_number(number: u32) -> ExcKind {
        Self::ALL.get(number as usize).copied().unwrap_or(ExcKind::Exception)
    }

    /// The class of the system's error of that number.
    pub fn of_system(number: i32) -> ExcKind {
        match number {
            libc::ENOENT => ExcKind::FileNotFoundError,
            libc::EEXIST => ExcKind::FileExistsError,
            libc::EACCES | libc::EPERM => ExcKind::PermissionError,
            libc::EISDIR => ExcKind::IsADirectoryError,
            libc::ENOTDIR => ExcKind::NotADirectoryError,
            libc::ETIMEDOUT => ExcKind::TimeoutError,
            libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => ExcKind::BlockingIOError,
            libc::ECHILD => ExcKind::ChildProcessError,
            libc::EINTR => ExcKind::InterruptedError,
            libc::ESRCH => ExcKind::ProcessLookupError,
            libc::EPIPE | libc::ESHUTDOWN => ExcKind::BrokenPipeError,
            libc::ECONNABORTED => ExcKind::ConnectionAbortedError,
            libc::ECONNREFUSED => ExcKind::ConnectionRefusedError,
            libc::ECONNRESET => ExcKind::ConnectionResetError,
            _ => ExcKind::OSError,
        }
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

/// A Python exception under way.
///
/// Built-in code raises kind and message; the object is made where somebody catches it
/// ([`crate::exceptions`]).
#[derive(Clone, Debug)]
pub struct PyError {
    /// The built-in class it is or derives from.
    pub kind: ExcKind,
    /// What `str()` of it gives; of an exception that is an object, once it left the machine.
    pub message: String,
    /// For `SystemExit` that left the machine: the exit status; the message is printed where it is
    /// not empty.
    pub exit_status: i32,
    /// The object, or NULL. A root while a machine holds the error.
    pub(crate) value: Value,
    /// Places that are not in the object's traceback yet, innermost first: numbers of code and
    /// instruction.
    pub(crate) places: Vec<(u32, u32)>,
    /// Whether its context is known.
    pub(crate) again: bool,
    /// Whether the place where it is raised is in its traceback already.
    pub(crate) noted: bool,
    /// The whole text, once it left the machine.
    pub(crate) rendered: Option<String>,
    /// The class's name, once it left the machine.
    pub(crate) class: std::sync::Arc<str>,
}

/// A result of anything that can raise.
pub type PyResult<T> = Result<T, Box<PyError>>;

impl PyError {
    /// A new exception.
    #[cold]
    pub fn new(kind: ExcKind, message: impl Into<String>) -> Box<PyError> {
        Box::new(PyError {
            kind,
            message: message.into(),
            exit_status: 0,
            value: Value::NULL,
            places: Vec::new(),
            again: false,
            noted: false,
            rendered: None,
            class: kind.name().into(),
        })
    }

    /// An exception that is an object.
    #[cold]
    pub(crate) fn from_value(value: Value) -> Box<PyError> {
        let kind = crate::exceptions::kind_of(value).unwrap_or(ExcKind::Exception);
        let mut error = PyError::new(kind, "");
        error.value = value;
        error
    }

    /// An exception that was raised before.
    #[cold]
    pub(crate) fn again(value: Value) -> Box<PyError> {
        let mut error = PyError::from_value(value);
        error.again = true;
        error.noted = true;
        error
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

    /// `MemoryError`. What it leaves behind is collected soon.
    #[cold]
    pub fn memory() -> Box<PyError> {
        crate::interrupt::want_interpreter();
        PyError::new(ExcKind::MemoryError, "")
    }

    /// Whether it is the user's interrupt, which ends the process as the signal does; a class
    /// derived from it does not.
    pub fn is_interrupt(&self) -> bool {
        self.kind == ExcKind::KeyboardInterrupt && &*self.class == self.kind.name()
    }

    /// The exit code of a program that it ends, once it left the machine.
    pub fn exit_code(&self) -> i32 {
        match self.kind {
            ExcKind::SystemExit => self.exit_status,
            _ if self.is_interrupt() => crate::interrupt::EXIT_STATUS,
            _ => 1,
        }
    }

    /// The last line of the traceback.
    pub fn last_line(&self) -> String {
        if self.message.is_empty() {
            self.class.to_string()
        } else {
            format!("{}: {}", self.class, self.message)
        }
    }

    /// The whole traceback, as CPython 3.11 prints it, with a line break at the end.
    pub fn format_traceback(&self) -> String {
        match &self.rendered {
            Some(text) => text.clone(),
            None => format!("{}\n", self.last_line()),
        }
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
