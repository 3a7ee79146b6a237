//! The bytecode of small programs, as listings beside them in `tests/bytecode`.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p tierlab-frontend` writes them anew: read the difference.

use std::path::Path;
use tierlab_frontend::check::check;
use tierlab_frontend::compile_source;
use tierlab_frontend::disasm::disassemble;

#[test]
fn listings() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bytecode");
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    let mut seen = 0;
    let mut different = Vec::new();
    for entry in std::fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let code = compile_source(&name, &std::fs::read(&path).unwrap())
            .unwrap_or_else(|error| panic!("{error}"));
        check(&code).unwrap_or_else(|error| panic!("{name}: {error}"));
        let listing = disassemble(&code);
        let expected = path.with_extension("txt");
        if update {
            std::fs::write(&expected, &listing).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != listing {
            different.push(format!("{name}:\n{listing}"));
        }
        seen += 1;
    }
    assert!(seen >= 10, "only {seen} programs");
    assert!(different.is_empty(), "{}", different.join("\n"));
}
