//! The format specification language: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.

use crate::error::{PyError, PyResult};
use crate::memory::room_for_items;
use crate::text::float_repr;

/// A parsed specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The character that fills up to the width.
    pub fill: char,
    /// `<`, `>`, `^` or `=`.
    pub align: Option<char>,
    /// `+`, `-` or space.
    pub sign: Option<char>,
    /// `#`.
    pub alternate: bool,
    /// The least width.
    pub width: usize,
    /// `,` or `_`.
    pub grouping: Option<char>,
    /// Digits after the point, or greatest length.
    pub precision: Option<usize>,
    /// The type letter.
    pub kind: Option<char>,
}

/// Numbers beyond this are refused.
const MAX_NUMBER: usize = isize::MAX as usize;
/// Precisions of floats beyond this are refused.
const MAX_FLOAT_PRECISION: usize = i32::MAX as usize;

impl Spec {
    /// Parses a specification for a value of type `of`.
    pub fn parse(text: &str, of: &str) -> PyResult<Spec> {
        let chars: Vec<char> = text.chars().collect();
        let is_align = |i: usize| chars.get(i).is_some_and(|c| matches!(c, '<' | '>' | '^' | '='));
        let mut spec = Spec {
            fill: ' ',
            align: None,
            sign: None,
            alternate: false,
            width: 0,
            grouping: None,
            precision: None,
            kind: None,
        };
        let mut i = 0;
        let mut filled = false;
        if is_align(1) {
            spec.fill = chars[0];
            spec.align = Some(chars[1]);
            filled = true;
            i = 2;
        } else if is_align(0) {
            spec.align = Some(chars[0]);
            i = 1;
        }
        if let Some(&c @ ('+' | '-' | ' ')) = chars.get(i) {
            spec.sign = Some(c);
            i += 1;
        }
        if chars.get(i) == Some(&'#') {
            spec.alternate = true;
            i += 1;
        }
        if chars.get(i) == Some(&'0') && !filled {
            spec.fill = '0';
            if spec.align.is_none() && of != "str" {
                spec.align = Some('=');
            }
            i += 1;
        }
        let number = |i: &mut usize| -> PyResult<Option<usize>> {
            let start = *i;
            let mut value = 0usize;
            while let Some(d) = chars.get(*i).and_then(|c| c.to_digit(10)) {
                value = value.saturating_mul(10).saturating_add(d as usize);
                if value > MAX_NUMBER {
                    return Err(PyError::value_error("Too many decimal digits in format string"));
                }
                *i += 1;
            }
            Ok((*i > start).then_some(value))
        };
        spec.width = number(&mut i)?.unwrap_or(0);
        while let Some(&c @ (',' | '_')) = chars.get(i) {
            if let Some(before) = spec.grouping {
                return Err(PyError::value_error(if before == c && c == ',' {
                    "Cannot specify ',' with ','.".to_string()
                } else if before == c {
                    "Cannot specify '_' with '_'.".to_string()
                } else {
                    "Cannot specify both ',' and '_'.".to_string()
                }));
            }
            spec.grouping = Some(c);
            i += 1;
        }
        if chars.get(i) == Some(&'.') {
            i += 1;
            spec.precision = Some(
                number(&mut i)?
                    .ok_or_else(|| PyError::value_error("Format specifier missing precision"))?,
            );
        }
        match chars.get(i..).unwrap_or(&[]) {
            [] => {}
            [kind] => spec.kind = Some(*kind),
            _ => {
                return Err(PyError::value_error(format!(
                    "Invalid format specifier '{text}' for object of type '{of}'"
                )));
            }
        }
        Ok(spec)
    }

    /// Raises where padding would be greater than memory, or, of numbers, the digits, or the precision is
    /// none that a float can have.
    pub fn check_size(&self, digits: bool) -> PyResult<()> {
        let precision = self.precision.filter(|_| digits).unwrap_or(0);
        if precision > MAX_FLOAT_PRECISION {
            return Err(PyError::value_error("precision too big"));
        }
        // Digits, padding, the text that has both, and the string.
        room_for_items(self.width.max(precision), 3 + self.fill.len_utf8())
    }

    /// "Unknown format code".
    #[cold]
    pub fn unknown(&self, of: &str) -> Box<PyError> {
        let kind = self.kind.unwrap_or(' ');
        PyError::value_error(format!("Unknown format code '{kind}' for object of type '{of}'"))
    }

    /// Fills up text that is no number.
    pub fn pad(&self, text: &str, default: char) -> String {
        if self.width == 0 {
            return text.to_string();
        }
        let missing = self.width.saturating_sub(text.chars().count());
        let (left, right) = match self.align.unwrap_or(default) {
            '>' => (missing, 0),
            '^' => (missing / 2, missing - missing / 2),
            _ => (0, missing),
        };
        let fill = |n| std::iter::repeat_n(self.fill, n);
        fill(left).chain(text.chars()).chain(fill(right)).collect()
    }

