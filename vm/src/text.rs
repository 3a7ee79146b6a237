//! Text of values: type names, `repr` and `str`, and the digits of floats.
//!
//! What shows items may leave garbage behind with each. Built-ins whose caller holds nothing in variables (see
//! [`crate::interp`]) so use the forms that collect between items, `…_collecting`; others those that do not.

use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops::int;
use crate::value::Value;
use std::fmt::Write;

/// Containers in containers may be this deep.
const MAX_DEPTH: usize = 900;

/// Classes of the library that CPython has in C: messages name those with their module.
const NAMED_WITH_MODULE: [(&str, &str); 2] =
    [("OrderedDict", "collections.OrderedDict"), ("defaultdict", "collections.defaultdict")];

/// The name of a value's type, as messages have it.
pub fn type_name<'a>(value: Value) -> &'a str {
    if let Some(instance) = value.as_instance() {
        let ty = instance.ty();
        let named = NAMED_WITH_MODULE.iter().find(|(name, _)| *name == &*ty.name);
        return match named {
            Some((_, full)) if &*ty.module == "collections" => full,
            _ => &ty.name,
        };
    }
    if let (class::REVERSED, Some(words)) = (value.class(), value.as_words()) {
        return match (words.get(0).class(), value.aux()) {
            (class::LIST, _) => "list_reverseiterator",
            (_, class::DICT | class::DICT_KEYS) => "dict_reversekeyiterator",
            (_, class::DICT_VALUES) => "dict_reversevalueiterator",
            (_, class::DICT_ITEMS) => "dict_reverseitemiterator",
            _ => class::name(class::REVERSED),
        };
    }
    class::name(value.class())
}

/// The same as messages about arguments have it: `None` for the type of that.
pub fn argument_type<'a>(value: Value) -> &'a str {
    if value.is_none() { "None" } else { type_name(value) }
}

/// The shortest digits that give the float back, and the position of the decimal point after the
/// first digits (`0.digits * 10^point`).
fn shortest(f: f64) -> (String, i32) {
    let mut text = format!("{:e}", f.abs());
    // Where two shortest texts are equally near, CPython takes the even one; Rust's exact
    // formatting does too. That needs all the digits a float has.
    if text.find('e').is_some_and(|n| n >= 17) {
        let digits = text.find('e').unwrap_or(0) - 2;
        let even = format!("{:.digits$e}", f.abs());
        if even.parse() == Ok(f.abs()) {
            text = even;
        }
    }
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    (digits, exponent + 1)
}

/// `repr(f)`.
pub fn float_repr(f: f64) -> String {
    if f.is_nan() {
        return "nan".to_string();
    }
    if f.is_infinite() {
        return if f < 0.0 { "-inf" } else { "inf" }.to_string();
    }
    let mut out = String::with_capacity(24);
    if f.is_sign_negative() {
        out.push('-');
    }
    let (digits, point) = shortest(f);
    let n = digits.len() as i32;
    if !(-4..=15).contains(&(point - 1)) {
        out.push_str(&digits[..1]);
        if n > 1 {
            out.push('.');
            out.push_str(&digits[1..]);
        }
        let exponent = point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "e{sign}{:02}", exponent.abs());
    } else if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', -point as usize));
        out.push_str(&digits);
    } else if point >= n {
        out.push_str(&digits);
        out.extend(std::iter::repeat_n('0', (point - n) as usize));
        out.push_str(".0");
    } else {
        out.push_str(&digits[..point as usize]);
        out.push('.');
        out.push_str(&digits[point as usize..]);
    }
    out
}

/// `repr` of a string.
pub fn quote(text: &str, ascii: bool) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            _ if c == quote => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            _ if !ascii && is_printable(c) => out.push(c),
            _ => {
                let code = c as u32;
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
    out
}

/// Whether `repr` shows a character as it is.
pub fn is_printable(c: char) -> bool {
    if c.is_control() || (c != ' ' && c.is_whitespace()) {
        return false;
    }
    // Rust's own escaping knows which characters Unicode calls unprintable.
    c.escape_debug().len() == 1 || !c.is_ascii() && c.escape_debug().next() != Some('\\')
}

/// How the parts of a text are made.
#[derive(Clone, Copy, Default)]
pub(crate) struct Path {
    /// Whether there is a safe point between items.
    collects: bool,
}

