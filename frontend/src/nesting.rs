//! How deeply a source is nested, measured on its tokens before anything recursive sees it.
//!
//! Parser, analysis and compiler recurse over expressions, and so does dropping their trees. The
//! bound computed here is an upper bound of that recursion: sources above the limit are refused,
//! and the rest tells how much stack is wanted.

use crate::source::Problem;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer::lex};
use ruff_text_size::{TextRange, TextSize};

/// CPython's limit of open brackets.
const MAX_BRACKETS: usize = 200;
/// CPython's limit of indentation levels.
const MAX_INDENTS: usize = 100;
/// Limit of the nesting of one logical line: CPython gives up at about the same length of an
/// operator chain.
pub(crate) const MAX_DEPTH: u32 = 3000;

/// What is open at a place of a logical line.
#[derive(Default)]
struct Level {
    /// Tokens of the current element that may each nest one deeper.
    chain: u32,
    /// The same for tokens after which a comma does not end what they began.
    sticky: u32,
    /// Deepest bracket of the current element.
    inner: u32,
    /// Deepest element so far.
    deepest: u32,
}

impl Level {
    fn end_element(&mut self) {
        self.deepest = self.deepest.max(self.chain + self.inner);
        self.chain = 0;
        self.inner = 0;
    }

    fn depth(mut self) -> u32 {
        self.end_element();
        self.deepest + self.sticky + 1
    }
}

/// The deepest nesting of any logical line of a source, or the refusal.
pub(crate) fn measure(text: &str) -> Result<u32, Problem> {
    scan(text).map_err(|message| {
        // The lexer does not tell places. The shortest refused prefix ends at the place.
        let fails = |end: usize| scan(&text[..text.floor_char_boundary(end)]).is_err();
        let (mut good, mut bad) = (0, text.len());
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            if fails(middle) { bad = middle } else { good = middle }
        }
        let start = TextSize::try_from(text.floor_char_boundary(good)).unwrap_or_default();
        Problem::syntax(TextRange::empty(start), message)
    })
}

const TOO_DEEP: &str = "expression is nested too deeply";

fn scan(text: &str) -> Result<u32, &'static str> {
    let mut lexer = lex(text, Mode::Module);
    let mut levels = vec![Level::default()];
    let (mut deepest, mut indents, mut brackets) = (0, 0usize, 0usize);
    loop {
        let kind = lexer.next_token();
        let top = levels.len() - 1;
        match kind {
            TokenKind::EndOfFile => break,
            TokenKind::Comment | TokenKind::NonLogicalNewline => continue,
            TokenKind::Indent => {
                indents += 1;
                if indents >= MAX_INDENTS {
                    return Err("too many levels of indentation");
                }
            }
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Newline => {
                while levels.len() > 1 {
                    close(&mut levels);
                }
                deepest = deepest.max(levels.pop().unwrap_or_default().depth());
                levels.push(Level::default());
                brackets = 0;
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                brackets += 1;
                if brackets > MAX_BRACKETS {
                    return Err("too many nested parentheses");
                }
                levels.push(Level::default());
            }
            TokenKind::FStringStart | TokenKind::TStringStart => levels.push(Level::default()),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                brackets = brackets.saturating_sub(1);
                close(&mut levels);
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => close(&mut levels),
            TokenKind::Comma => levels[top].end_element(),
            TokenKind::Semi if top == 0 => levels[top].end_element(),
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::And
            | TokenKind::Or
            | TokenKind::True
            | TokenKind::False
            | TokenKind::None => {}
            TokenKind::Lambda => levels[top].sticky += 1,
            // Recovery from errors may nest statements that share a line.
            kind if top == 0 && kind.is_non_soft_keyword() => levels[top].sticky += 1,
            _ => levels[top].chain += 1,
        }
        let top = &levels[levels.len() - 1];
        if deepest > MAX_DEPTH {
            return Err(TOO_DEEP);
        }
        if top.chain + top.inner + top.sticky > MAX_DEPTH || levels.len() > 2 * MAX_BRACKETS {
            return Err(TOO_DEEP);
        }
    }
    while levels.len() > 1 {
        close(&mut levels);
    }
    let depth = deepest.max(levels.pop().unwrap_or_default().depth());
    if depth > MAX_DEPTH { Err(TOO_DEEP) } else { Ok(depth) }
}

fn close(levels: &mut Vec<Level>) {
    if levels.len() > 1 {
        let depth = levels.pop().unwrap_or_default().depth();
        let outer = levels.len() - 1;
        levels[outer].inner = levels[outer].inner.max(depth);
        levels[outer].chain += 1;
    }
}

/// A bracket without its partner: its place and what CPython says of it.
pub(crate) fn unmatched_bracket(text: &str) -> Option<Problem> {
    let mut lexer = lex(text, Mode::Module);
    // Open brackets with their number among all brackets.
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut seen = 0;
    let found = loop {
        let kind = lexer.next_token();
        if kind == TokenKind::EndOfFile {
            break open.last().map(|(number, c)| (*number, format!("'{c}' was never closed")));
        }
        let Some(c) = bracket(kind) else { continue };
        match c {
            '(' | '[' | '{' => open.push((seen, c)),
            _ => match open.pop() {
                None => break Some((seen, format!("unmatched '{c}'"))),
                Some((_, '(')) if c == ')' => {}
                Some((_, '[')) if c == ']' => {}
                Some((_, '{')) if c == '}' => {}
                Some((_, o)) => {
                    let message = format!(
                        "closing parenthesis '{c}' does not match opening parenthesis '{o}'"
                    );
                    break Some((seen, message));
                }
            },
        }
        seen += 1;
    };
    let (number, message) = found?;
    let enough = |end: usize| {
        let mut lexer = lex(&text[..text.floor_char_boundary(end)], Mode::Module);
        let mut seen = 0;
        loop {
            match lexer.next_token() {
                TokenKind::EndOfFile => break seen > number,
                kind => seen += usize::from(bracket(kind).is_some()),
            }
        }
    };
    let (mut good, mut bad) = (0, text.len());
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if enough(middle) { bad = middle } else { good = middle }
    }
    let start = TextSize::try_from(text.floor_char_boundary(good)).ok()?;
    Some(Problem::syntax(TextRange::at(start, TextSize::new(1)), message))
}

fn bracket(kind: TokenKind) -> Option<char> {
    Some(match kind {
        TokenKind::Lpar => '(',
        TokenKind::Rpar => ')',
        TokenKind::Lsqb => '[',
        TokenKind::Rsqb => ']',
        TokenKind::Lbrace => '{',
        TokenKind::Rbrace => '}',
        _ => return None,
    })
}
