//! The text form of a trace: parsing. See [`crate::text`] for the form.
//!
//! Terms. A *token* is a word, a number, a `%value`, an `@name`, a string or a mark. A *label* names
//! a block or a snapshot; labels and value names are any words, and get their numbers in order of
//! definition.
//!
//! Invariants: any text gives a trace or a [`ParseError`] with its place, never a panic. The result
//! has the flat tables of [`Trace`] in order, but only [`crate::verify`] says whether it is valid: the
//! parser checks names, counts and ranges of numbers, not types and dominance.

use crate::backend::HelperTable;
use crate::ir::{
    Const, MemClass, Op, Recipe, SnapEntry, SnapFrame, SnapshotId, Trace, TraceId, TraceKind, Val,
};
use crate::normalize::Pool;
use crate::ops::{Imm, OPS, Opcode, Type};
use std::collections::HashMap;
use std::str::FromStr;

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What would have been right.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ParseError { line, column, expected, found } = self;
        write!(f, "line {line}, column {column}: expected {expected}, found {found}")
    }
}

impl std::error::Error for ParseError {}

type Parsed<T> = Result<T, ParseError>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Number,
    Value,
    At,
    Text,
    Mark,
    End,
}

#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
    line: usize,
    column: usize,
}

impl Token<'_> {
    fn error(&self, expected: impl Into<String>) -> ParseError {
        let found = match self.kind {
            Kind::End => "the end".into(),
            _ => format!("`{}`", self.text),
        };
        ParseError { line: self.line, column: self.column, expected: expected.into(), found }
    }
}

/// Parses a text that holds exactly one trace.
pub fn parse_trace(text: &str, helpers: &HelperTable) -> Parsed<Trace> {
    let mut parser = Parser::new(text, helpers)?;
    let trace = parser.trace()?;
    match parser.peek().kind {
        Kind::End => Ok(trace),
        _ => Err(parser.peek().error("the end of the trace")),
    }
}

/// Parses a text that holds any number of traces, one behind the other.
pub fn parse_traces(text: &str, helpers: &HelperTable) -> Parsed<Vec<Trace>> {
    let mut parser = Parser::new(text, helpers)?;
    let mut traces = Vec::new();
    while parser.peek().kind != Kind::End {
        traces.push(parser.trace()?);
    }
    Ok(traces)
}

/// Splits a text into tokens; the last one is [`Kind::End`].
fn tokens(text: &str) -> Parsed<Vec<Token<'_>>> {
    let mut out = Vec::new();
    let (mut line, mut column) = (1, 1);
    let mut rest = text;
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    while let Some(c) = rest.chars().next() {
        let signed = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let count = |from: &str, accept: &dyn Fn(char) -> bool| {
            from.find(|c| !accept(c)).unwrap_or(from.len())
        };
        let (kind, len) = if c.is_whitespace() {
            (None, c.len_utf8())
        } else if c == ';' {
            (None, rest.find('\n').unwrap_or(rest.len()))
        } else if c == '%' {
            (Some(Kind::Value), 1 + count(&rest[1..], &name))
        } else if c == '@' {
            (Some(Kind::At), 1 + count(&rest[1..], &|c| name(c) || c == '.' || c == '#'))
        } else if c == '"' {
            (Some(Kind::Text), string_len(rest))
        } else if rest.starts_with("->") {
            (Some(Kind::Mark), 2)
        } else if signed.starts_with(|c: char| c.is_ascii_digit())
            || &signed[..count(signed, &name)] == "inf"
        {
            (Some(Kind::Number), rest.len() - signed.len() + number_len(signed))
        } else if name(c) {
            (Some(Kind::Word), count(rest, &name))
        } else {
            (Some(Kind::Mark), c.len_utf8())
        };
        let (token, behind) = rest.split_at(len);
        if let Some(kind) = kind {
            let token = Token { kind, text: token, line, column };
            if len == 1 && matches!(kind, Kind::Value | Kind::At) {
                return Err(token.error("a name behind it"));
            }
            out.push(token);
        }
        for c in token.chars() {
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        rest = behind;
    }
    out.push(Token { kind: Kind::End, text: "", line, column });
    Ok(out)
}

