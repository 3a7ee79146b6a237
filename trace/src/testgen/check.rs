//! Comparing runs: a backend against the reference evaluator, an optimized trace against its original.
//!
//! Terms. A [`Run`] is what a run leaves behind, in raw bits. An [`Observation`] is the same as
//! the interpreter sees it: frames rebuilt from the snapshot, boxes by what they hold.
//!
//! Invariants: any two NaNs are equal; boxes are compared by content, since whether an unused
//! box was ever allocated is a tier's own affair; everything else is compared exactly.

use super::build::{Built, World};
use super::{Case, memory};
use crate::backend::{Backend, ExitRef};
use crate::ir::{Recipe, Trace, TraceId};
use crate::layout::FLOAT_HEADER;
use crate::ops::{Exit, Type};
use crate::semantics::{is_small_int, untag};
use std::sync::Arc;

/// What a run left behind.
#[derive(Clone, Debug)]
pub struct Run {
    /// The exit taken.
    pub exit: ExitRef,
    /// Raw bits of its live values.
    pub live: Vec<u64>,
    /// How often loop blocks were entered (the reference evaluator alone counts).
    pub iterations: u64,
    /// The arena afterwards.
    pub words: Vec<u64>,
    /// Whether a collection was requested.
    pub collect_requested: bool,
    base: u64,
}

/// A value as the interpreter sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// An int, from a small-int word or an `i64`.
    Int(i64),
    /// A float, from a box or an `f64`: its bits, all NaNs alike.
    Float(u64),
    /// A word that refers to another object.
    Object(u64),
}

/// A frame as the interpreter sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenFrame {
    /// The code object's number.
    pub code: u32,
    /// Where it resumes.
    pub pc: u32,
    /// Locals and stack entries in use.
    pub height: u16,
    /// The listed ones, by index.
    pub entries: Vec<(u16, Seen)>,
}

/// What a run left behind, as the interpreter sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The interpreter's frames, outermost first.
    pub frames: Vec<SeenFrame>,
    /// The arena's words.
    pub memory: Vec<Seen>,
    /// Whether a collection was requested.
    pub collect_requested: bool,
}

impl Run {
    pub(crate) fn new(exit: ExitRef, live: Vec<u64>, iterations: u64, world: &World) -> Run {
        let words = world.arena.words();
        let collect_requested = world.context.head().collect_requested();
        Run { exit, live, iterations, words, collect_requested, base: world.arena.address(0) }
    }

    /// Raw bits of a type, as the interpreter sees them.
    pub fn seen(&self, ty: Type, bits: u64) -> Seen {
        let float = |bits| match f64::from_bits(bits).is_nan() {
            true => Seen::Float(f64::NAN.to_bits()),
            false => Seen::Float(bits),
        };
        match ty {
            Type::I64 => Seen::Int(bits as i64),
            Type::F64 => float(bits),
            Type::Ref if is_small_int(bits) => Seen::Int(untag(bits)),
            Type::Ref => match memory::tagged_index(self.base, &self.words, bits) {
                Some(i) if self.words[i] == FLOAT_HEADER => float(self.words[i + 1]),
                _ => Seen::Object(bits),
            },
        }
    }

    fn memory(&self) -> Vec<Seen> {
        World::COMPARED.map(|i| self.seen(World::kind_of_word(i), self.words[i])).collect()
    }

    /// The run as the interpreter sees it; `trace` is the one that was left.
    pub fn observe(&self, trace: &Trace) -> Observation {
        let snapshot = trace.exits()[self.exit.exit as usize].snapshot;
        let live = trace.live_of(snapshot);
        let bits = |val| {
            let at = live.iter().position(|&v| v == val);
            let constant = trace.const_of(val).map_or(0, |c| c.bits());
            at.map_or(constant, |k| self.live.get(k).copied().unwrap_or(0))
        };
        let mut entries = trace.entries_of(snapshot).iter();
        let frames = trace.frames_of(snapshot).iter().map(|frame| {
            let own = entries.by_ref().take(frame.entries as usize).map(|e| {
                let (a, b) = (bits(e.a), bits(e.b));
                let seen = match e.recipe {
                    Recipe::Value => self.seen(trace.type_of(e.a).unwrap_or(Type::I64), a),
                    Recipe::WrappingSub => Seen::Int(a.wrapping_sub(b) as i64),
                    Recipe::WrappingAdd => Seen::Int(a.wrapping_add(b) as i64),
                };
                (e.index, seen)
            });
            let entries = own.collect();
            SeenFrame { code: frame.code, pc: frame.pc, height: frame.height, entries }
        });
        let frames = frames.collect();
        let collect_requested = self.collect_requested;
        Observation { frames, memory: self.memory(), collect_requested }
    }
}

