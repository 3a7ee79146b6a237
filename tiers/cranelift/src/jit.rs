//! The tier itself: driving Cranelift, placing and linking its code, running it.
//!
//! Terms. The *number* of an exit is what compiled code returns for it: the number of its trace's
//! first exit plus its number there. Numbers are given once; the table from numbers to traces
//! is sorted, since they only grow. The *leaver* of an exit is the little function behind the
//! trace's code that returns its number; the exit's jump leads there until it is linked.
//!
//! Invariants. `jump` of an exit is the offset of the displacement of the one jump that leaves
//! through it, and lies in published code of that trace. Code that others jump to is not given up.

use crate::fuse::Fuser;
use crate::stubs::{LEAVE_BYTES, leave, write_trampoline};
use crate::timing::with_regalloc_time;
use crate::translate::{COLD, EXITS, Facts, TRACES, translate};
use crate::{CraneliftOptions, NAME};
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::ExternalName;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable as _};
use cranelift_codegen::{Context, FinalizedRelocTarget};
use cranelift_frontend::FunctionBuilderContext;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;
use tierlab_runtime::NativeError;
use tierlab_runtime::code_memory::{CodeMemory, rel32};
use tierlab_trace::backend::{
    Backend, CodeView, CompileError, CompileReport, ExitRef, HelperTable,
};
use tierlab_trace::ir::{Trace, TraceId, Val};
use tierlab_trace::layout::{ContextMemory, ExecContext};
use tierlab_trace::ops::{Opcode, Type};

/// No jump leaves through an exit that cannot be taken.
const NEVER: u32 = u32::MAX;

/// The memory that compiling a trace of more ops took is given back.
const KEEP_MEMORY: usize = 4096;

/// What is kept of an exit.
#[derive(Clone, Copy, Debug)]
struct ExitSite {
    /// Offset of the displacement of its jump, or [`NEVER`].
    jump: u32,
    /// How many live values it stores to slots.
    live: u32,
}

/// A compiled trace.
#[derive(Debug)]
struct Compiled {
    address: u64,
    /// Length with constants and without them.
    len: u32,
    code_len: u32,
    exits: Box<[ExitSite]>,
    /// Types of its parameters.
    params: Box<[Type]>,
    loop_range: Option<Range<usize>>,
    op_offsets: Vec<(u32, u32)>,
    /// Whether another trace jumps here.
    referred_to: bool,
    trace: Arc<Trace>,
}

impl Compiled {
    fn metadata_bytes(&self) -> u64 {
        (size_of::<Compiled>() + size_of_val(&*self.exits) + size_of_val(&*self.params)) as u64
    }
}

/// A jump out of the code that is being linked.
struct Reference {
    /// Offset of its displacement.
    at: u32,
    namespace: u32,
    index: u32,
}

/// The Cranelift tier.
pub struct Cranelift {
    helpers: HelperTable,
    options: CraneliftOptions,
    isa: OwnedTargetIsa,
    context: Context,
    builder: FunctionBuilderContext,
    control: ControlPlane,
    fuser: Fuser,
    memory: CodeMemory,
    trampoline: u64,
    traces: Vec<Option<Compiled>>,
    /// The first number of a trace's exits, and the trace; ascending.
    numbers: Vec<(u32, TraceId)>,
    next_number: u32,
}

impl std::fmt::Debug for Cranelift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cranelift")
            .field("options", &self.options)
            .field("traces", &self.traces)
            .finish_non_exhaustive()
    }
}

fn build_isa(options: &CraneliftOptions) -> Result<OwnedTargetIsa, String> {
    let mut flags = settings::builder();
    let verifier = if options.verifier { "true" } else { "false" };
    let settings = [
        ("opt_level", options.opt_level.name()),
        ("regalloc_algorithm", options.regalloc.name()),
        ("enable_verifier", verifier),
        ("enable_probestack", "false"),
        ("unwind_info", "false"),
        ("is_pic", "false"),
        // Tail calls ask for it.
        ("preserve_frame_pointers", "true"),
    ];
    for (name, value) in settings {
        flags.set(name, value).map_err(|why| format!("{name}={value}: {why}"))?;
    }
    let builder = cranelift_native::builder()?;
    builder.finish(settings::Flags::new(flags)).map_err(|why| why.to_string())
}

