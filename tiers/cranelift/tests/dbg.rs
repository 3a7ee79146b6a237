//! Temporary.
use std::sync::Arc;
use tierlab_cranelift::*;
use tierlab_trace::backend::{Backend, HelperTable};
use tierlab_trace::ir::*;
use tierlab_trace::ops::{Opcode, Type};
/// A loop over `n` rounds of integer and float ops; every checked op and guard keeps six values
/// alive.
fn mixed_loop(n: usize) -> Trace {
    let types = [Type::I64, Type::I64, Type::I64, Type::F64, Type::F64, Type::F64];
    let mut t = Trace::new("bench:1", TraceKind::Loop);
    t.begin_block(&types);
    let params: Vec<Val> = (0..6).map(Val::value).collect();
    let snapshot = |t: &mut Trace, values: &[Val]| {
        let entry = |(i, &a): (usize, &Val)| SnapEntry {
            index: i as u16,
            recipe: Recipe::Value,
            a,
            b: Val::NONE,
        };
        let entries: Vec<_> = values.iter().enumerate().map(entry).collect();
        t.add_snapshot(&[SnapFrame { code: 0, pc: 0, height: 6, entries: 6 }], &entries)
    };
    t.entry = snapshot(&mut t, &params);
    t.push_jump(Opcode::Jump, 1, &params);
    let first = t.ops.len();
    t.begin_block(&types);
    let mut v: Vec<Val> = (first..first + 6).map(Val::value).collect();
    let three = t.add_const(Const::I64(3));
    let half = t.add_const(Const::F64(0.5f64.to_bits()));
    for _ in 0..n {
        let exit = snapshot(&mut t, &v);
        t.push(Op::new(Opcode::GuardLtI64, &[v[0], v[1]]).with_snapshot(exit));
        v[2] = t.push(Op::new(Opcode::AddOvf, &[v[2], v[0]]).with_snapshot(exit));
        let x = t.push(Op::new(Opcode::Xor, &[v[2], three]));
        let exit = snapshot(&mut t, &v);
        v[0] = t.push(Op::new(Opcode::SubOvf, &[x, v[0]]).with_snapshot(exit));
        let y = t.push(Op::new(Opcode::MulF64, &[v[3], v[4]]));
        v[5] = t.push(Op::new(Opcode::AddF64, &[v[5], y]));
        v[3] = t.push(Op::new(Opcode::MulF64, &[v[5], half]));
        let exit = snapshot(&mut t, &v);
        t.push(Op::new(Opcode::GuardLeF64, &[v[3], v[5]]).with_snapshot(exit));
    }
    t.push_jump(Opcode::Jump, 1, &v);
    t
}
#[test]
fn big() {
    for n in [12_500, 60_000, 125_000, 300_000] {
    let t = Arc::new(mixed_loop(n));
    let mut c = Cranelift::new(HelperTable::default(), CraneliftOptions{ opt_level: OptLevel::None, ..Default::default()}).unwrap();
    let s = std::time::Instant::now();
    println!("{n} {:?} {:?}", c.compile(TraceId(0), &t), s.elapsed());
    }
}