/// Compares the raw results of two runs of the same traces.
fn compare(built: &Built, wanted: &Run, found: &Run) -> Result<(), String> {
    if wanted.exit != found.exit {
        return Err(format!("exit {:?} where {:?} is taken", found.exit, wanted.exit));
    }
    let trace = &built.traces[wanted.exit.trace.0 as usize];
    let point = trace.exits()[wanted.exit.exit as usize];
    if wanted.live.len() != found.live.len() {
        let (wanted, found) = (wanted.live.len(), found.live.len());
        return Err(format!("{found} live values at the exit of %{} for {wanted}", point.op));
    }
    let pairs = wanted.live.iter().zip(&found.live);
    for (&val, (&w, &f)) in trace.live_of(point.snapshot).iter().zip(pairs) {
        let ty = trace.type_of(val).unwrap_or(Type::I64);
        if wanted.seen(ty, w) != found.seen(ty, f) {
            let op = point.op;
            return Err(format!("{val:?} is {f:#x} at the exit of %{op} where {w:#x} is wanted"));
        }
    }
    let memory = wanted.memory().into_iter().zip(found.memory());
    for (i, (w, f)) in memory.enumerate() {
        if w != f {
            return Err(format!("word {i} of the arena is {f:?} where {w:?} is wanted"));
        }
    }
    if wanted.collect_requested != found.collect_requested {
        return Err("one run requests a collection, the other does not".into());
    }
    Ok(())
}

/// Compiles a case in a backend (a fresh one, made with [`super::helpers`]) and compares its runs
/// with the reference evaluator's: first the root alone, then with its side traces
/// linked. The error says what differs and shows the traces.
pub fn check_backend(backend: &mut dyn Backend, case: &Case) -> Result<(), String> {
    let mut built = case.build();
    check_built(backend, &mut built).map_err(|why| format!("{why}\n{}", built.text()))
}

fn check_built(backend: &mut dyn Backend, built: &mut Built) -> Result<(), String> {
    let compile = |backend: &mut dyn Backend, i: usize, trace: &Arc<Trace>| {
        backend.compile(TraceId(i as u32), trace).map_err(|e| format!("T{i} is refused: {e}"))
    };
    compile(backend, 0, &built.traces[0])?;
    for linked in [false, true] {
        if linked {
            for (i, trace) in built.traces.iter().enumerate().skip(1) {
                compile(backend, i, trace)?;
            }
            for &(from, to) in &built.links {
                backend.link(from, to).map_err(|e| format!("{from:?} is not linked: {e}"))?;
            }
        }
        let wanted = built.run_reference(linked)?;
        let world = &mut built.world;
        world.reset();
        let exit = memory::enter(backend, TraceId(0), &mut world.context, &world.arena);
        let mut live = Vec::new();
        backend.read_exit(exit, &world.context, &mut live);
        let found = Run::new(exit, live, 0, world);
        let stage = if linked { "with side traces" } else { "root alone" };
        compare(built, &wanted, &found).map_err(|why| format!("{stage}: {why}"))?;
    }
    Ok(())
}

/// Runs a case's root trace before and after `optimize` in the reference evaluator and compares
/// what the interpreter sees. Runs whose original ends where an optimizer may go on (a
/// check that goes with an unused result, or a resource) are not compared.
pub fn check_optimized(
    case: &Case,
    optimize: &mut dyn FnMut(&Trace) -> Trace,
) -> Result<(), String> {
    let mut built = Case { sides: Vec::new(), ..case.clone() }.build();
    let wanted = built.run_reference(false)?;
    let original = Arc::clone(&built.traces[0]);
    let optimized = Arc::new(optimize(&original));
    let before = built.text();
    built.traces[0] = Arc::clone(&optimized);
    let text = |why: String, built: &Built| format!("{why}\n{before}\n{}", built.text());
    let found = built.run_reference(false).map_err(|why| text(why, &built))?;
    let kind = original.exits()[wanted.exit.exit as usize].kind;
    if matches!(kind, Exit::Result | Exit::Resource) {
        return Ok(());
    }
    let (wanted, found) = (wanted.observe(&original), found.observe(&optimized));
    if wanted != found {
        return Err(text(format!("{found:?}\nis seen where this is wanted:\n{wanted:?}"), &built));
    }
    Ok(())
}