impl Path {
    /// Within one container more, which `f` shows; `again` stands for one that is shown already.
    ///
    /// # Errors
    /// Containers that nest too deeply, and what `f` raises.
    pub(crate) fn within(
        self,
        vm: &mut Vm,
        container: Value,
        again: &str,
        out: &mut String,
        f: impl FnOnce(&mut Vm, &mut String) -> PyResult<()>,
    ) -> PyResult<()> {
        // Methods of programs may stand in between: what is being shown is known to the machine.
        if vm.shown.contains(&container) {
            out.push_str(again);
            return Ok(());
        }
        if vm.shown.len() > MAX_DEPTH {
            return Err(PyError::new(
                ExcKind::RecursionError,
                "maximum recursion depth exceeded while getting the repr of an object",
            ));
        }
        vm.shown.push(container);
        let held = if self.collects { &[container][..] } else { &[] };
        let result = vm.holding(held, |vm| f(vm, out));
        vm.shown.pop();
        result
    }

    /// Shows an item. What else is needed is held.
    fn item(self, vm: &mut Vm, item: Value, out: &mut String) -> PyResult<()> {
        let held = if self.collects { &[item][..] } else { &[] };
        vm.holding(held, |vm| write_repr(vm, item, out, self))?;
        self.between(vm)
    }

    /// What stands between two items.
    fn between(self, vm: &mut Vm) -> PyResult<()> {
        if self.collects { vm.safe_point_of_builtin() } else { Ok(()) }
    }

    /// Shows items that are held by nothing else.
    fn items(self, vm: &mut Vm, items: &[Value], out: &mut String) -> PyResult<()> {
        let held = if self.collects { items } else { &[] };
        vm.holding(held, |vm| {
            for (i, &item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                self.item(vm, item, out)?;
            }
            Ok(())
        })
    }
}

/// `str(value)`.
pub fn to_str(vm: &mut Vm, value: Value) -> PyResult<String> {
    str_within(vm, value, Path::default())
}

/// The same as a safe point.
pub(crate) fn to_str_collecting(vm: &mut Vm, value: Value) -> PyResult<String> {
    str_within(vm, value, Path { collects: true })
}

fn str_within(vm: &mut Vm, value: Value, path: Path) -> PyResult<String> {
    if let Some(string) = value.as_str() {
        return Ok(string.text().to_string());
    }
    if value.is_class(class::INSTANCE) {
        if let Some(text) = vm.special_text(value, "__str__")? {
            return Ok(text);
        }
        if crate::exceptions::is_exception(value) {
            return crate::exceptions::message_of(vm, value);
        }
        if let Some(string) = value.plain().as_str() {
            return Ok(string.text().to_string());
        }
        // `__repr__` stands in; where it gives no string, it is `__str__` that is blamed.
        if let Some(text) = vm.call_special(value, "__repr__", &[])? {
            return vm.text_of_special(text, "__str__");
        }
    }
    let mut out = String::new();
    write_repr(vm, value, &mut out, path)?;
    Ok(out)
}

/// `repr` of an object of a class that derives from a built-in type, as that type gives it.
pub fn held_repr(vm: &mut Vm, value: Value) -> PyResult<String> {
    let mut out = String::new();
    write_held(vm, value, &mut out, Path::default())?;
    Ok(out)
}

fn write_held(vm: &mut Vm, value: Value, out: &mut String, path: Path) -> PyResult<()> {
    let held = value.plain();
    if held != value && matches!(held.class(), class::SET | class::FROZENSET) {
        let mut text = String::new();
        write_repr(vm, held, &mut text, path)?;
        let items = text.trim_start_matches("frozenset(").trim_start_matches("set(");
        let items = items.trim_end_matches(')');
        let _ = write!(out, "{}({items})", type_name(value));
        return Ok(());
    }
    if held != value
        && let Some(bytes) = held.as_bytes().filter(|bytes| bytes.may_change())
    {
        let _ = write!(out, "{}({})", type_name(value), crate::builtins::bytes_repr(bytes));
        return Ok(());
    }
    if held != value
        && let Some(method) = vm.special(held, "__repr__")
    {
        // Native types show the class of the object.
        let text = vm.call_quiet(method, &[value])?;
        out.push_str(text.as_str().map_or("?", |text| text.text()));
        return Ok(());
    }
    write_repr(vm, held, out, path)
}

/// `repr(value)`.
pub fn to_repr(vm: &mut Vm, value: Value) -> PyResult<String> {
    let mut out = String::new();
    write_repr(vm, value, &mut out, Path::default())?;
    Ok(out)
}

/// The same as a safe point.
pub(crate) fn to_repr_collecting(vm: &mut Vm, value: Value) -> PyResult<String> {
    let mut out = String::new();
    write_repr(vm, value, &mut out, Path { collects: true })?;
    Ok(out)
}

