//! Files: `open`, and the methods of what it gives.
//!
//! An open file's object has the number of a row of [`Files`]. What is read comes from a buffer that
//! holds the rest of the file; what is written is collected and goes out when there is enough of it, and before
//! anything else is done with the file.

use super::encoding::{self, Encoding};
use super::{Builtin, bytes, method, numeric};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::interrupt;
use crate::ops;
use crate::stack::{Args, arg};
use crate::text::{quote, type_name};
use crate::value::Value;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};

/// Bytes that are collected before they are written.
const BUFFER: usize = 1 << 16;

/// An open file.
struct OpenFile {
    file: File,
    name: String,
    mode: String,
    /// The encoding of a text file, and what is done about errors.
    text: Option<(Encoding, String)>,
    /// Whether line ends become `\n` when they are read.
    universal: bool,
    readable: bool,
    writable: bool,
    /// Whether lines are given as they come: standard input.
    comes: bool,
    /// What has been read and not been asked for: from `at` on.
    input: Option<Vec<u8>>,
    at: usize,
    /// What has not been written yet.
    output: Vec<u8>,
}

/// The files of a machine; a closed one leaves its name.
#[derive(Default)]
pub struct Files {
    open: Vec<Result<OpenFile, String>>,
}

/// The functions.
pub const FUNCTIONS: &[Builtin] =
    &[super::plain("open", 1, 8, open).with_keywords(), super::plain("input", 0, 1, input)];

/// The methods.
pub const TABLE: &[Builtin] = &[
    method("file.read", 0, 1, |vm, a| {
        let count = match a.get(1).filter(|count| !count.is_none()) {
            Some(count) => ops::index_saturating(vm, count)?,
            None => -1,
        };
        let file = readable(vm, a)?;
        let part = file.take(usize::try_from(count).ok())?;
        content(vm, a, part)
    }),
    method("file.readline", 0, 1, |vm, a| {
        let line = readable(vm, a)?.line()?;
        content(vm, a, line)
    }),
    method("file.readlines", 0, 1, |vm, a| {
        let mut lines = Vec::new();
        loop {
            let line = readable(vm, a)?.line()?;
            if line.is_empty() {
                return Ok(vm.heap.alloc_list_of(&lines)?);
            }
            lines.push(content(vm, a, line)?);
        }
    }),
    method("file.__next__", 0, 0, |vm, a| match next_line(vm, arg(a, 0))? {
        Some(line) => Ok(line),
        None => Err(PyError::new(ExcKind::StopIteration, "")),
    }),
    method("file.__iter__", 0, 0, |vm, a| {
        opened(vm, a)?;
        Ok(arg(a, 0))
    }),
    method("file.write", 1, 1, |vm, a| write(vm, a, arg(a, 1))),
    method("file.writelines", 1, 1, |vm, a| {
        for line in ops::collect(vm, arg(a, 1))? {
            write(vm, a, line)?;
        }
        Ok(Value::none())
    }),
    method("file.flush", 0, 0, |vm, a| {
        opened(vm, a)?.flush().map_err(|error| system_error(&error))?;
        Ok(Value::none())
    }),
    method("file.close", 0, 0, close),
    method("file.__enter__", 0, 0, |vm, a| {
        opened(vm, a)?;
        Ok(arg(a, 0))
    }),
    method("file.__exit__", 0, 3, close),
    method("file.tell", 0, 0, |vm, a| {
        let at = opened(vm, a)?.tell().map_err(|error| system_error(&error))?;
        Ok(Value::small(at as i64))
    }),
    method("file.seek", 1, 2, |vm, a| {
        let offset = ops::index_saturating(vm, arg(a, 1))?;
        let whence = match a.get(2) {
            Some(whence) => ops::index_saturating(vm, whence)?,
            None => 0,
        };
        let to =
            match whence {
                0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| {
                    PyError::value_error(format!("negative seek position {offset}"))
                })?),
                1 => SeekFrom::Current(offset),
                2 => SeekFrom::End(offset),
                _ => {
                    return Err(PyError::value_error(format!(
                        "invalid whence ({whence}, should be 0, 1 or 2)"
                    )));
                }
            };
        let at = opened(vm, a)?.seek(to).map_err(|error| system_error(&error))?;
        Ok(Value::small(at as i64))
    }),
    method("file.truncate", 0, 1, |vm, a| {
        let size = match a.get(1) {
            Some(size) => Some(ops::index_saturating(vm, size)?),
            None => None,
        };
        let file = opened(vm, a)?;
        let cut = |file: &mut OpenFile| -> std::io::Result<u64> {
            let here = file.tell()?;
            file.seek(SeekFrom::Start(here))?;
            let size = size.map_or(here, |size| size as u64);
            file.file.set_len(size)?;
            Ok(size)
        };
        let size = cut(file).map_err(|error| system_error(&error))?;
        Ok(Value::small(size as i64))
    }),
    method("file.readable", 0, 0, |vm, a| Ok(Value::bool(opened(vm, a)?.readable))),
    method("file.writable", 0, 0, |vm, a| Ok(Value::bool(opened(vm, a)?.writable))),
    method("file.seekable", 0, 0, |vm, a| opened(vm, a).map(|_| Value::true_())),
];