    /// Puts a number together: sign, prefix, digits in groups of `group`, rest, filled up.
    pub fn number(
        &self,
        negative: bool,
        prefix: &str,
        digits: &str,
        rest: &str,
        group: usize,
    ) -> String {
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            _ => "",
        };
        if self.grouping.is_none() && self.align != Some('=') {
            let len = sign.len() + prefix.len() + digits.len() + rest.len();
            let mut text = String::with_capacity(len.max(self.width));
            let parts = [sign, prefix, digits, rest];
            parts.into_iter().for_each(|part| text.push_str(part));
            return if self.width <= len { text } else { self.pad(&text, '>') };
        }
        let mut body = digits.to_string();
        if let Some(separator) = self.grouping
            && !digits.is_empty()
        {
            // Zeros in front are grouped like digits and count towards the width.
            let fixed = sign.len() + prefix.len() + rest.len();
            let want = if self.fill == '0' && self.align == Some('=') {
                self.width.saturating_sub(fixed)
            } else {
                0
            };
            let mut length = digits.len().max(want - want.div_ceil(group + 1));
            while grouped_len(length, group) < want {
                length += 1;
            }
            let padded = "0".repeat(length - digits.len()) + digits;
            body = String::new();
            for (i, c) in padded.chars().enumerate() {
                if i > 0 && (padded.len() - i).is_multiple_of(group) {
                    body.push(separator);
                }
                body.push(c);
            }
        }
        if self.align == Some('=') {
            let used = sign.len() + prefix.len() + body.chars().count() + rest.len();
            let fill: String =
                std::iter::repeat_n(self.fill, self.width.saturating_sub(used)).collect();
            return format!("{sign}{prefix}{fill}{body}{rest}");
        }
        self.pad(&format!("{sign}{prefix}{body}{rest}"), '>')
    }
}

fn grouped_len(digits: usize, group: usize) -> usize {
    digits + digits.saturating_sub(1) / group
}

/// Digits of a float's magnitude in a format; `None` as kind is that of `format(f, '')` with other
/// fields.
pub fn float_digits(
    f: f64,
    kind: Option<char>,
    precision: Option<usize>,
    alternate: bool,
) -> String {
    let upper = kind.is_some_and(|k| k.is_ascii_uppercase());
    let finish = |text: String| if upper { text.to_uppercase() } else { text };
    if f.is_nan() {
        return finish(if kind == Some('%') { "nan%" } else { "nan" }.to_string());
    }
    if f.is_infinite() {
        return finish(if kind == Some('%') { "inf%" } else { "inf" }.to_string());
    }
    let f = f.abs();
    let text = match (kind.map(|k| k.to_ascii_lowercase()), precision) {
        (None, None) => return float_repr(f),
        (None, Some(p)) => general(f, p.max(1), alternate, true),
        (Some('f'), p) => fixed(f, p.unwrap_or(6), alternate),
        (Some('%'), p) => {
            let scaled = f * 100.0;
            if scaled.is_infinite() {
                return "inf%".to_string();
            }
            fixed(scaled, p.unwrap_or(6), alternate) + "%"
        }
        (Some('e'), p) => exponential(f, p.unwrap_or(6), alternate),
        (_, p) => general(f, p.unwrap_or(6).max(1), alternate, false),
    };
    finish(text)
}

/// Rust's formatter takes precisions up to 65535; more digits are zeros.
const MAX_PRECISION: usize = 2000;

fn fixed(f: f64, precision: usize, alternate: bool) -> String {
    let exact = precision.min(MAX_PRECISION);
    let mut text = format!("{f:.exact$}");
    text.extend(std::iter::repeat_n('0', precision - exact));
    if precision == 0 && alternate {
        text.push('.');
    }
    text
}

fn exponential(f: f64, precision: usize, alternate: bool) -> String {
    let exact = precision.min(MAX_PRECISION);
    let text = format!("{f:.exact$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mut mantissa = mantissa.to_string();
    mantissa.extend(std::iter::repeat_n('0', precision - exact));
    if precision == 0 && alternate {
        mantissa.push('.');
    }
    format!("{mantissa}e{}", exponent_text(exponent.parse().unwrap_or(0)))
}

fn exponent_text(exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{:02}", exponent.abs())
}

/// The `g` format; `point` keeps one digit behind the point, as `str` does.
fn general(f: f64, precision: usize, alternate: bool, point: bool) -> String {
    let exact = (precision - 1).min(MAX_PRECISION);
    let text = format!("{f:.exact$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let mut digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    if alternate {
        digits.extend(std::iter::repeat_n('0', precision - 1 - exact));
    } else {
        while digits.len() > 1 && digits.ends_with('0') {
            digits.pop();
        }
    }
    // `str`'s variant goes over to exponents one digit earlier.
    let limit = precision as i32 - i32::from(point);
    if exponent < -4 || exponent >= limit {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() && !alternate { "" } else { "." };
        return format!("{first}{dot}{rest}e{}", exponent_text(exponent));
    }
    if exponent < 0 {
        return format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        let zeros = "0".repeat(whole - digits.len());
        let end = if point {
            ".0"
        } else if alternate {
            "."
        } else {
            ""
        };
        return format!("{digits}{zeros}{end}");
    }
    format!("{}.{}", &digits[..whole], &digits[whole..])
}
