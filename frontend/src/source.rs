//! A source file in memory: decoding, places, and the error that names a place in it.

use crate::bytecode::Position;
use ruff_source_file::LineIndex;
use ruff_text_size::{TextRange, TextSize};
use std::fmt;
use std::sync::Arc;

/// What is wrong with a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Not Python.
    Syntax,
    /// Python, but outside the subset.
    Unsupported,
}

/// A refusal of a source file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError {
    /// The file, as given.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// How many characters of the line are meant (at least 1).
    pub width: u32,
    /// What is wrong, or what is not supported.
    pub message: String,
    /// The line as it stands in the file, without its end.
    pub source_line: String,
    /// Which of the two kinds.
    pub kind: ErrorKind,
}

/// Longest part of a source line that is shown.
const SHOWN: usize = 160;

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ErrorKind::Syntax => "SyntaxError",
            ErrorKind::Unsupported => "unsupported",
        };
        write!(f, "{}:{}:{}: {kind}: {}", self.file, self.line, self.column, self.message)?;
        let chars: Vec<char> =
            self.source_line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let at = (self.column as usize).saturating_sub(1).min(chars.len());
        let indent = chars.iter().take_while(|c| **c == ' ').count().min(at);
        // A window around the place, for lines of any length.
        let first = if at - indent < SHOWN { indent } else { at - SHOWN / 2 };
        let last = chars.len().min(first + SHOWN);
        let (before, after) =
            (if first > indent { "…" } else { "" }, if last < chars.len() { "…" } else { "" });
        let shown: String = chars[first..last].iter().collect();
        let shown = if after.is_empty() { shown.trim_end() } else { &shown };
        let width = (self.width as usize).clamp(1, (last - at).max(1));
        write!(f, "\n    {before}{shown}{after}\n    ")?;
        write!(f, "{}{}", " ".repeat(before.chars().count() + at - first), "^".repeat(width))
    }
}

impl std::error::Error for SourceError {}

/// What is wrong, with a range of the source instead of a line and column.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub kind: ErrorKind,
    pub range: TextRange,
    pub message: String,
}

impl Problem {
    pub fn syntax(range: TextRange, message: impl Into<String>) -> Problem {
        Problem { kind: ErrorKind::Syntax, range, message: message.into() }
    }

    pub fn unsupported(range: TextRange, message: impl Into<String>) -> Problem {
        Problem { kind: ErrorKind::Unsupported, range, message: message.into() }
    }
}

/// The text of a file with an index of its lines.
pub(crate) struct Source {
    pub file: Arc<str>,
    pub text: String,
    index: LineIndex,
}

impl Source {
    /// Decodes a file: UTF-8, with or without a byte order mark, no NUL characters.
    pub fn decode(file: &str, bytes: &[u8]) -> Result<Source, SourceError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let early = |valid: &[u8], kind, message: String| {
            // The place is the end of the valid part.
            let text = String::from_utf8_lossy(valid).into_owned();
            let (line, column) = (last_line_number(&text), last_line(&text).chars().count());
            let rest = bytes[valid.len()..].split(|b| matches!(b, b'\n' | b'\r')).next();
            let rest = String::from_utf8_lossy(rest.unwrap_or_default());
            Err(SourceError {
                file: file.into(),
                line,
                column: column as u32 + 1,
                width: 1,
                message,
                source_line: format!("{}{rest}", last_line(&text)),
                kind,
            })
        };
        if bytes.len() >= u32::MAX as usize / 2 {
            return early(&[], ErrorKind::Unsupported, "source files of 2 GiB and more".into());
        }
        if let Some(encoding) = declared_encoding(bytes) {
            let name = encoding.to_ascii_lowercase().replace('_', "-");
            let utf8 =
                matches!(name.as_str(), "utf-8" | "utf8" | "utf-8-sig" | "ascii" | "us-ascii");
            if !utf8 && !bytes.is_ascii() {
                let message = format!("source encoding `{encoding}` (use UTF-8)");
                return early(&[], ErrorKind::Unsupported, message);
            }
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.valid_up_to();
                let message = format!(
                    "(unicode error) 'utf-8' codec can't decode byte 0x{:02x} in position {at}",
                    bytes[at]
                );
                return early(&bytes[..at], ErrorKind::Syntax, message);
            }
        };
        if let Some(at) = bytes.iter().position(|b| *b == 0) {
            let message = "source code cannot contain null bytes".to_string();
            return early(&bytes[..at], ErrorKind::Syntax, message);
        }
        Ok(Source {
            file: file.into(),
            text: text.to_string(),
            index: LineIndex::from_source_text(text),
        })
    }

    /// Line (from 1) and byte column (from 0) of an offset.
    fn line_column(&self, offset: TextSize) -> (u32, u32) {
        let offset = offset.min(TextSize::of(&self.text));
        let line = self.index.line_index(offset);
        let start = self.index.line_start(line, &self.text);
        (line.get() as u32, u32::from(offset - start))
    }

    /// The place of a range, as instructions carry it.
    pub fn position(&self, range: TextRange) -> Position {
        let (line, column) = self.line_column(range.start());
        let (end_line, end_column) = self.line_column(range.end());
        Position { line, column, end_line, end_column }
    }

    /// Turns a problem into an error with its line.
    pub fn error(&self, problem: Problem) -> SourceError {
        let start = floor(&self.text, problem.range.start());
        let end = floor(&self.text, problem.range.end()).max(start);
        let line = self.index.line_index(start);
        let line_start = self.index.line_start(line, &self.text);
        let line_end = self.index.line_start(line.saturating_add(1), &self.text);
        let whole = &self.text[TextRange::new(line_start, line_end.max(line_start))];
        let source_line = whole.trim_end_matches(['\n', '\r']).to_string();
        let chars =
            |from: TextSize, to: TextSize| self.text[TextRange::new(from, to)].chars().count();
        let visible_end = line_start + TextSize::of(&source_line);
        let width =
            if end.min(visible_end) > start { chars(start, end.min(visible_end)) } else { 1 };
        SourceError {
            file: self.file.clone(),
            line: line.get() as u32,
            column: chars(line_start, start) as u32 + 1,
            width: width as u32,
            message: problem.message,
            source_line,
            kind: problem.kind,
        }
    }
}

/// The last character boundary at or before an offset.
fn floor(text: &str, offset: TextSize) -> TextSize {
    TextSize::try_from(text.floor_char_boundary(offset.to_usize())).unwrap_or_default()
}

fn last_line(text: &str) -> &str {
    text.rsplit(['\n', '\r']).next().unwrap_or_default()
}

fn last_line_number(text: &str) -> u32 {
    LineIndex::from_source_text(text).line_index(TextSize::of(text)).get() as u32
}

/// The encoding that a comment in the first two lines declares.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|b| *b == b'\n').take(2) {
        let line = line.trim_ascii();
        if !line.starts_with(b"#") {
            if line.is_empty() {
                continue;
            }
            return None;
        }
        let Some(at) =
            line.windows(7).position(|w| &w[..6] == b"coding" && matches!(w[6], b':' | b'='))
        else {
            continue;
        };
        let name = line[at + 7..].trim_ascii_start();
        let end = name.iter().position(|b| !(b.is_ascii_alphanumeric() || b"-_.".contains(b)));
        let name = &name[..end.unwrap_or(name.len())];
        if !name.is_empty() {
            return Some(String::from_utf8_lossy(name).into_owned());
        }
    }
    None
}
