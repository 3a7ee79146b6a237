//! What Python asks of characters: kinds, cases, white space.
//!
//! A *letter* here is what Unicode calls one (a general category of L), which is less than Rust's
//! `is_alphabetic`.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// `str.isspace` of a character.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// `str.isalpha` of a character.
pub fn is_alpha(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    c.general_category_group() == GeneralCategoryGroup::Letter
}

/// `str.isdecimal` of a character.
pub fn is_decimal(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_digit();
    }
    c.general_category() == GeneralCategory::DecimalNumber
}

/// The ASCII digit for a decimal; any other character is itself.
pub fn ascii_digit(c: char) -> char {
    if c.is_ascii() || !is_decimal(c) {
        return c;
    }
    // Decimals stand in runs of ten; the zero is the one before which there is no decimal of the run.
    let code = c as u32;
    let before = |n: u32| char::from_u32(code.wrapping_sub(n)).is_some_and(is_decimal);
    let mut value = 0;
    while value < 9 && before(value + 1) {
        value += 1;
    }
    char::from_digit(value, 10).unwrap_or(c)
}

/// `str.isdigit` of a character: decimals, and digits in other shapes.
pub fn is_digit(c: char) -> bool {
    is_decimal(c)
        || matches!(c,
            '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{2070}' | '\u{2074}'..='\u{2079}'
            | '\u{2080}'..='\u{2089}' | '\u{2460}'..='\u{2468}' | '\u{2474}'..='\u{247c}'
            | '\u{2488}'..='\u{2490}' | '\u{24ea}' | '\u{24f5}'..='\u{24fd}' | '\u{24ff}'
            | '\u{2776}'..='\u{277e}' | '\u{2780}'..='\u{2788}' | '\u{278a}'..='\u{2792}'
            | '\u{1369}'..='\u{1371}' | '\u{1f100}'..='\u{1f10a}')
}

/// `str.isnumeric` of a character.
pub fn is_numeric(c: char) -> bool {
    c.is_numeric()
        || matches!(
            c,
            '〇' | '一'
                | '二'
                | '三'
                | '四'
                | '五'
                | '六'
                | '七'
                | '八'
                | '九'
                | '十'
                | '百'
                | '千'
                | '万'
                | '億'
        )
}

/// `str.isalnum` of a character.
pub fn is_alnum(c: char) -> bool {
    is_alpha(c) || is_numeric(c)
}

fn is_titlecase(c: char) -> bool {
    !c.is_ascii() && c.general_category() == GeneralCategory::TitlecaseLetter
}

/// Whether a text has cased characters, and all of them are `wanted`.
fn all_cased(text: &str, wanted: fn(char) -> bool, other: fn(char) -> bool) -> bool {
    let mut some = false;
    for c in text.chars() {
        if other(c) || is_titlecase(c) {
            return false;
        }
        some |= wanted(c);
    }
    some
}

/// `str.isupper`.
pub fn is_upper(text: &str) -> bool {
    all_cased(text, char::is_uppercase, char::is_lowercase)
}

/// `str.islower`.
pub fn is_lower(text: &str) -> bool {
    all_cased(text, char::is_lowercase, char::is_uppercase)
}

/// `str.istitle`.
pub fn is_title(text: &str) -> bool {
    let (mut inside, mut some) = (false, false);
    for c in text.chars() {
        let upper = c.is_uppercase() || is_titlecase(c);
        if upper && inside || c.is_lowercase() && !inside {
            return false;
        }
        inside = upper || c.is_lowercase();
        some |= inside;
    }
    some
}

/// `str.isidentifier`.
pub fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}

/// Adds a character in title case.
fn push_title(c: char, out: &mut String) {
    let mut upper = c.to_uppercase();
    out.extend(upper.next());
    out.extend(upper.flat_map(char::to_lowercase));
}

/// `str.title`.
pub fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            push_title(c, &mut out);
        }
        inside = c.is_uppercase() || c.is_lowercase() || is_titlecase(c);
    }
    out
}

/// `str.capitalize`.
pub fn capitalize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    if let Some(first) = chars.next() {
        push_title(first, &mut out);
    }
    out.push_str(&chars.as_str().to_lowercase());
    out
}

/// `str.swapcase`.
pub fn swap_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_uppercase() {
            out.extend(c.to_lowercase());
        } else if c.is_lowercase() {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}

/// `str.casefold`.
pub fn case_fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'ß' | 'ẞ' => out.push_str("ss"),
            'ς' => out.push('σ'),
            'ŉ' => out.push_str("ʼn"),
            'ſ' => out.push('s'),
            'ﬀ' => out.push_str("ff"),
            'ﬁ' => out.push_str("fi"),
            'ﬂ' => out.push_str("fl"),
            _ => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// Whether a character ends a line.
pub fn is_line_end(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