impl OpenFile {
    /// A file of which nothing else is known yet.
    fn new(file: File, name: &str, mode: &str) -> OpenFile {
        let (name, mode) = (name.to_string(), mode.to_string());
        OpenFile {
            file,
            name,
            mode,
            text: None,
            universal: false,
            readable: false,
            writable: false,
            comes: false,
            input: None,
            at: 0,
            output: Vec::new(),
        }
    }

    /// The rest of the file, from the buffer.
    fn rest(&mut self) -> std::io::Result<&[u8]> {
        if self.comes {
            // Lines may have been taken: what stands behind them is still to be read.
            while self.read_more()? {}
        } else if self.input.is_none() {
            self.flush()?;
            let mut input = Vec::new();
            self.file.read_to_end(&mut input)?;
            (self.input, self.at) = (Some(input), 0);
        }
        Ok(self.input.as_ref().map_or(&[], |input| &input[self.at..]))
    }

    /// Takes bytes, or characters of a text file, from the rest: all where no number is said.
    fn take(&mut self, count: Option<usize>) -> PyResult<Vec<u8>> {
        let text = self.text.is_some();
        let rest = self.rest().map_err(|error| system_error(&error))?;
        let end = match count {
            None => rest.len(),
            Some(count) if !text => count.min(rest.len()),
            Some(count) => {
                // A character begins at each byte that does not continue one.
                let starts = rest.iter().enumerate().filter(|(_, b)| **b & 0xc0 != 0x80);
                starts.map(|(at, _)| at).nth(count).unwrap_or(rest.len())
            }
        };
        let part = rest[..end].to_vec();
        self.at += end;
        Ok(part)
    }

    /// Reads until there is a line, or the end.
    fn await_line(&mut self) -> std::io::Result<()> {
        let mut searched = self.at;
        loop {
            let input = self.input.get_or_insert_default();
            if input[searched..].contains(&b'\n') {
                return Ok(());
            }
            input.drain(..self.at);
            self.at = 0;
            searched = input.len();
            if !self.read_more()? {
                return Ok(());
            }
        }
    }

    /// Reads what has come, or waits for it; false at the end.
    fn read_more(&mut self) -> std::io::Result<bool> {
        let mut chunk = [0; 8192];
        let n = interrupt::read(&self.file, &mut chunk)?;
        self.input.get_or_insert_default().extend_from_slice(&chunk[..n]);
        Ok(n > 0)
    }

    /// Takes a line.
    fn line(&mut self) -> PyResult<Vec<u8>> {
        let universal = self.universal;
        let rest = if self.comes {
            self.await_line().map_err(|error| system_error(&error))?;
            self.input.as_ref().map_or(&[][..], |input| &input[self.at..])
        } else {
            self.rest().map_err(|error| system_error(&error))?
        };
        let ends = |b: &u8| *b == b'\n' || universal && *b == b'\r';
        let end = match rest.iter().position(ends) {
            None => rest.len(),
            Some(at) if rest[at..].starts_with(b"\r\n") => at + 2,
            Some(at) => at + 1,
        };
        let line = rest[..end].to_vec();
        self.at += end;
        Ok(line)
    }