/// Bytes of a number without its sign: digits, a fraction, an exponent; or all of a word.
fn number_len(text: &str) -> usize {
    let hex = text.starts_with("0x");
    let mut before = ' ';
    for (i, c) in text.char_indices() {
        let sign = matches!(c, '+' | '-') && matches!(before, 'e' | 'E') && !hex;
        if !(c.is_ascii_alphanumeric() || c == '.' || sign) {
            return i;
        }
        before = c;
    }
    text.len()
}

/// Bytes of a string with its quotes; of the whole text where it has no end.
fn string_len(text: &str) -> usize {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return i + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

/// The content of a string token, escapes resolved.
fn unescape(token: &Token<'_>) -> Parsed<String> {
    let inner = token.text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    let inner = inner.filter(|_| token.text.len() >= 2);
    let mut chars = inner.ok_or_else(|| token.error("a string with its closing quote"))?.chars();
    let mut out = String::new();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let escape = match chars.next() {
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('0') => Some('\0'),
            Some(c @ ('\\' | '"' | '\'')) => Some(c),
            Some('u') => chars.as_str().strip_prefix('{').and_then(|t| t.split_once('}')).and_then(
                |(hex, behind)| {
                    chars = behind.chars();
                    char::from_u32(u32::from_str_radix(hex, 16).ok()?)
                },
            ),
            _ => None,
        };
        out.push(escape.ok_or_else(|| token.error("a string with known escapes"))?);
    }
    Ok(out)
}

