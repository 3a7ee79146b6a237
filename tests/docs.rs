//! What the documents name is there: files and folders in backticks and links, and the constants, types and
//! functions that stand beside a file.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// The documents, with their text.
fn documents() -> Vec<(PathBuf, String)> {
    let mut files = vec!["README.md".into(), "CONTRIBUTING.md".into(), "paper-notes.md".into()];
    let pages = std::fs::read_dir(root().join("docs")).unwrap();
    files.extend(pages.map(|page| Path::new("docs").join(page.unwrap().file_name())));
    files.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(root().join(&path)).unwrap();
        (path, text)
    };
    files.into_iter().map(read).collect()
}

/// The text without its blocks of code.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// Whether a word in backticks names a file or a folder of the project, and not a pattern or an
/// example's own file.
fn is_path(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let local = ["results/local", "/", "."].iter().any(|start| word.starts_with(start));
    let pattern = word.contains("NAME");
    let extension = Path::new(word).extension().and_then(|e| e.to_str());
    let file = matches!(extension, Some("rs" | "md" | "json" | "py" | "toml" | "sh" | "tir"));
    word.chars().all(plain)
        && word.contains('/')
        && !local
        && !pattern
        && (file || word.ends_with('/'))
}

#[test]
fn files_that_documents_name_are_there() {
    let mut named = 0;
    for (document, text) in documents() {
        let prose = prose(&text);
        let words = prose.split('`').skip(1).step_by(2).filter(|word| is_path(word));
        let links = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for word in words.chain(links.filter(|link| !link.contains(':') && !link.starts_with('#')))
        {
            named += 1;
            assert!(root().join(word).exists(), "{} names {word}", document.display());
        }
    }
    assert!(named > 30, "only {named} files are named");
}

/// In a list of what to change, the names behind a file, up to the next file, stand in that file.
#[test]
fn what_is_to_be_changed_is_where_documents_say() {
    let path = "docs/architecture.md";
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let (_, list) = text.split_once("## Where to change what").expect("the list is there");
    let mut file: Option<(&str, String)> = None;
    let mut checked = 0;
    for line in list.lines() {
        // Each item is about its own files.
        if line.starts_with("- ") {
            file = None;
        }
        for word in line.split('`').skip(1).step_by(2) {
            let word = word.trim_end_matches("()");
            if is_path(word) && root().join(word).is_file() {
                file = Some((word, std::fs::read_to_string(root().join(word)).unwrap()));
            } else if let Some((name, text)) = &file
                && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            {
                checked += 1;
                assert!(text.contains(word), "{path}: {word} is not in {name}");
            }
        }
    }
    assert!(checked >= 8, "only {checked} names are checked");
}
