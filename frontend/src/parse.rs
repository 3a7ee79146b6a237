//! Source text to syntax tree, with ruff's parser.

use crate::nesting;
use crate::source::{Problem, Source};
use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

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
    let Some(first) = first else { return Ok(parsed.into_syntax()) };
    // The parser recovers from a missing bracket at some later place.
    match nesting::unmatched_bracket(&source.text) {
        Some(bracket) if bracket.range.start() <= first.range.start() => Err(bracket),
        _ => Err(first),
    }
}
