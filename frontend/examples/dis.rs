//! Lists the bytecode of a Python file.

fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap_or_default();
        match tierlab_frontend::compile_source(&path, &bytes) {
            Ok(code) => print!("{}", tierlab_frontend::disasm::disassemble(&code)),
            Err(error) => eprintln!("{error}"),
        }
    }
}