impl Cranelift {
    /// A tier without traces.
    pub fn new(helpers: HelperTable, options: CraneliftOptions) -> Result<Cranelift, NativeError> {
        // A processor that Cranelift cannot serve is another machine than this tier's.
        let isa = build_isa(&options).map_err(|_| NativeError::Unavailable { tier: NAME })?;
        let mut tier = Cranelift {
            helpers,
            options,
            isa,
            context: Context::new(),
            builder: FunctionBuilderContext::new(),
            control: ControlPlane::default(),
            fuser: Fuser::default(),
            memory: CodeMemory::new()?,
            trampoline: 0,
            traces: Vec::new(),
            numbers: Vec::new(),
            next_number: 0,
        };
        tier.trampoline = tier.publish_trampoline()?;
        Ok(tier)
    }

    fn publish_trampoline(&mut self) -> Result<u64, NativeError> {
        let (func, builder) = (&mut self.context.func, &mut self.builder);
        write_trampoline(func, builder, self.isa.frontend_config());
        let failed = |why: &dyn std::fmt::Display| NativeError::CodeMemory(why.to_string());
        let code = match self.context.compile(&*self.isa, &mut self.control) {
            Ok(code) => code.code_buffer(),
            Err(why) => return Err(failed(&why.inner)),
        };
        self.memory.publish(code).map_err(|why| failed(&why))
    }

    fn get(&self, id: TraceId) -> Option<&Compiled> {
        self.traces.get(id.0 as usize)?.as_ref()
    }

    /// Gives up the code that is compiled under this number, if no other code jumps there.
    fn make_room(&mut self, id: TraceId) -> Result<(), CompileError> {
        let index = id.0 as usize;
        if self.traces.len() <= index {
            self.traces.resize_with(index + 1, || None);
        }
        let Some(old) = &self.traces[index] else { return Ok(()) };
        if old.referred_to {
            return Err(refused(0, format!("trace {index} is compiled, and others jump to it")));
        }
        self.memory.release_last(old.address, old.len as usize);
        if let Some(&(first, last)) = self.numbers.last()
            && last == id
        {
            self.numbers.pop();
            self.next_number = first;
        }
        self.traces[index] = None;
        Ok(())
    }

    /// Checks that trace `to` takes values of these types, and marks it as needed.
    fn refer_to(
        &mut self,
        to: TraceId,
        op: usize,
        have: impl Iterator<Item = Option<Type>>,
    ) -> Result<u64, CompileError> {
        let target = self.traces.get_mut(to.0 as usize).and_then(Option::as_mut);
        let target = target.ok_or(CompileError::UnknownTrace(to))?;
        takes(to, target.params.iter().copied(), op, have)?;
        target.referred_to = true;
        Ok(target.address)
    }

    /// Translates and compiles; the finished code is in the fuser. Returns what was learned and
    /// the jumps to link.
    fn generate(&mut self, trace: &Trace) -> Result<(Facts, Vec<Reference>), CompileError> {
        self.context.clear();
        let (func, builder) = (&mut self.context.func, &mut self.builder);
        let config = self.isa.frontend_config();
        let facts = translate(trace, &self.helpers, func, builder, config)
            // A function that was left half built would stay in the builder's memory.
            .inspect_err(|_| *builder = FunctionBuilderContext::new())?;
        if let Err(why) = self.context.compile(&*self.isa, &mut self.control) {
            return Err(refused(0, format!("Cranelift: {}", why.inner)));
        }
        let Some(code) = self.context.compiled_code() else {
            return Err(refused(0, "Cranelift gave no code".into()));
        };
        let room = facts.live.len() * LEAVE_BYTES;
        self.fuser.run(code.code_buffer(), self.options.fuse_overflow, room);
        let names = &self.context.func.params;
        let mut references = Vec::with_capacity(facts.live.len());
        for reloc in code.buffer.relocs() {
            let name = match &reloc.target {
                FinalizedRelocTarget::ExternalName(ExternalName::User(name)) => *name,
                other => return Err(refused(0, format!("a reference to {other:?}"))),
            };
            if reloc.kind != Reloc::X86CallPCRel4 || reloc.addend != -4 {
                return Err(refused(0, format!("a reference of kind {}", reloc.kind)));
            }
            let name = &names.user_named_funcs()[name];
            let at = self.fuser.moved(reloc.offset);
            references.push(Reference { at, namespace: name.namespace, index: name.index });
        }
        Ok((facts, references))
    }

