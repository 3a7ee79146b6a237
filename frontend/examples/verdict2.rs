//! temp: python literal dump
use tierlab_frontend::bytecode::*;
fn k(v: &ConstValue) -> String {
    match v {
        ConstValue::None => "None".into(), ConstValue::Bool(b) => if *b {"True".into()} else {"False".into()},
        ConstValue::Int(i) => i.to_string(), ConstValue::BigInt(i) => i.to_string(),
        ConstValue::Float(f) => if f.is_infinite() { format!("float('{f}')") } else if f.is_nan() {"float('nan')".into()} else { format!("{f:?}") },
        ConstValue::Str(s) => { let mut o = String::from("'"); for c in s.chars() { o += &format!("\\U{:08x}", c as u32) } o + "'" }
        ConstValue::Tuple(t) => format!("({})", t.iter().map(|x| k(x) + ",").collect::<String>()),
        ConstValue::Code(c) => code(c),
    }
}
fn code(c: &CodeObject) -> String {
    let names = |v: &[std::sync::Arc<str>]| format!("{:?}", v.iter().map(|s| s.to_string()).collect::<Vec<_>>());
    let ins: String = c.instrs.iter().map(|i| format!("('{}',{},{},{}),", i.op().info().name, i.x(), i.y(), i.wide())).collect();
    let loops: String = c.loops.iter().map(|l| format!("({},{},{}),", l.header, l.end, l.stack)).collect();
    let lines: String = c.positions.iter().map(|p| format!("{},", p.line)).collect();
    format!("Code(name={:?},args={},locals={},stack={},ins=[{}],consts=[{}],globals={},names={},loops=[{}],lines=[{}])", &*c.name, c.args, names(&c.locals), c.stack_size, ins,
        c.consts.iter().map(|x| k(x) + ",").collect::<String>(), names(&c.globals), names(&c.names), loops, lines)
}
fn main() {
    use std::io::Read;
    let mut all = Vec::new();
    std::io::stdin().read_to_end(&mut all).unwrap();
    let mut at = 0;
    while at < all.len() {
        let n = u32::from_le_bytes(all[at..at + 4].try_into().unwrap()) as usize;
        match tierlab_frontend::compile_source("f", &all[at + 4..at + 4 + n]) {
            Ok(c) => println!("{}", code(&c)),
            Err(e) => println!("'{:?} {}'", e.kind, e.message.replace(['\n', '\'', '\\'], " ")),
        }
        at += 4 + n;
    }
}