    fn tell(&mut self) -> std::io::Result<u64> {
        let at = self.file.stream_position()?;
        let ahead = self.input.as_ref().map_or(0, |input| input.len() - self.at);
        Ok(at - ahead as u64 + self.output.len() as u64)
    }

    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.flush()?;
        let here = self.tell()?;
        self.input = None;
        let to = match to {
            SeekFrom::Current(offset) => SeekFrom::Start(here.saturating_add_signed(offset)),
            to => to,
        };
        self.file.seek(to)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if !self.output.is_empty() {
            self.file.write_all(&self.output)?;
            self.output.clear();
        }
        Ok(())
    }
}

/// The error of the system.
fn system_error(error: &std::io::Error) -> Box<PyError> {
    if let Err(interrupt) = interrupt::check() {
        return interrupt;
    }
    PyError::new(kind_of(error), text_of(error))
}

fn kind_of(error: &std::io::Error) -> ExcKind {
    if error.kind() == std::io::ErrorKind::OutOfMemory {
        return ExcKind::MemoryError;
    }
    error.raw_os_error().map_or(ExcKind::OSError, ExcKind::of_system)
}

/// The system's own words.
fn text_of(error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::OutOfMemory {
        return String::new();
    }
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_string()
}

/// The error of opening a file.
fn cannot_open(vm: &mut Vm, error: &std::io::Error, name: Value) -> Box<PyError> {
    let ty = vm.exception_info(kind_of(error));
    let text = vm.heap.alloc_str(&text_of(error));
    let number = Value::small(i64::from(error.raw_os_error().unwrap_or(0)));
    match vm.bare_instance(ty, &[number, text, name]) {
        Ok(value) => PyError::from_value(value),
        Err(error) => error,
    }
}

fn opened(vm: &mut Vm, args: Args) -> PyResult<&mut OpenFile> {
    by_value(vm, arg(args, 0))
}

fn by_value(vm: &mut Vm, value: Value) -> PyResult<&mut OpenFile> {
    match vm.files.open.get_mut(value.aux() as usize) {
        Some(Ok(file)) => Ok(file),
        _ => Err(PyError::value_error("I/O operation on closed file.")),
    }
}

fn unsupported(what: &str) -> Box<PyError> {
    PyError::new(ExcKind::OSError, what)
}

fn readable(vm: &mut Vm, args: Args) -> PyResult<&mut OpenFile> {
    readable_value(vm, arg(args, 0))
}

fn readable_value(vm: &mut Vm, value: Value) -> PyResult<&mut OpenFile> {
    let file = by_value(vm, value)?;
    if file.readable { Ok(file) } else { Err(unsupported("not readable")) }
}

/// Bytes that were read as what the file gives.
fn content(vm: &mut Vm, args: Args, part: Vec<u8>) -> PyResult<Value> {
    content_of(vm, arg(args, 0), part)
}

