//! Binding arguments to parameters, with CPython's messages where they do not fit.
//!
//! On entry the arguments stand on the stack from `first` on, the named ones last; on success
//! the locals stand there. Parameters come in this order: positional ones, keyword-only ones,
//! `*args`, `**kwargs`.

use super::Vm;
use crate::class;
use crate::code::RtCode;
use crate::error::{PyError, PyResult};
use crate::object::{Function, Tuple};
use crate::value::Value;

impl Vm {
    /// Binds `given` arguments, the last of them named by `names`.
    pub(super) fn bind_arguments(
        &mut self,
        rt: &RtCode,
        function: Function,
        first: usize,
        given: usize,
        names: Option<Tuple>,
    ) -> PyResult<()> {
        let params = rt.args as usize;
        let defaults = function.defaults().map_or(&[][..], |t| t.items());
        if names.is_some() || rt.source.parameters() != params {
            self.bind_any(rt, function, first, given, names)?;
        } else if given > params {
            return Err(too_many(rt, given, defaults.len(), 0));
        } else {
            for i in given..params {
                self.stack.set(first + i, Value::NULL);
            }
        }
        let required = params - defaults.len().min(params);
        for i in 0..params {
            if self.stack.get(first + i).is_null() {
                match i.checked_sub(required).and_then(|d| defaults.get(d)) {
                    Some(&value) => self.stack.set(first + i, value),
                    None => return Err(self.missing(rt, first, 0..required, "positional")),
                }
            }
        }
        let keyword_only = rt.source.keyword_only as usize;
        if keyword_only > 0 {
            let defaults = function.keyword_defaults().map_or(&[][..], |t| t.items());
            for i in 0..keyword_only {
                if self.stack.get(first + params + i).is_null()
                    && let Some(&value) = defaults.get(i)
                {
                    self.stack.set(first + params + i, value);
                }
            }
            let range = params..params + keyword_only;
            if range.clone().any(|i| self.stack.get(first + i).is_null()) {
                return Err(self.missing(rt, first, range, "keyword-only"));
            }
        }
        Ok(())
    }

    /// Any kinds of arguments and parameters; parameters without an argument become NULL.
    #[cold]
    fn bind_any(
        &mut self,
        rt: &RtCode,
        function: Function,
        first: usize,
        given: usize,
        names: Option<Tuple>,
    ) -> PyResult<()> {
        let code = &rt.source;
        let params = rt.args as usize;
        let plain = params + code.keyword_only as usize;
        let names = names.map_or(&[][..], |t| t.items());
        let positional = given - names.len().min(given);
        let values: Vec<Value> = (0..given).map(|i| self.stack.get(first + i)).collect();
        let mut locals = vec![Value::NULL; code.parameters()];
        let taken = positional.min(params);
        locals[..taken].copy_from_slice(&values[..taken]);
        let text = |name: Value| name.as_str().map_or("", |s| s.text());
        let known = |name: &str| {
            let from = code.positional_only as usize;
            (from..plain).find(|&i| *code.locals[i] == *name)
        };
        let mut rest_names: Vec<(Value, Value)> = Vec::new();
        for (&name, &value) in names.iter().zip(&values[positional..]) {
            match known(text(name)) {
                Some(index) if !locals[index].is_null() => {
                    return Err(PyError::type_error(format!(
                        "{}() got multiple values for argument '{}'",
                        code.qualname,
                        text(name)
                    )));
                }
                Some(index) => locals[index] = value,
                None if code.keywords => rest_names.push((name, value)),
                None => return Err(unexpected(rt, names, text(name))),
            }
        }
        if code.rest {
            locals[plain] = self.heap.alloc_tuple(values.get(taken..positional).unwrap_or(&[]))?;
        } else if positional > params {
            let defaults = function.defaults().map_or(0, |t| t.len());
            let keyword_only = locals[params..plain].iter().filter(|v| !v.is_null()).count();
            return Err(too_many(rt, positional, defaults, keyword_only));
        }
        if code.keywords {
            let dict = self.heap.alloc_table(class::DICT, Default::default());
            for (name, value) in rest_names {
                crate::ops::set_item(self, dict, name, value)?;
            }
            locals[plain + usize::from(code.rest)] = dict;
        }
        for (i, value) in locals.into_iter().enumerate() {
            self.stack.set(first + i, value);
        }
        Ok(())
    }

    #[cold]
    fn missing(
        &self,
        rt: &RtCode,
        first: usize,
        range: std::ops::Range<usize>,
        kind: &str,
    ) -> Box<PyError> {
        let names: Vec<String> = range
            .filter(|&i| self.stack.get(first + i).is_null())
            .map(|i| format!("'{}'", rt.source.locals[i]))
            .collect();
        let list = match names.as_slice() {
            [one] => one.clone(),
            [a, b] => format!("{a} and {b}"),
            [most @ .., last] => format!("{}, and {last}", most.join(", ")),
            [] => String::new(),
        };
        let s = if names.len() == 1 { "" } else { "s" };
        PyError::type_error(format!(
            "{}() missing {} required {kind} argument{s}: {list}",
            rt.source.qualname,
            names.len()
        ))
    }
}

#[cold]
fn unexpected(rt: &RtCode, names: &[Value], name: &str) -> Box<PyError> {
    let code = &rt.source;
    let only = &code.locals[..code.positional_only as usize];
    let named: Vec<&str> = only
        .iter()
        .filter(|p| names.iter().any(|n| n.as_str().is_some_and(|n| *n.text() == ***p)))
        .map(|name| &**name)
        .collect();
    if !named.is_empty() {
        return PyError::type_error(format!(
            "{}() got some positional-only arguments passed as keyword arguments: '{}'",
            code.qualname,
            named.join(", ")
        ));
    }
    PyError::type_error(format!("{}() got an unexpected keyword argument '{name}'", code.qualname))
}

#[cold]
fn too_many(rt: &RtCode, given: usize, defaults: usize, keyword_only: usize) -> Box<PyError> {
    let params = rt.args as usize;
    let s = |n: usize| if n == 1 { "" } else { "s" };
    let takes = if defaults > 0 {
        format!("from {} to {params} positional arguments", params - defaults.min(params))
    } else {
        format!("{params} positional argument{}", s(params))
    };
    let were = if given == 1 && keyword_only == 0 { "was" } else { "were" };
    let given = if keyword_only > 0 {
        format!(
            "{given} positional argument{} (and {keyword_only} keyword-only argument{})",
            s(given),
            s(keyword_only)
        )
    } else {
        given.to_string()
    };
    PyError::type_error(format!("{}() takes {takes} but {given} {were} given", rt.source.qualname))
}
