//! Runs a Python file in the interpreter alone: `pyrun [--interp] FILE [ARGS]`.

use tierlab_vm::interp::{Mode, Vm, VmOptions};

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let mut options = VmOptions::default();
    while let Some(flag) = args.first().filter(|a| a.starts_with("--")).cloned() {
        args.remove(0);
        match flag.as_str() {
            "--interp" => options.mode = Mode::Interp,
            "--stress" => options.gc_stress = true,
            _ => {
                if let Some(kib) =
                    flag.strip_prefix("--threshold=").and_then(|n| n.parse::<usize>().ok())
                {
                    options.min_threshold = kib << 10;
                }
            }
        }
    }
    let Some(file) = args.first().cloned() else {
        eprintln!("usage: pyrun [--interp] FILE [ARGS]");
        std::process::exit(2);
    };
    options.argv = args;
    let bytes = std::fs::read(&file).unwrap_or_default();
    let code = match tierlab_frontend::compile_source(&file, &bytes) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(2);
        }
    };
    let mut vm = Vm::new(options);
    let result = vm.run_main(&code);
    std::process::exit(vm.finish(result));
}
