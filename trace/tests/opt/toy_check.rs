//! Random toy loops: recorded, optimized, run in the reference evaluator, and resumed by the toy
//! interpreter after the exit. The end must be that of a run without any trace.

use crate::toy::{Halt, ITEMS, State, V};
use crate::toy_record::{EXACT, FREE, INTS, ITEM_WORDS, LIST, LOCALS, Recorder, WORDS, helpers};
use proptest::prelude::*;
use std::sync::Arc;
use tierlab_trace::eval::Evaluator;
use tierlab_trace::ir::{Recipe, Trace, TraceId, Val};
use tierlab_trace::layout::{ContextMemory, POINTER_TAG};
use tierlab_trace::memory::Memory;
use tierlab_trace::ops::{Opcode, Type};
use tierlab_trace::opt::{EntryHints, PASSES, Pipeline};
use tierlab_trace::verify::verify;

impl Recorder {
    fn hints(&self, initial: &State) -> EntryHints {
        let hint = |v: &V| match v {
            V::Int(_) => Some(Type::I64),
            V::Float(_) => Some(Type::F64),
            V::List | V::Huge => None,
        };
        EntryHints { types: initial.locals.iter().map(hint).collect() }
    }

    /// Runs the trace from the initial state and the toy from where it was left.
    fn run(&mut self, trace: &Trace, initial: &State) -> Result<(State, (Halt, usize)), String> {
        let mut context = ContextMemory::new();
        for (i, &v) in initial.locals.iter().enumerate() {
            let bits = match (trace.ops[i].opcode, v) {
                (Opcode::ParamI64, V::Int(i)) => i as i64 as u64,
                (Opcode::ParamF64, V::Float(f)) => f.to_bits(),
                (Opcode::ParamRef, v) => self.word(v),
                _ => return Err(format!("parameter {i} has a type that {v:?} has not")),
            };
            context.slots_mut()[i] = bits;
        }
        self.arena.restore(&self.words);
        let head = context.head_mut();
        head.alloc_ptr = self.arena.address(FREE);
        head.alloc_limit = self.arena.address(WORDS);
        // SAFETY: all addresses of a recorded trace lie in the arena.
        let memory = unsafe { Memory::assume_valid() };
        let mut evaluator = Evaluator::new(helpers(), memory);
        let trace = Arc::new(trace.clone());
        evaluator.add(TraceId(0), &trace).map_err(|e| e.to_string())?;
        let out = evaluator.run(TraceId(0), &mut context, 100_000).map_err(|e| e.to_string())?;
        let exit = out.exit.ok_or("no exit")?;
        let snapshot = trace.exits()[exit.exit as usize].snapshot;
        let words = self.arena.words();
        let live = trace.live_of(snapshot);
        let bits = |v: Val| match trace.const_of(v) {
            Some(c) => c.bits(),
            None => live.iter().position(|&l| l == v).map_or(0, |i| out.live[i]),
        };
        let int = |x: u64| V::Int(i128::from(x as i64));
        let seen: Vec<V> = trace
            .entries_of(snapshot)
            .iter()
            .map(|e| match (e.recipe, trace.type_of(e.a)) {
                (Recipe::WrappingAdd, _) => int(bits(e.a).wrapping_add(bits(e.b))),
                (Recipe::WrappingSub, _) => int(bits(e.a).wrapping_sub(bits(e.b))),
                (Recipe::Value, Some(Type::I64)) => int(bits(e.a)),
                (Recipe::Value, Some(Type::F64)) => V::Float(f64::from_bits(bits(e.a))),
                _ => self.value(&words, bits(e.a)),
            })
            .collect();
        let items = (0..ITEMS).map(|i| self.value(&words, words[ITEM_WORDS + i])).collect();
        let (locals, stack) = seen.split_at(LOCALS);
        let mut state = State { locals: locals.to_vec(), stack: stack.to_vec(), items };
        let end = state.run(&self.program, trace.frames_of(snapshot)[0].pc as usize);
        Ok((state, end))
    }

    fn value(&self, words: &[u64], word: u64) -> V {
        if word & POINTER_TAG == 0 {
            return V::Int(i128::from((word as i64) >> 1));
        }
        match ((word - POINTER_TAG - self.arena.address(0)) / 8) as usize {
            LIST => V::List,
            at => V::Float(f64::from_bits(words[at + 1])),
        }
    }
}

fn value() -> impl Strategy<Value = V> {
    prop_oneof![
        3 => prop::sample::select(&INTS[..]).prop_map(V::Int),
        3 => (-50i128..50).prop_map(V::Int),
        3 => prop::sample::select(&EXACT[..]).prop_map(V::Float),
        1 => Just(V::List),
    ]
}

fn check(
    seeds: &[u32],
    trips: i128,
    mut locals: Vec<V>,
    items: Vec<V>,
    spec: &str,
    hinted: bool,
) -> Result<(), TestCaseError> {
    locals.splice(0..0, [V::Int(trips), V::List]);
    let mut recorder = Recorder::new(locals, items);
    let initial = recorder.state.clone();
    recorder.record(seeds);
    let trace = recorder.trace.clone();
    prop_assert!(verify(&trace, Some(&helpers())).is_ok());
    let mut wanted = initial.clone();
    let end = wanted.run(&recorder.program, 0);
    let (state, at) = recorder.run(&trace, &initial).map_err(TestCaseError::fail)?;
    let recorded = || format!("{:?}\n{}", recorder.program, trace.text(None));
    prop_assert_eq!(&(state, at), &(wanted.clone(), end), "as recorded: {}", recorded());
    let hints = if hinted { recorder.hints(&initial) } else { EntryHints::default() };
    let (out, _) = Pipeline::parse(spec).unwrap().run(trace.clone(), &hints);
    let text = || format!("{spec}\n{}\n{}", trace.text(None), out.text(None));
    if let Err(e) = verify(&out, Some(&helpers())) {
        return Err(TestCaseError::fail(format!("{e}\n{}", text())));
    }
    match recorder.run(&out, &initial) {
        Ok(found) if found == (wanted.clone(), end) => Ok(()),
        Ok(found) => {
            Err(TestCaseError::fail(format!("{found:?}\nfor {wanted:?} {end:?}\n{}", text())))
        }
        // Without hints the loop's own checks are believed; the machine would not enter.
        Err(why) if !hinted && why.starts_with("parameter") => Ok(()),
        Err(why) => Err(TestCaseError::fail(format!("{why}\n{}", text()))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exits_resume_the_interpreter(
        seeds in prop::collection::vec(any::<u32>(), 0..60),
        trips in 1..90i128,
        locals in prop::collection::vec(value(), LOCALS - 2),
        items in prop::collection::vec(value(), ITEMS),
        spec in prop::sample::select(&["3.13", "3.14", "full", "full,-peel", "full,-recover"][..]),
        hinted in prop::bool::weighted(0.8),
    ) {
        check(&seeds, trips, locals, items, spec, hinted)?;
    }

    #[test]
    fn mixtures_resume_the_interpreter(
        seeds in prop::collection::vec(any::<u32>(), 0..60),
        trips in 1..90i128,
        locals in prop::collection::vec(value(), LOCALS - 2),
        items in prop::collection::vec(value(), ITEMS),
        bits in any::<u32>(),
    ) {
        let chosen = PASSES.iter().enumerate().filter(|(i, _)| bits & 1 << i != 0);
        let names: Vec<&str> = chosen.map(|(_, p)| p.name).collect();
        check(&seeds, trips, locals, items, &names.join(","), true)?;
    }
}
