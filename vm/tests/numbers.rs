//! Digits of numbers against a live CPython, where there is one: seeded random floats and ints
//! through `repr`, format specifications, `round`, division and powers.

use std::io::Write;
use std::process::{Command, Stdio};
use tierlab_vm::interp::{Vm, VmOptions};

/// A small deterministic generator.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn float(&mut self) -> String {
        let bits = self.next();
        let f = match bits % 4 {
            0 => f64::from_bits(self.next()),
            1 => (self.next() % 100_000) as f64 / 1000.0,
            2 => (self.next() % 2000) as f64 / 8.0 - 100.0,
            _ => self.next() as f64 * 1e-12,
        };
        if f.is_finite() { format!("{f:?}") } else { "1.5".to_string() }
    }

    fn int(&mut self) -> String {
        let wide = self.next() % 5;
        let mut n = num_bigint::BigInt::from(self.next() as i64 >> (self.next() % 60));
        for _ in 0..wide {
            n = n * self.next() + 1;
        }
        n.to_string()
    }
}

fn program() -> String {
    let mut rng = Rng(0x9e37_79b9_7f4a_7c15);
    let mut out = String::from("import math\n");
    let specs = ["", ".3f", "10.2e", "g", ".10g", "+.0f", "012.4f", ",.2f", "#.3g", ".1%", ".17g"];
    let int_specs = ["", "d", "x", "#b", "o", ",", "+20", "020", "_x", "e", ".3f"];
    for i in 0..1500 {
        let (f, g) = (rng.float(), rng.float());
        let (a, b) = (rng.int(), rng.int());
        let spec = specs[i % specs.len()];
        let int_spec = int_specs[i % int_specs.len()];
        let digits = (rng.next() % 12) as i64 - 4;
        out.push_str(&format!(
            "f = {f}\ng = {g}\na = {a}\nb = {b}\n\
             print(f, f'{{f:{spec}}}', round(f, {digits}), f < g, f == a, f < a, a >= f)\n\
             print(a, f'{{a:{int_spec}}}', round(a, {digits}), a + b, a - b, a * b, a < b)\n\
             if b != 0:\n    print(a // b, a % b, a / b, divmod(a, b), a & b, a | b, a ^ b)\n\
             if g != 0.0:\n    print(f / g, f // g, f % g, f * g, f - g)\n\
             print(math.hypot(f, g), a >> {s}, a << {s}, math.gcd(a, b), int(f), -a, ~a)\n",
            s = rng.next() % 70,
        ));
    }
    out
}

#[test]
fn digits_are_cpythons() {
    let program = program();
    let python = Command::new("python3")
        .args(["-c", "import sys; sys.exit(sys.version_info[:2] < (3, 11))"])
        .stderr(Stdio::null())
        .status();
    if !python.is_ok_and(|status| status.success()) {
        eprintln!("skipped: there is no python3 (3.11 or later) to compare with");
        return;
    }
    let mut child = Command::new("python3")
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(program.as_bytes()).expect("python3 reads");
    drop(stdin);
    let expected = child.wait_with_output().expect("python3 ends").stdout;
    let expected = String::from_utf8(expected).expect("UTF-8");

    let code =
        tierlab_frontend::compile_source("numbers.py", program.as_bytes()).expect("compiles");
    let mut vm = Vm::new(VmOptions::default());
    vm.capture_output();
    let error = vm.run_main(&code).err().map(|e| e.last_line());
    assert_eq!(error, None);
    let output = String::from_utf8(vm.take_output()).expect("UTF-8");
    for (ours, theirs) in output.lines().zip(expected.lines()) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(output.lines().count(), expected.lines().count());
}