fn write_repr(vm: &mut Vm, value: Value, out: &mut String, path: Path) -> PyResult<()> {
    if let Some(i) = value.as_small_int() {
        let _ = write!(out, "{i}");
        return Ok(());
    }
    match value.class() {
        class::FLOAT => out.push_str(&float_repr(value.as_float().unwrap_or(0.0))),
        class::NONE => out.push_str("None"),
        class::BOOL => out.push_str(if value.is_true() { "True" } else { "False" }),
        class::NOT_IMPLEMENTED => out.push_str("NotImplemented"),
        class::INT => {
            if let Some(big) = value.as_big() {
                out.push_str(&int::to_decimal(big, vm.int_max_str_digits)?);
            }
        }
        class::STR => out.push_str(&quote(value.as_str().map_or("", |s| s.text()), false)),
        class::BYTES | class::BYTEARRAY => {
            let Some(bytes) = value.as_bytes() else { return Ok(()) };
            let text = crate::builtins::bytes_repr(bytes);
            if bytes.may_change() {
                let _ = write!(out, "bytearray({text})");
            } else {
                out.push_str(&text);
            }
        }
        class::LIST | class::TUPLE => {
            let list = value.as_list();
            let (open, close) = if list.is_some() { ('[', ']') } else { ('(', ')') };
            let again = if list.is_some() { "[...]" } else { "(...)" };
            // Looked up anew each time: showing an item may change a list.
            let item = |i: usize| match list {
                Some(list) => list.get(i),
                None => value.as_tuple().and_then(|tuple| tuple.items().get(i).copied()),
            };
            return path.within(vm, value, again, out, |vm, out| {
                out.push(open);
                let mut i = 0;
                while let Some(item) = item(i) {
                    if i > 0 {
                        out.push_str(", ");
                    }
                    path.item(vm, item, out)?;
                    i += 1;
                }
                if i == 1 && close == ')' {
                    out.push(',');
                }
                out.push(close);
                Ok(())
            });
        }
        class::RANGE => {
            if let Some(range) = value.as_range() {
                let r = range.fields();
                let _ = if r.step == 1 {
                    write!(out, "range({}, {})", r.start, r.stop)
                } else {
                    write!(out, "range({}, {}, {})", r.start, r.stop, r.step)
                };
            }
        }
        class::SLICE => {
            out.push_str("slice(");
            for (i, part) in
                value.as_slice().map_or([Value::none(); 3], |s| s.parts()).iter().enumerate()
            {
                if i > 0 {
                    out.push_str(", ");
                }
                write_repr(vm, *part, out, path)?;
            }
            out.push(')');
        }
        class::FUNCTION => {
            let code = value.as_function().and_then(|f| vm.code(f.code_id()));
            let name = code.map_or("?", |c| &*c.source.qualname);
            let _ = write!(out, "<function {name} at {:#x}>", value.bits() - 1);
        }
        class::BUILTIN => {
            let name = crate::builtins::name_of(value);
            let (of, name) = name.rsplit_once('.').unwrap_or(("", name));
            let _ = match crate::builtins::home_of(value) {
                Some(home) => write!(out, "<method '{name}' of '{home}' objects>"),
                None if of == "special" => write!(out, "<slot wrapper '{name}'>"),
                None => write!(out, "<built-in function {name}>"),
            };
        }
        class::BOUND_METHOD => {
            let Some(method) = value.as_method() else { return Ok(()) };
            let (callable, receiver) = (method.callable(), method.receiver());
            if let Some(function) = callable.as_function() {
                let code = vm.code(function.code_id());
                let name = code.map_or("?".into(), |c| c.source.qualname.clone());
                let _ = write!(out, "<bound method {name} of ");
                write_repr(vm, receiver, out, path)?;
                out.push('>');
                return Ok(());
            }
            let name = crate::builtins::name_of(callable);
            let name = name.rsplit('.').next().unwrap_or(name);
            let of = type_name(receiver);
            let _ =
                write!(out, "<built-in method {name} of {of} object at {:#x}>", value.bits() - 1);
        }
        class::MODULE => {
            let module = vm.module(value.aux());
            let name = module.map_or("?", |m| &*m.name);
            match module.and_then(|m| m.file.as_ref()) {
                Some(file) => {
                    let _ = write!(out, "<module '{name}' from '{file}'>");
                }
                None => {
                    let _ = write!(out, "<module '{name}' (built-in)>");
                }
            }
        }
        class::TYPE => {
            if let Some(text) = vm.special_text(value, "__repr__")? {
                out.push_str(&text);
                return Ok(());
            }
            let name = value.as_type().map_or("?".to_string(), |ty| ty.full_name());
            let _ = write!(out, "<class '{name}'>");
        }
        class::ELLIPSIS => out.push_str("Ellipsis"),
        class::DICT => return write_dict(vm, value, out, path),
        class::NAMESPACE => {
            // Each look at the variables makes another dict: the owner is what is in itself.
            let owner = value.as_words().map_or(value, |words| words.get(0));
            return path.within(vm, owner, "{...}", out, |vm, out| {
                let dict = vm.namespace_dict(value);
                write_dict(vm, dict, out, path)
            });
        }
        class::FILE => out.push_str(&crate::builtins::file_repr(vm, value)),
        class::UNION => {
            let types = value.as_words().and_then(|words| words.get(0).as_tuple());
            for (i, part) in types.map_or(&[][..], |t| t.items()).iter().enumerate() {
                let name = part.as_type().map_or("?".to_string(), |ty| match ty.id {
                    class::NONE => "None".to_string(),
                    _ => ty.full_name(),
                });
                let _ = write!(out, "{}{name}", if i > 0 { " | " } else { "" });
            }
        }
        class::SET | class::FROZENSET => return write_set(vm, value, out, path),
        class::DICT_KEYS | class::DICT_VALUES | class::DICT_ITEMS => {
            let dict = value.as_words().and_then(|words| words.get(0).as_dict());
            let mut items = Vec::new();
            for (_, key, item) in dict.map_or(Vec::new(), |d| d.table().entries()) {
                items.push(crate::ops::view_item(vm, value.class(), key, item)?);
            }
            return path.within(vm, value, "...", out, |vm, out| {
                let _ = write!(out, "{}([", class::name(value.class()));
                path.items(vm, &items, out)?;
                out.push_str("])");
                Ok(())
            });
        }
        class::GENERATOR => {
            let name = vm.code(value.aux()).map_or("?".into(), |c| c.source.qualname.clone());
            let _ = write!(out, "<generator object {name} at {:#x}>", value.bits() - 1);
        }
        class::SUPER => {
            let words = value.as_words().map_or([value; 2], |w| [w.get(0), w.get(2)]);
            let name = |v: Value| v.as_type().map_or("?", |ty| &*ty.name);
            let _ =
                write!(out, "<super: <class '{}'>, <{} object>>", name(words[0]), name(words[1]));
        }
        class::INSTANCE => {
            // Texts of objects inside objects nest as calls do.
            if let Some(text) = vm.special_text(value, "__repr__")? {
                out.push_str(&text);
            } else if crate::exceptions::is_exception(value) {
                out.push_str(&crate::exceptions::repr_of(vm, value)?);
            } else if value.plain() != value {
                write_held(vm, value, out, path)?;
            } else {
                out.push_str(&crate::types::default_repr(vm, value));
            }
        }
        class if class::is_native(class) => match vm.special_text(value, "__repr__")? {
            Some(text) => out.push_str(&text),
            None => out.push_str(&crate::types::default_repr(vm, value)),
        },
        _ => {
            let _ = write!(out, "<{} object at {:#x}>", type_name(value), value.bits() - 1);
        }
    }
    Ok(())
}

