//! Files: what `open` and its methods do, in a directory of the test's own.

use tierlab_vm::interp::{Vm, VmOptions};

const PROGRAM: &str = r#"
path = DIRECTORY + "/text.txt"
with open(path, "w") as file:
    print(file.write("héllo\nworld\n"), file.name == path, file.mode, file.writable(), file.readable())
    file.writelines(["a\r\n", "b"])
    print("printed", 5, file=file)
print(file.closed)
with open(path) as file:
    print(repr(file.read()))
with open(path, newline="") as file:
    print([line for line in file])
with open(path) as file:
    print(repr(file.readline()), repr(file.read(3)), file.readlines(), repr(file.read()))
with open(path, "rb") as file:
    print(file.read(3), file.tell(), file.seek(0), file.read(2), file.seek(-2, 2), file.read())
with open(path, "ab") as file:
    file.write(b"\xff")
with open(path, errors="replace") as file:
    print(repr(file.read()[-2:]))
with open(path, "r+", errors="replace") as file:
    file.write("H")
    file.seek(0)
    print(repr(file.readline()))
    file.truncate(4)


def attempt(what):
    try:
        print(repr(what()))
    except (OSError, ValueError, TypeError) as error:
        print(type(error).__name__, str(error).replace(DIRECTORY, "DIR"))


attempt(lambda: open(path, "x"))
attempt(lambda: open(DIRECTORY + "/missing"))
attempt(lambda: open(DIRECTORY))
attempt(lambda: open(path, "q"))
attempt(lambda: open(path, "rw"))
attempt(lambda: open(5.5))
attempt(lambda: open(path, "wb").write("x"))
attempt(lambda: file.read())
try:
    open(DIRECTORY + "/missing")
except FileNotFoundError as error:
    print(error.errno, error.strerror, error.filename == DIRECTORY + "/missing", error.args)
"#;

const EXPECTED: &str = r#"12 True w True False
True
'héllo\nworld\na\nbprinted 5\n'
['héllo\n', 'world\n', 'a\r\n', 'bprinted 5\n']
'héllo\n' 'wor' ['ld\n', 'a\n', 'bprinted 5\n'] ''
b'h\xc3\xa9' 3 0 b'h\xc3' 25 b'5\n'
'\n�'
'Héllo\n'
FileExistsError [Errno 17] File exists: 'DIR/text.txt'
FileNotFoundError [Errno 2] No such file or directory: 'DIR/missing'
IsADirectoryError [Errno 21] Is a directory: 'DIR'
ValueError invalid mode: 'q'
ValueError must have exactly one of create/read/write/append mode
TypeError expected str, bytes or os.PathLike object, not float
TypeError a bytes-like object is required, not 'str'
ValueError I/O operation on closed file.
2 No such file or directory True (2, 'No such file or directory')
"#;

#[test]
fn files_do_what_cpythons_do() {
    let directory = std::env::temp_dir().join(format!("tierlab-files-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("the directory for temporary files is writable");
    let text = directory.to_str().expect("its name is text");
    let source = format!("DIRECTORY = {text:?}\n{PROGRAM}");
    let code = tierlab_frontend::compile_source("files.py", source.as_bytes());
    let code = code.unwrap_or_else(|error| panic!("{error}"));
    for gc_stress in [false, true] {
        let mut vm = Vm::new(VmOptions { gc_stress, ..VmOptions::default() });
        vm.capture_output();
        let result = vm.run_main(&code);
        let output = String::from_utf8(vm.take_output()).expect("output is UTF-8");
        assert_eq!(output, EXPECTED);
        assert!(result.is_ok(), "{}", result.err().map_or(String::new(), |e| e.format_traceback()));
    }
    let _ = std::fs::remove_dir_all(&directory);
}