fn content_of(vm: &mut Vm, value: Value, part: Vec<u8>) -> PyResult<Value> {
    let file = by_value(vm, value)?;
    let Some((encoding, errors)) = &file.text else {
        return Ok(vm.heap.alloc_byte_buffer(class::BYTES, part));
    };
    let mut text = encoding::decode_text(&part, *encoding, errors)?;
    if file.universal && text.contains('\r') {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    Ok(vm.heap.alloc_str(&text))
}

/// The next line; `None` at the end.
pub fn next_line(vm: &mut Vm, value: Value) -> PyResult<Option<Value>> {
    let line = readable_value(vm, value)?.line()?;
    if line.is_empty() {
        return Ok(None);
    }
    content_of(vm, value, line).map(Some)
}

fn write(vm: &mut Vm, args: Args, value: Value) -> PyResult<Value> {
    let file = opened(vm, args)?;
    if !file.writable {
        return Err(unsupported("not writable"));
    }
    if file.input.is_some() {
        // What comes next in the file is behind what has been read.
        let here = file.tell().map_err(|error| system_error(&error))?;
        file.seek(SeekFrom::Start(here)).map_err(|error| system_error(&error))?;
    }
    let count = match (&file.text, value.plain().as_str()) {
        (Some((encoding, errors)), Some(text)) => {
            let bytes = encoding::encode_bytes(text.text(), *encoding, errors)?;
            file.output.extend_from_slice(&bytes);
            text.chars()
        }
        (Some(_), None) => {
            return Err(PyError::type_error(format!(
                "write() argument must be str, not {}",
                type_name(value)
            )));
        }
        (None, _) => {
            let part = bytes::like(value)?;
            file.output.extend_from_slice(part);
            part.len()
        }
    };
    if file.output.len() >= BUFFER {
        file.flush().map_err(|error| system_error(&error))?;
    }
    Ok(Value::small(count as i64))
}

fn close(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let row = vm.files.open.get_mut(arg(args, 0).aux() as usize);
    if let Some(row) = row
        && let Ok(file) = row
    {
        let flushed = file.flush();
        let name = describe(file);
        *row = Err(name);
        flushed.map_err(|error| system_error(&error))?;
    }
    Ok(Value::none())
}

fn describe(file: &OpenFile) -> String {
    let (name, mode) = (quote(&file.name, false), &file.mode);
    match (&file.text, file.readable, file.writable) {
        (Some(_), ..) => {
            format!("<_io.TextIOWrapper name={name} mode='{mode}' encoding='UTF-8'>")
        }
        (None, true, true) => format!("<_io.BufferedRandom name={name}>"),
        (None, true, false) => format!("<_io.BufferedReader name={name}>"),
        (None, ..) => format!("<_io.BufferedWriter name={name}>"),
    }
}

/// `repr` of a file.
pub fn repr(vm: &Vm, value: Value) -> String {
    match vm.files.open.get(value.aux() as usize) {
        Some(Ok(file)) => describe(file),
        Some(Err(text)) => text.clone(),
        None => "<file>".to_string(),
    }
}

/// Attributes of files that are no methods.
pub fn attribute(vm: &mut Vm, value: Value, name: &str) -> Option<Value> {
    let row = vm.files.open.get(value.aux() as usize)?;
    if name == "closed" {
        return Some(Value::bool(row.is_err()));
    }
    let words = value.as_words()?;
    match name {
        "name" => Some(words.get(0)),
        "mode" => Some(words.get(1)),
        "encoding" if row.as_ref().is_ok_and(|file| file.text.is_some()) => {
            Some(vm.intern("UTF-8"))
        }
        _ => None,
    }
}

/// Writes out what files collected; a machine that ends does.
pub fn flush_all(vm: &mut Vm) {
    for file in vm.files.open.iter_mut().flatten() {
        // There is nobody left to tell.
        let _ = file.flush();
    }
}

/// What a mode asks for.
struct Mode {
    kind: char,
    update: bool,
    binary: bool,
}

fn parse_mode(mode: &str) -> PyResult<Mode> {
    let kinds: Vec<char> = mode.chars().filter(|c| "rwax".contains(*c)).collect();
    let strange = mode.chars().any(|c| !"rwaxbt+".contains(c));
    let twice = mode.chars().any(|c| mode.matches(c).count() > 1);
    if strange || twice {
        return Err(PyError::value_error(format!("invalid mode: '{mode}'")));
    }
    if mode.contains('b') && mode.contains('t') {
        return Err(PyError::value_error("can't have text and binary mode at once"));
    }
    let [kind] = kinds[..] else {
        return Err(PyError::value_error("must have exactly one of create/read/write/append mode"));
    };
    Ok(Mode { kind, update: mode.contains('+'), binary: mode.contains('b') })
}

fn open(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let names = ["file", "mode", "buffering", "encoding", "errors", "newline", "closefd", "opener"];
    let [file, mode, _, encoding, errors, newline, ..] = numeric::bind(vm, args, "open", names)?;
    let text_of = |value: Value, name: &str| -> PyResult<Option<String>> {
        if value.is_null() || value.is_none() {
            return Ok(None);
        }
        match value.plain().as_str() {
            Some(text) => Ok(Some(text.text().to_string())),
            None => Err(PyError::type_error(format!(
                "open() argument '{name}' must be str, not {}",
                type_name(value)
            ))),
        }
    };
    let path = match vm.call_special(file, "__fspath__", &[])? {
        Some(path) => path,
        None => file,
    };
    let Some(path) = path.plain().as_str() else {
        return Err(PyError::type_error(format!(
            "expected str, bytes or os.PathLike object, not {}",
            type_name(file)
        )));
    };
    let mode_text = text_of(mode, "mode")?.unwrap_or_else(|| "r".to_string());
    let mode = parse_mode(&mode_text)?;
    let encoding = text_of(encoding, "encoding")?;
    if mode.binary && encoding.is_some() {
        return Err(PyError::value_error("binary mode doesn't take an encoding argument"));
    }
    let encoding = encoding::encoding(encoding.as_deref().unwrap_or("utf-8"))?;
    let errors = text_of(errors, "errors")?.unwrap_or_else(|| "strict".to_string());
    let universal = !mode.binary && text_of(newline, "newline")?.is_none();
    let mut options = OpenOptions::new();
    let (readable, writable) = (mode.kind == 'r' || mode.update, mode.kind != 'r' || mode.update);
    options.read(readable).write(writable);
    match mode.kind {
        'w' => options.create(true).truncate(true),
        'a' => options.create(true).append(true),
        'x' => options.create_new(true),
        _ => &mut options,
    };
    let opened = options.open(path.text()).and_then(|file| {
        if file.metadata()?.is_dir() {
            return Err(std::io::Error::from_raw_os_error(libc::EISDIR));
        }
        Ok(file)
    });
    let mut handle = match opened {
        Ok(handle) => handle,
        Err(error) => return Err(cannot_open(vm, &error, file)),
    };
    if mode.kind == 'a' {
        // Where the position is told from.
        let _ = handle.seek(SeekFrom::End(0));
    }
    let row = OpenFile {
        text: (!mode.binary).then_some((encoding, errors)),
        universal,
        readable,
        writable,
        ..OpenFile::new(handle, path.text(), &mode_text)
    };
    let shown = vm.heap.alloc_str(&mode_text);
    Ok(file_object(vm, row, file, shown))
}

/// Standard input as a text file; `None` where there is none.
pub fn stdin(vm: &mut Vm) -> Option<Value> {
    use std::os::fd::AsFd;
    let file = File::from(std::io::stdin().as_fd().try_clone_to_owned().ok()?);
    let encoding = encoding::encoding("utf-8").ok()?;
    let row = OpenFile {
        text: Some((encoding, "strict".to_string())),
        universal: true,
        readable: true,
        comes: true,
        ..OpenFile::new(file, "<stdin>", "r")
    };
    let (name, mode) = (vm.intern("<stdin>"), vm.intern("r"));
    Some(file_object(vm, row, name, mode))
}

/// The object of an open file.
fn file_object(vm: &mut Vm, row: OpenFile, name: Value, mode: Value) -> Value {
    let number = vm.files.open.len() as u32;
    vm.files.open.push(Ok(row));
    vm.heap.alloc_words(class::FILE, number, [name, mode, Value::ZERO])
}

/// `input(prompt="")`: a line of standard input without its end.
fn input(vm: &mut Vm, args: Args) -> PyResult<Value> {
    if let Some(prompt) = args.get(0) {
        let prompt = crate::text::to_str(vm, prompt)?;
        crate::modules::sys::write_to(vm, Value::none(), &prompt)?;
    }
    vm.flush();
    let sys = vm.import_absolute("sys")?;
    let stdin = vm.get_attribute(sys, "stdin")?;
    let line = if stdin.is_class(class::FILE) {
        next_line(vm, stdin)?
    } else {
        let readline = vm.get_attribute(stdin, "readline")?;
        Some(vm.call_quiet(readline, &[])?)
    };
    let text = line.and_then(|line| line.as_str()).map_or("", |line| line.text());
    if text.is_empty() {
        return Err(PyError::new(ExcKind::EOFError, "EOF when reading a line"));
    }
    Ok(vm.heap.alloc_str(text.strip_suffix('\n').unwrap_or(text)))
}
