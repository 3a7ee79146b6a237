//! The examples of `docs/python-subset.md` are what the page says they are.

use tierlab_frontend::compile_source;

const PAGE: &str = include_str!("../../docs/python-subset.md");

/// The fenced blocks of a text: language and content.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some((language.to_string(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, content))) => {
                content.push_str(line);
                content.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

#[test]
fn examples() {
    let (inside, outside) = PAGE.split_once("## What is outside").expect("both parts");
    let compile = |source: &str| compile_source("example.py", source.as_bytes());
    let inside = blocks(inside);
    assert!(inside.len() >= 7);
    for (language, source) in &inside {
        assert_eq!(language, "python");
        if let Err(error) = compile(source) {
            panic!("{error}\n{source}");
        }
    }
    let outside = blocks(outside);
    assert!(outside.len() >= 10);
    for pair in outside.chunks(2) {
        let [(first, source), (second, expected)] = pair else { panic!("{pair:?}") };
        assert_eq!((first.as_str(), second.as_str()), ("python", "text"), "{source}");
        let error = compile(source).expect_err(source);
        assert_eq!(error.to_string(), expected.trim_end(), "{source}");
    }
}
