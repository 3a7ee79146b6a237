//! temp
use tierlab_frontend::bytecode::*;
fn walk(c: &CodeObject) {
    for (i, p) in c.instrs.iter().zip(&c.positions) {
        println!("{} {} {} {} {} {}", c.name, i.op().info().name, p.line, p.column, p.end_line, p.end_column);
    }
    for v in &c.consts { if let ConstValue::Code(c) = v { walk(c) } }
}
fn main() {
    let path = std::env::args().nth(1).unwrap();
    walk(&tierlab_frontend::compile_source(&path, &std::fs::read(&path).unwrap()).unwrap());
}