fn write_dict(vm: &mut Vm, value: Value, out: &mut String, path: Path) -> PyResult<()> {
    let Some(dict) = value.as_dict() else { return Ok(()) };
    path.within(vm, value, "{...}", out, |vm, out| {
        out.push('{');
        let mut place = 0;
        while let Some((entry, next)) = dict.table().next(place) {
            if place > 0 {
                out.push_str(", ");
            }
            // Showing the key may take the entry out of the dict.
            vm.holding(&[entry.value], |vm| {
                path.item(vm, entry.key, out)?;
                out.push_str(": ");
                path.item(vm, entry.value, out)
            })?;
            place = next;
        }
        out.push('}');
        Ok(())
    })
}

fn write_set(vm: &mut Vm, value: Value, out: &mut String, path: Path) -> PyResult<()> {
    let frozen = value.is_class(class::FROZENSET);
    let items = value.as_set().map_or(Vec::new(), |s| s.table().keys());
    if items.is_empty() {
        out.push_str(if frozen { "frozenset()" } else { "set()" });
        return Ok(());
    }
    path.within(vm, value, "set(...)", out, |vm, out| {
        out.push_str(if frozen { "frozenset({" } else { "{" });
        path.items(vm, &items, out)?;
        out.push_str(if frozen { "})" } else { "}" });
        Ok(())
    })
}

impl Vm {
    /// `str(value)`.
    pub fn str_of(&mut self, value: Value) -> PyResult<String> {
        to_str(self, value)
    }

    /// `repr(value)`.
    pub fn repr_of(&mut self, value: Value) -> PyResult<String> {
        to_repr(self, value)
    }
}