/// Names that wait for their definition further down: the op and the token that used it.
type Pending<'a> = Vec<(usize, Token<'a>)>;

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
    helpers: &'a HelperTable,
    pool: Pool,
    values: HashMap<&'a str, Val>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, helpers: &'a HelperTable) -> Parsed<Parser<'a>> {
        if text.len() >= 1 << 30 {
            let start = Token { kind: Kind::Text, text: "a longer one", line: 1, column: 1 };
            return Err(start.error("a text below 1 GB"));
        }
        let (tokens, pool, values) = (tokens(text)?, Pool::default(), HashMap::new());
        Ok(Parser { tokens, next: 0, helpers, pool, values })
    }

    fn ahead(&self, distance: usize) -> Token<'a> {
        // The last token is the end, and stays.
        self.tokens[(self.next + distance).min(self.tokens.len() - 1)]
    }

    fn peek(&self) -> Token<'a> {
        self.ahead(0)
    }

    fn take(&mut self) -> Token<'a> {
        let token = self.peek();
        self.next += 1;
        token
    }

    /// Takes the token if it has that text.
    fn accept(&mut self, text: &str) -> bool {
        let token = self.peek();
        let fits = token.text == text && matches!(token.kind, Kind::Word | Kind::Mark);
        self.next += usize::from(fits);
        fits
    }

    fn expect(&mut self, text: &str) -> Parsed<()> {
        if self.accept(text) { Ok(()) } else { Err(self.peek().error(format!("`{text}`"))) }
    }

    fn token(&mut self, kind: Kind, expected: &str) -> Parsed<Token<'a>> {
        let token = self.peek();
        if token.kind != kind {
            return Err(token.error(expected));
        }
        self.next += 1;
        Ok(token)
    }

    fn number<N: FromStr>(&mut self, expected: &str) -> Parsed<N> {
        let token = self.token(Kind::Number, expected)?;
        token.text.parse().map_err(|_| token.error(expected))
    }

    fn trace(&mut self) -> Parsed<Trace> {
        self.expect("trace")?;
        let kind = if self.accept("loop") {
            TraceKind::Loop
        } else if self.accept("straight") {
            TraceKind::Straight
        } else if self.accept("side") {
            let token = self.token(Kind::Number, "PARENT.EXIT")?;
            let parts = token.text.split_once('.');
            let parts = parts.and_then(|(p, e)| Some((p.parse().ok()?, e.parse().ok()?)));
            let (parent, exit) = parts.ok_or_else(|| token.error("PARENT.EXIT"))?;
            TraceKind::Side { parent: TraceId(parent), exit }
        } else {
            return Err(self.peek().error("`loop`, `straight` or `side`"));
        };
        let location = self.token(Kind::Text, "the location as a string")?;
        let mut trace = Trace::new(unescape(&location)?, kind);
        self.pool = Pool::default();
        self.values.clear();
        let entry = match self.accept("entry") {
            true => Some(self.token(Kind::Word, "a snapshot")?),
            false => None,
        };
        let (mut exits, mut jumps) = (Pending::new(), Pending::new());
        let mut blocks: HashMap<&str, usize> = HashMap::new();
        loop {
            let token = self.peek();
            let word = token.kind == Kind::Word;
            if word && self.ahead(1).text == "(" {
                self.next += 1;
                self.block(&mut trace)?;
                if blocks.insert(token.text, trace.blocks.len() - 1).is_some() {
                    return Err(token.error("a block label that is not taken"));
                }
            } else if token.kind == Kind::End || word && matches!(token.text, "snapshots" | "trace")
            {
                break;
            } else if trace.blocks.is_empty() {
                return Err(token.error("a block such as `block0(%0: i64):`"));
            } else {
                self.op(&mut trace, &mut exits, &mut jumps)?;
            }
        }
        for (op, label) in jumps {
            let block =
                blocks.get(label.text).ok_or_else(|| label.error("the label of a block"))?;
            trace.ops[op].imm = *block as i32;
        }
        let snapshots = self.snapshots(&mut trace)?;
        let resolve = |label: Token<'a>| {
            let id = snapshots.get(label.text).copied();
            id.ok_or_else(|| label.error("a snapshot that the section `snapshots:` defines"))
        };
        for (op, label) in exits {
            trace.ops[op].snapshot = resolve(label)?;
        }
        if let Some(label) = entry {
            trace.entry = resolve(label)?;
        }
        Ok(trace)
    }

    fn ty(&mut self) -> Parsed<Type> {
        let token = self.token(Kind::Word, "a type: i64, f64 or ref")?;
        let all = [Type::I64, Type::F64, Type::Ref];
        let ty = all.into_iter().find(|ty| ty.name() == token.text);
        ty.ok_or_else(|| token.error("a type: i64, f64 or ref"))
    }

    fn define(&mut self, name: Token<'a>, val: Val) -> Parsed<()> {
        match self.values.insert(name.text, val) {
            None => Ok(()),
            Some(_) => Err(name.error("a value name that is not taken")),
        }
    }

    fn block(&mut self, trace: &mut Trace) -> Parsed<()> {
        let params = self.list(|p| {
            let name = p.token(Kind::Value, "a parameter such as `%0: i64`")?;
            p.expect(":")?;
            Ok((name, p.ty()?))
        })?;
        self.expect(":")?;
        let first = trace.ops.len();
        let types: Vec<Type> = params.iter().map(|&(_, ty)| ty).collect();
        trace.begin_block(&types);
        for (i, &(name, _)) in params.iter().enumerate() {
            self.define(name, Val::value(first + i))?;
        }
        Ok(())
    }

    /// A list in parentheses, commas between.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.expect("(")?;
        let mut out = Vec::new();
        while !self.accept(")") {
            if !out.is_empty() {
                self.expect(",")?;
            }
            out.push(item(self)?);
        }
        Ok(out)
    }

    fn hex(&mut self) -> Parsed<u64> {
        self.expect(":")?;
        let token = self.token(Kind::Number, "a number such as 0x1f")?;
        let bits = token.text.strip_prefix("0x").and_then(|t| u64::from_str_radix(t, 16).ok());
        bits.ok_or_else(|| token.error("a number such as 0x1f"))
    }

    fn operand(&mut self, trace: &mut Trace) -> Parsed<Val> {
        let token = self.take();
        let c = match (token.kind, token.text) {
            (Kind::Value, name) => {
                let val = self.values.get(name).copied();
                return val.ok_or_else(|| token.error("a value that is defined above"));
            }
            (Kind::Word, "ref") => Const::Ref(self.hex()?),
            (Kind::Word, "nan") => {
                let bits = self.hex()?;
                if !f64::from_bits(bits).is_nan() {
                    return Err(token.error("the bits of a NaN"));
                }
                Const::F64(bits)
            }
            (Kind::Number, text) => match (text.parse::<i64>(), text.parse::<f64>()) {
                (Ok(int), _) => Const::I64(int),
                // An integer or float that is too large is no other constant.
                (Err(_), Ok(float))
                    if text.contains(['.', 'e', 'E']) && float.is_finite()
                        || text.ends_with("inf") =>
                {
                    Const::F64(float.to_bits())
                }
                _ => return Err(token.error("an i64 or f64 constant")),
            },
            _ => return Err(token.error("a value or a constant")),
        };
        Ok(self.pool.intern(trace, c))
    }

    fn op(
        &mut self,
        trace: &mut Trace,
        exits: &mut Pending<'a>,
        jumps: &mut Pending<'a>,
    ) -> Parsed<()> {
        let mut defines = None;
        let index = trace.ops.len();
        if self.peek().kind == Kind::Value {
            let name = self.take();
            let ty = if self.accept(":") { Some((self.peek(), self.ty()?)) } else { None };
            self.expect("=")?;
            defines = Some((name, ty));
        }
        let mnemonic = self.token(Kind::Word, "an op")?;
        let found = OPS.iter().position(|info| info.name == mnemonic.text);
        let opcode = found.and_then(Opcode::from_index).filter(|opcode| !opcode.is_param());
        let opcode = opcode.ok_or_else(|| mnemonic.error("an op of the table"))?;
        let info = opcode.info();
        if let Some((name, ty)) = defines {
            match (info.result, ty) {
                (None, _) => return Err(name.error(format!("no value from `{}`", info.name))),
                (Some(result), Some((token, ty))) if ty != result => {
                    return Err(token.error(format!("`{}`", result.name())));
                }
                (Some(_), _) => {}
            }
        }
        let mut imm = 0;
        match info.imm {
            Imm::Helper => imm = self.helper()?,
            Imm::Block => jumps.push((index, self.token(Kind::Word, "a block")?)),
            Imm::Trace => {
                let token = self.token(Kind::Word, "a trace such as T0")?;
                let number = token.text.strip_prefix('T').and_then(|t| t.parse::<i32>().ok());
                let number = number.filter(|&n| n >= 0);
                imm = number.ok_or_else(|| token.error("a trace such as T0"))?;
            }
            Imm::None | Imm::Disp | Imm::Class => {}
        }
        let mut op = if matches!(info.imm, Imm::Block | Imm::Trace) {
            let args = self.list(|p| p.operand(trace))?;
            trace.make_jump(opcode, imm as u32, &args)
        } else {
            let mut args = Vec::new();
            for k in 0..info.operands.len() {
                if k > 0 {
                    self.expect(",")?;
                }
                args.push(self.operand(trace)?);
            }
            Op::new(opcode, &args).with_imm(imm)
        };
        match info.imm {
            Imm::Disp if self.peek().kind == Kind::Number => {
                let token = self.peek();
                op.imm = self.number("a displacement of 32 bits such as +8")?;
                if !token.text.starts_with(['+', '-']) {
                    return Err(token.error("a displacement with its sign"));
                }
            }
            Imm::Class => {
                self.expect("class")?;
                op.imm = self.number::<u32>("a class of 32 bits")? as i32;
            }
            Imm::None | Imm::Disp | Imm::Helper | Imm::Block | Imm::Trace => {}
        }
        if self.accept("!") {
            op.mem = MemClass(self.number("a memory class from 0 to 255")?);
        }
        if opcode.can_exit() {
            if opcode != Opcode::ExitAlways {
                self.expect("->")?;
                self.expect("exit")?;
            }
            exits.push((index, self.token(Kind::Word, "a snapshot")?));
        }
        let val = trace.push(op);
        match defines {
            Some((name, _)) => self.define(name, val),
            None => Ok(()),
        }
    }

    fn helper(&mut self) -> Parsed<i32> {
        let token = self.token(Kind::At, "a helper such as @name")?;
        let name = &token.text[1..];
        let found = match name.strip_prefix('#') {
            Some(number) => number.parse().ok().filter(|&i| i < self.helpers.helpers.len()),
            None => self.helpers.find(name),
        };
        found.map(|i| i as i32).ok_or_else(|| token.error("a helper of the table"))
    }

    /// The section of snapshots, if there is one: their numbers by label.
    fn snapshots(&mut self, trace: &mut Trace) -> Parsed<HashMap<&'a str, SnapshotId>> {
        let mut ids = HashMap::new();
        if !self.accept("snapshots") {
            return Ok(ids);
        }
        self.expect(":")?;
        while self.peek().kind == Kind::Word && self.ahead(1).text == "=" {
            let label = self.take();
            self.next += 1;
            let (mut frames, mut entries) = (Vec::new(), Vec::new());
            if !self.accept("empty") {
                self.frame(trace, &mut frames, &mut entries)?;
                while self.peek().text == "code" && self.ahead(1).text != "=" {
                    self.frame(trace, &mut frames, &mut entries)?;
                }
            }
            let id = trace.add_snapshot(&frames, &entries);
            if ids.insert(label.text, id).is_some() {
                return Err(label.error("a snapshot label that is not taken"));
            }
        }
        Ok(ids)
    }

    fn frame(
        &mut self,
        trace: &mut Trace,
        frames: &mut Vec<SnapFrame>,
        entries: &mut Vec<SnapEntry>,
    ) -> Parsed<()> {
        self.expect("code")?;
        let code = self.number("the number of a code object")?;
        let at = self.token(Kind::At, "a resume point such as @14")?;
        let pc = at.text[1..].parse().map_err(|_| at.error("a resume point such as @14"))?;
        self.expect("height")?;
        let height = self.number("a height of 16 bits")?;
        self.expect("{")?;
        let start = entries.len();
        while !self.accept("}") {
            if entries.len() > start {
                self.expect(",")?;
            }
            entries.push(self.entry(trace)?);
        }
        let count = u16::try_from(entries.len() - start);
        let count = count.map_err(|_| at.error("a frame of at most 65535 entries"))?;
        frames.push(SnapFrame { code, pc, height, entries: count });
        Ok(())
    }

    fn entry(&mut self, trace: &mut Trace) -> Parsed<SnapEntry> {
        let index = self.number("the index of a local or stack entry")?;
        self.expect(":")?;
        let recipe = match (self.peek().kind, self.peek().text) {
            (Kind::Word, "sub") => Recipe::WrappingSub,
            (Kind::Word, "add") => Recipe::WrappingAdd,
            _ => {
                let a = self.operand(trace)?;
                return Ok(SnapEntry { index, recipe: Recipe::Value, a, b: Val::NONE });
            }
        };
        self.next += 1;
        self.expect("(")?;
        let a = self.operand(trace)?;
        self.expect(",")?;
        let b = self.operand(trace)?;
        self.expect(")")?;
        Ok(SnapEntry { index, recipe, a, b })
    }
}