    /// Offsets of ops in the finished code, and the loop's range.
    fn describe(&self) -> (Vec<(u32, u32)>, Option<Range<usize>>) {
        let Some(code) = self.context.compiled_code() else { return (Vec::new(), None) };
        let mut ops = Vec::new();
        let mut hot_end = self.fuser.end();
        for range in code.buffer.get_srclocs_sorted() {
            if range.loc.is_default() {
                continue;
            }
            let (start, bits) = (self.fuser.moved(range.start), range.loc.bits());
            if bits & COLD != 0 {
                hot_end = hot_end.min(start);
            }
            ops.push((start, bits & !COLD));
        }
        // Cold code is behind the hot: the only branches back in hot code close the loop.
        let back = || self.fuser.back_branches().iter().filter(|b| b.end <= hot_end);
        let start = back().map(|b| b.target).min();
        let end = back().map(|b| b.end).max();
        (ops, start.zip(end).map(|(start, end)| start as usize..end as usize))
    }
}

fn refused(op: usize, why: String) -> CompileError {
    CompileError::Unsupported { op, why }
}

fn elapsed_ns(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Checks that trace `to`, which takes values of the types `wanted`, is given such by op number `op`.
fn takes(
    to: TraceId,
    wanted: impl Iterator<Item = Type>,
    op: usize,
    have: impl Iterator<Item = Option<Type>>,
) -> Result<(), CompileError> {
    match have.eq(wanted.map(Some)) {
        true => Ok(()),
        false => Err(refused(op, format!("trace {} takes other values", to.0))),
    }
}

/// The types of what a trace takes.
fn parameters(trace: &Trace) -> impl Iterator<Item = Type> + '_ {
    let params = trace.blocks.first().map_or(0..0, |b| b.param_ops());
    params.filter_map(|i| trace.type_of(Val::value(i)))
}

fn types<'a>(trace: &'a Trace, values: &'a [Val]) -> impl Iterator<Item = Option<Type>> + 'a {
    values.iter().map(|&v| trace.type_of(v))
}

impl Backend for Cranelift {
    /// A trace that is compiled again under the same number replaces the old one, unless other
    /// traces jump to that.
    fn compile(&mut self, id: TraceId, trace: &Arc<Trace>) -> Result<CompileReport, CompileError> {
        self.make_room(id)?;
        let address = self.memory.next_address();
        let next = match trace.ops.split_last() {
            Some((jump, before)) if jump.opcode == Opcode::JumpTrace => {
                let (to, op) = (TraceId(jump.imm as u32), before.len());
                let args = types(trace, trace.args_of_jump(jump));
                Some(match to == id {
                    // To its own entry: nothing is compiled under this number yet.
                    true => takes(id, parameters(trace), op, args).map(|()| address)?,
                    false => self.refer_to(to, op, args)?,
                })
            }
            Some(_) | None => None,
        };
        let start = Instant::now();
        let (generated, allocate) = with_regalloc_time(|| self.generate(trace));
        let (facts, references) = generated?;
        let allocate_ns = u64::try_from(allocate.as_nanos()).unwrap_or(u64::MAX);
        let emit_ns = elapsed_ns(start).saturating_sub(allocate_ns);

        let start = Instant::now();
        let mut exits: Box<[ExitSite]> =
            facts.live.iter().map(|&live| ExitSite { jump: NEVER, live }).collect();
        let leavers = self.fuser.end() as usize;
        for (i, number) in (0..exits.len()).zip(self.next_number..) {
            let at = leavers + i * LEAVE_BYTES;
            self.fuser.code()[at..at + LEAVE_BYTES].copy_from_slice(&leave(number));
        }
        for Reference { at, namespace, index } in references {
            let target = match namespace {
                EXITS => {
                    exits[index as usize].jump = at;
                    address + (leavers + index as usize * LEAVE_BYTES) as u64
                }
                TRACES => next.ok_or(CompileError::UnknownTrace(TraceId(index)))?,
                _ => return Err(refused(0, format!("a reference to name space {namespace}"))),
            };
            let displacement = rel32(address + u64::from(at) + 4, target)?;
            let field = at as usize..at as usize + 4;
            self.fuser.code()[field].copy_from_slice(&displacement.to_le_bytes());
        }
        let code = self.fuser.code();
        let (len, code_len) = (code.len(), leavers + exits.len() * LEAVE_BYTES);
        self.memory.publish(code)?;
        let link_ns = elapsed_ns(start);

        let (op_offsets, loop_range) = self.describe();
        let compiled = Compiled {
            address,
            len: len as u32,
            code_len: code_len as u32,
            exits,
            params: parameters(trace).collect(),
            loop_range,
            op_offsets,
            referred_to: false,
            trace: Arc::clone(trace),
        };
        let report = CompileReport {
            allocate_ns,
            emit_ns,
            link_ns,
            code_bytes: len as u64,
            metadata_bytes: compiled.metadata_bytes(),
            slots: facts.slots as u64,
        };
        self.numbers.push((self.next_number, id));
        self.next_number += facts.live.len() as u32;
        self.traces[id.0 as usize] = Some(compiled);
        if trace.ops.len() > KEEP_MEMORY {
            self.context = Context::new();
            self.builder = FunctionBuilderContext::new();
            self.fuser = Fuser::default();
        }
        Ok(report)
    }

