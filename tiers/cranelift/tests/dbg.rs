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
fn show(t: Trace, loop_only: bool) {
    let t = Arc::new(t);
    let mut c = Cranelift::new(HelperTable::default(), Default::default()).unwrap();
    c.compile(TraceId(0), &t).unwrap();
    let v = c.code(TraceId(0)).unwrap();
    let l = tierlab_runtime::count::listing(&v, &|i| format!("{:?}", t.ops[i as usize].opcode));
    println!("{:?} setos {}", tierlab_runtime::count::count_loop(&v, SLOT_RULES), l.matches("seto").count());
    if loop_only { println!("{}", l.split("loop:").nth(1).unwrap().split("loop end").next().unwrap()); }
}
fn build(types: &[Type], f: impl Fn(&mut Trace, SnapshotId, &[Val]) -> Vec<Val>) -> Trace {
    let mut t = Trace::new("x:1", TraceKind::Loop);
    t.begin_block(types);
    let p: Vec<Val> = (0..types.len()).map(Val::value).collect();
    t.entry = t.add_snapshot(&[], &[]);
    t.push_jump(Opcode::Jump, 1, &p);
    let first = t.ops.len();
    t.begin_block(types);
    let p: Vec<Val> = (first..first + types.len()).map(Val::value).collect();
    let entries: Vec<_> = p.iter().enumerate().map(|(i, &a)| SnapEntry { index: i as u16, recipe: Recipe::Value, a, b: Val::NONE }).collect();
    let n = entries.len() as u16;
    let s = t.add_snapshot(&[SnapFrame { code: 0, pc: 0, height: n, entries: n }], &entries);
    let r = f(&mut t, s, &p);
    t.push_jump(Opcode::Jump, 1, &r);
    t
}
#[test]
fn show_all() {
    show(mixed_loop(125), false);
    use Type::*;
    println!("gcd: a, b = b, a % b");
    show(build(&[I64, I64], |t, s, p| {
        let z = t.add_const(Const::I64(0));
        t.push(Op::new(Opcode::GuardNeI64, &[p[1], z]).with_snapshot(s));
        let r = t.push(Op::new(Opcode::FloorMod, &[p[0], p[1]]).with_snapshot(s));
        vec![p[1], r]
    }), true);
    println!("mod const 10, div const 10, floor to int");
    show(build(&[I64, F64], |t, s, p| {
        let ten = t.add_const(Const::I64(10));
        let r = t.push(Op::new(Opcode::FloorMod, &[p[0], ten]).with_snapshot(s));
        let q = t.push(Op::new(Opcode::FloorDiv, &[p[0], ten]).with_snapshot(s));
        let a = t.push(Op::new(Opcode::Add, &[q, r]));
        let f = t.push(Op::new(Opcode::F64ToI64, &[p[1]]).with_snapshot(s));
        let g = t.push(Op::new(Opcode::I64ToF64, &[a]));
        let b = t.push(Op::new(Opcode::Add, &[f, a]));
        vec![b, g]
    }), true);
    println!("mandel");
    show(build(&[F64, F64, F64, F64, I64], |t, s, p| {
        let four = t.add_const(Const::F64(4f64.to_bits()));
        let two = t.add_const(Const::F64(2f64.to_bits()));
        let one = t.add_const(Const::I64(1));
        let lim = t.add_const(Const::I64(1000));
        t.push(Op::new(Opcode::GuardLtI64, &[p[4], lim]).with_snapshot(s));
        let x2 = t.push(Op::new(Opcode::MulF64, &[p[0], p[0]]));
        let y2 = t.push(Op::new(Opcode::MulF64, &[p[1], p[1]]));
        let m = t.push(Op::new(Opcode::AddF64, &[x2, y2]));
        t.push(Op::new(Opcode::GuardNltF64, &[four, m]).with_snapshot(s));
        let d = t.push(Op::new(Opcode::SubF64, &[x2, y2]));
        let nx = t.push(Op::new(Opcode::AddF64, &[d, p[2]]));
        let xy = t.push(Op::new(Opcode::MulF64, &[p[0], p[1]]));
        let xy2 = t.push(Op::new(Opcode::MulF64, &[two, xy]));
        let ny = t.push(Op::new(Opcode::AddF64, &[xy2, p[3]]));
        let i = t.push(Op::new(Opcode::Add, &[p[4], one]));
        vec![nx, ny, p[2], p[3], i]
    }), true);
    println!("boxes");
    show(build(&[Ref, Ref], |t, s, p| {
        let a = t.push(Op::new(Opcode::UnboxF64, &[p[0]]).with_snapshot(s));
        let b = t.push(Op::new(Opcode::UnboxF64, &[p[1]]).with_snapshot(s));
        let c = t.push(Op::new(Opcode::AddF64, &[a, b]));
        let d = t.push(Op::new(Opcode::BoxF64, &[c]).with_snapshot(s));
        t.push(Op::new(Opcode::GuardNoCollect, &[]).with_snapshot(s));
        vec![d, p[0]]
    }), true);
}
