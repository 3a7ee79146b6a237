//! Source text to syntax tree, with ruff's parser.

use crate::nesting;
use crate::source::{Problem, Source};
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// Parses a module.
pub(crate) fn parse(source: &Source) -> Result<ModModule, Problem> {
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY314);
    let Some(parsed) = parse_unchecked(&source.text, options).try_into_module() else {
        return Err(Problem::syntax(Default::default(), "not a module"));
    };
    let first = parsed
        .errors()
        .iter()
        .map(|error| Problem::syntax(error.location, error.error.to_string()))
        .chain(
            parsed
                .unsupported_syntax_errors()
                .iter()
                .map(|error| Problem::syntax(error.range, error.to_string())),
        )
        .min_by_key(|problem| problem.range.start());
    let Some(first) = first else {
        return match mixed_indentation(&source.text, parsed.tokens()) {
            Some(problem) => Err(problem),
            None => Ok(parsed.into_syntax()),
        };
    };
    // The parser recovers from a missing bracket at some later place.
    match nesting::unmatched_bracket(&source.text) {
        Some(bracket) if bracket.range.start() <= first.range.start() => Err(bracket),
        _ => Err(first),
    }
}

/// Indentation whose depth depends on how wide a tab is: the parser takes some of it.
fn mixed_indentation(text: &str, tokens: &Tokens) -> Option<Problem> {
    // Depths of the open blocks, with tabs as wide as 8 columns, and as 1.
    let mut open = vec![(0, 0)];
    let mut at_start = true;
    for token in tokens {
        match token.kind() {
            TokenKind::Newline => at_start = true,
            TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::Indent
            | TokenKind::Dedent
            | TokenKind::EndOfFile => {}
            _ if !at_start => {}
            _ => {
                at_start = false;
                let before = &text[TextRange::up_to(token.start())];
                let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
                let continues = before[..before.len() - line.len()]
                    .trim_end_matches(['\n', '\r'])
                    .ends_with('\\');
                if continues || !line.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\x0c')) {
                    continue;
                }
                let (wide, narrow) = line.bytes().fold((0, 0), |(wide, narrow), b| match b {
                    b' ' => (wide + 1, narrow + 1),
                    b'\t' => (wide / 8 * 8 + 8, narrow + 1),
                    _ => (0, 0),
                });
                while open.len() > 1 && open[open.len() - 1].0 > wide {
                    open.pop();
                }
                let top = open[open.len() - 1];
                let good = if wide > top.0 { narrow > top.1 } else { narrow == top.1 };
                if !good {
                    let start = token.start() - TextSize::of(line);
                    let message = "inconsistent use of tabs and spaces in indentation";
                    return Some(Problem::syntax(TextRange::new(start, token.start()), message));
                }
                if wide > top.0 {
                    open.push((wide, narrow));
                }
            }
        }
    }
    None
}