    fn link(&mut self, from: ExitRef, to: TraceId) -> Result<u64, CompileError> {
        let start = Instant::now();
        let parent = self.get(from.trace).ok_or(CompileError::UnknownTrace(from.trace))?;
        let (trace, parent_address) = (Arc::clone(&parent.trace), parent.address);
        let exit = from.exit as usize;
        let Some(&ExitSite { jump, .. }) = parent.exits.get(exit) else {
            return Err(refused(0, format!("trace {} has no exit {exit}", from.trace.0)));
        };
        let op = trace.exits()[exit];
        let live = types(&trace, trace.live_of(op.snapshot));
        let target = self.refer_to(to, op.op as usize, live)?;
        if jump != NEVER {
            let at = parent_address + u64::from(jump);
            self.memory.write(at, &rel32(at + 4, target)?.to_le_bytes())?;
        }
        Ok(elapsed_ns(start))
    }

    /// # Panics
    /// Where trace `id` was never compiled: the trait has no other answer.
    unsafe fn enter(&mut self, id: TraceId, context: &mut ContextMemory) -> ExitRef {
        let address = self.get(id).expect("compiled traces are entered").address;
        // SAFETY: the trampoline is a published function of this signature.
        let trampoline: unsafe extern "C" fn(*mut ExecContext, u64) -> u64 =
            unsafe { std::mem::transmute(self.trampoline as usize) };
        // SAFETY: the code was made for this trampoline and is not written while `self` is borrowed
        // here; the context is borrowed mutably, and its words are valid by the caller's promise.
        let number = unsafe { trampoline(context.as_ptr(), address) } as u32;
        let index = self.numbers.partition_point(|&(first, _)| first <= number) - 1;
        let (first, trace) = self.numbers[index];
        ExitRef { trace, exit: number - first }
    }

    fn read_exit(&self, exit: ExitRef, context: &ContextMemory, out: &mut Vec<u64>) {
        let sites = self.get(exit.trace).map_or(&[][..], |t| &t.exits);
        let live = sites.get(exit.exit as usize).map_or(0, |site| site.live as usize);
        out.extend_from_slice(&context.slots()[..live]);
    }

    fn code(&self, id: TraceId) -> Option<CodeView> {
        let compiled = self.get(id)?;
        let bytes = self.memory.bytes(compiled.address, compiled.code_len as usize)?;
        Some(CodeView {
            address: compiled.address,
            bytes: bytes.to_vec(),
            loop_range: compiled.loop_range.clone(),
            op_offsets: compiled.op_offsets.clone(),
        })
    }
}
