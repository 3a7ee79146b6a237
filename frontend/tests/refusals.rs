//! Every refusal has its message and its place.

use tierlab_frontend::compile_source;

/// The first line of the error, without the file's name.
fn refusal(source: &str) -> String {
    match compile_source("f.py", source.as_bytes()) {
        Ok(_) => "compiles".to_string(),
        Err(error) => {
            let text = error.to_string();
            text.lines().next().unwrap_or_default().trim_start_matches("f.py:").to_string()
        }
    }
}

fn check(cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (source, expected) in cases {
        let found = refusal(source);
        if found != *expected {
            wrong.push(format!("{source:?}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn outside_the_subset() {
    check(&[
        ("class A[T]: pass\n", "1:8: unsupported: type parameters"),
        ("try:\n    pass\nexcept* E:\n    pass\n", "1:1: unsupported: `except*` clauses"),
        ("match a:\n    case 1: pass\n", "1:1: unsupported: `match` statements"),
        ("async def f():\n    pass\n", "1:1: unsupported: `async` functions"),
        ("def f(x):\n    await x\n", "2:5: unsupported: `await` expressions"),
        ("def f(x):\n    async for a in x: pass\n", "2:5: unsupported: `async for` loops"),
        ("def f(x):\n    async with x: pass\n", "2:5: unsupported: `async with` statements"),
        ("def f[T](a): pass\n", "1:6: unsupported: type parameters"),
        ("type A = int\n", "1:1: unsupported: type aliases"),
        ("s = [x async for x in y]\n", "1:8: unsupported: asynchronous comprehensions"),
        ("c = 1 + 2j\n", "1:9: unsupported: complex numbers"),
        ("c = t'{x}'\n", "1:5: unsupported: template strings (`t\"…\"`)"),
        ("s = '\\ud800'\n", "1:5: unsupported: lone surrogates in string literals"),
    ]);
}

#[test]
fn what_the_parser_finds() {
    check(&[
        ("x = \n", "1:5: SyntaxError: Expected an expression"),
        (
            "lazy import math\n",
            "1:1: SyntaxError: Cannot use `lazy` import statement on Python 3.14 (syntax was added in \
             Python 3.15)",
        ),
        ("x = (1,\ny = 2\n", "1:5: SyntaxError: '(' was never closed"),
        ("x = 1)\n", "1:6: SyntaxError: unmatched ')'"),
        (
            "x = (1]\n",
            "1:7: SyntaxError: closing parenthesis ']' does not match opening parenthesis '('",
        ),
        ("f(a=1, 2)\n", "1:8: SyntaxError: Positional argument cannot follow keyword argument"),
        ("1 = x\n", "1:1: SyntaxError: Invalid assignment target"),
        (
            "class A:\n    [x := i for i in y]\n",
            "2:6: SyntaxError: assignment expression within a comprehension cannot be used in a class body",
        ),
        ("None = x\n", "1:1: SyntaxError: Invalid assignment target"),
        ("f() += 1\n", "1:1: SyntaxError: Invalid augmented assignment target"),
        ("del f()\n", "1:5: SyntaxError: Invalid delete target"),
        ("x = 'abc\n", "1:5: SyntaxError: missing closing quote in string literal"),
        (
            "def f(a=1, b): pass\n",
            "1:12: SyntaxError: Parameter without a default cannot follow a parameter with a default",
        ),
        ("if x:\npass\n", "2:1: SyntaxError: Expected an indented block after `if` statement"),
        ("  x = 1\n", "1:1: SyntaxError: Unexpected indentation"),
        (
            "if x:\n    y\n \t  z\n",
            "3:1: SyntaxError: inconsistent use of tabs and spaces in indentation",
        ),
        (
            "if x:\n        y\n    z\n",
            "3:1: SyntaxError: unindent does not match any outer indentation level",
        ),
    ]);
}

#[test]
fn what_the_compiler_finds() {
    let digits = "9".repeat(4301);
    let too_long = format!("x = {digits}\n");
    check(&[
        ("return 1\n", "1:1: SyntaxError: 'return' outside function"),
        ("yield 1\n", "1:1: SyntaxError: 'yield' outside function"),
        ("break\n", "1:1: SyntaxError: 'break' outside loop"),
        ("if x:\n    continue\n", "2:5: SyntaxError: 'continue' not properly in loop"),
        ("for x in y: pass\nelse: break\n", "2:7: SyntaxError: 'break' outside loop"),
        ("while x:\n    def f():\n        break\n", "3:9: SyntaxError: 'break' outside loop"),
        (
            "def f(a, b, a): pass\n",
            "1:13: SyntaxError: duplicate argument 'a' in function definition",
        ),
        ("f(a=1, b=2, a=3)\n", "1:13: SyntaxError: keyword argument repeated: a"),
        (
            "def f():\n    x = 1\n    global x\n",
            "3:12: SyntaxError: name 'x' is assigned to before global declaration",
        ),
        (
            "def f():\n    print(x)\n    global x\n",
            "3:12: SyntaxError: name 'x' is used prior to global declaration",
        ),
        ("def f(x):\n    global x\n", "2:12: SyntaxError: name 'x' is parameter and global"),
        (
            "def f():\n    global x\n    x: int = 1\n",
            "3:5: SyntaxError: annotated name 'x' can't be global",
        ),
        (
            "x = 1\nglobal x\n",
            "2:8: SyntaxError: name 'x' is assigned to before global declaration",
        ),
        ("nonlocal x\n", "1:1: SyntaxError: nonlocal declaration not allowed at module level"),
        ("def f():\n    nonlocal x\n", "2:14: SyntaxError: no binding for nonlocal 'x' found"),
        ("def f(x):\n    nonlocal x\n", "2:14: SyntaxError: name 'x' is parameter and nonlocal"),
        ("x = [(yield) for a in b]\n", "1:7: SyntaxError: 'yield' inside list comprehension"),
        ("__debug__ = 1\n", "1:1: SyntaxError: cannot assign to __debug__"),
        ("def f(__debug__): pass\n", "1:7: SyntaxError: cannot assign to __debug__"),
        ("*a = x\n", "1:1: SyntaxError: starred assignment target must be in a list or tuple"),
        ("*a, *b = x\n", "1:5: SyntaxError: multiple starred expressions in assignment"),
        ("x = *a\n", "1:5: SyntaxError: can't use starred expression here"),
        (
            "[x := 1 for x in y]\n",
            "1:2: SyntaxError: assignment expression cannot rebind comprehension iteration variable 'x'",
        ),
        (
            "[x for x in (y := z)]\n",
            "1:14: SyntaxError: assignment expression cannot be used in a comprehension iterable expression",
        ),
        (
            "x = 1\nfrom __future__ import annotations\n",
            "2:1: SyntaxError: from __future__ imports must occur at the beginning of the file",
        ),
        (
            "from __future__ import flying\n",
            "1:24: SyntaxError: future feature flying is not defined",
        ),
        (
            &too_long,
            "1:5: SyntaxError: Exceeds the limit (4300 digits) for integer string conversion: value \
             has 4301 digits - Consider hexadecimal for huge integer literals to avoid decimal \
             conversion limits.",
        ),
        ("f'{a:{b:{c}}}'\n", "1:9: SyntaxError: f-string: expressions nested too deeply"),
    ]);
    let loops: String = (0..21).map(|n| format!("{}while x:\n", " ".repeat(n))).collect();
    let loops = loops + &" ".repeat(21) + "pass\n";
    check(&[(&loops, "21:21: SyntaxError: too many statically nested blocks")]);
}

#[test]
fn what_is_allowed_beside_it() {
    for source in [
        "from __future__ import annotations\n",
        "'doc'\nfrom __future__ import division\n",
        "global x\nx = 1\n",
        "def f():\n    global x\n    def g():\n        return x\n",
        "def f(x):\n    def g(x):\n        return x\n    return g(x)\n",
        "def f():\n    def g():\n        return len\n    return g()\n",
        "def f(a: 'lambda', b: {} = 1) -> [x for x in y]: ...\n",
        "x: dict[str, ...] = 1\n",
        "def f():\n    x: int\n    x = 1\n    return x\n",
        "if x: pass\nelif y: pass\nelse: ...\n",
        "x = '\\ufffd\u{fffd}'\n",
        "x = [\n    1,\n    2,\n]\n",
        "a = b = c = 1; d = a\n",
        "x = 0xFF, 0o17, 0b11, 1_000, 1e3, .5, 5., 1e400\n",
        "",
        "\n\n# only a comment",
        "\u{feff}x = 1\n",
        "# -*- coding: utf-8 -*-\nx = 'é'\n",
        "# -*- coding: latin-1 -*-\nx = 1\n",
        "x = 1\r\nif x:\r\n\ty = 2\r\n",
        "if x:\n\tif y:\n\t\tz\n\tz\nif x:\n  z\n",
        "x = 1\rif x:\r y = 2\r",
    ] {
        assert_eq!(refusal(source), "compiles", "{source:?}");
    }
}

#[test]
fn the_line_is_shown_with_a_marker() {
    let shown = |source: &[u8]| compile_source("dir/f.py", source).unwrap_err().to_string();
    assert_eq!(
        shown(b"def f():\n\tx = t'12345678901'\n"),
        "dir/f.py:2:6: unsupported: template strings (`t\"…\"`)\n    x = t'12345678901'\n        ^^^^^^^^^^^^^^"
    );
    assert_eq!(
        shown("é = 'é' + t''\n".as_bytes()),
        "dir/f.py:1:11: unsupported: template strings (`t\"…\"`)\n    é = 'é' + t''\n              ^^^"
    );
    // A marker of several lines ends with the first.
    assert_eq!(
        shown(b"x = t'''\n\n'''\n"),
        "dir/f.py:1:5: unsupported: template strings (`t\"…\"`)\n    x = t'''\n        ^^^^"
    );
    // Of a long line only the part around the place is shown.
    let long = format!("x = {} + t''\n", "a + ".repeat(200) + "1");
    let text = shown(long.as_bytes());
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[1].chars().count() < 200, "{text}");
    let marker = lines[2].chars().position(|c| c == '^').unwrap();
    assert_eq!(lines[1].chars().skip(marker).take(3).collect::<String>(), "t''", "{text}");
}

#[test]
fn bytes_that_are_not_source() {
    let refusal = |bytes: &[u8]| {
        let text = compile_source("f.py", bytes).unwrap_err().to_string();
        text.lines().next().unwrap().to_string()
    };
    assert_eq!(
        refusal(b"x = 1\ny = '\xff'\n"),
        "f.py:2:6: SyntaxError: (unicode error) 'utf-8' codec can't decode byte 0xff in position 11"
    );
    assert_eq!(
        refusal(b"x = 1\0\n"),
        "f.py:1:6: SyntaxError: source code cannot contain null bytes"
    );
    assert_eq!(
        refusal(b"# coding: latin-1\nx = '\xe9'\n"),
        "f.py:1:1: unsupported: source encoding `latin-1` (use UTF-8)"
    );
    assert!(refusal(&[0x80; 1000]).contains("codec can't decode byte 0x80 in position 0"));
}
