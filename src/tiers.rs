//! Where a configuration becomes a tier: the only code that names the tier crates.
//!
//! A new tier is a row in [`crate::registry`] and an arm in [`backend`].

use crate::config::RunConfig;
use crate::engine::{Dump, EngineError, LoopStats};
pub use tierlab_copypatch::LibraryInfo as StencilLibrary;
use tierlab_regalloc::RegFile;
use tierlab_runtime::count;
use tierlab_trace::backend::{Backend, HelperTable};
use tierlab_trace::ir::{Trace, TraceId};

/// The tier of a configuration, ready to compile.
pub fn backend(config: &RunConfig, helpers: HelperTable) -> Result<Box<dyn Backend>, EngineError> {
    if config.tier_name() == "uop" {
        return Ok(Box::new(tierlab_uop::Uop::new(helpers)));
    }
    native(config, helpers)
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn native(config: &RunConfig, helpers: HelperTable) -> Result<Box<dyn Backend>, EngineError> {
    use tierlab_copypatch::CopyPatch;
    use tierlab_cranelift::{Cranelift, CraneliftOptions, OptLevel, RegallocAlgorithm};
    use tierlab_dynasm::Dynasm;

    let failed = |e: &dyn std::fmt::Display| EngineError::Failed(e.to_string());
    let strategy = || {
        let name = if config.tier_name() == "copypatch" { "stack" } else { &config.alloc };
        tierlab_regalloc::strategy(name).map_err(|e| failed(&e))
    };
    let (ints, floats) = (config.regs, config.float_regs);
    Ok(match config.tier_name() {
        "copypatch" | "copypatch-reg" => {
            let library = find_library(&config.library)?;
            let tier = CopyPatch::new(helpers, strategy()?, library, ints, floats);
            Box::new(tier.map_err(|e| failed(&e))?)
        }
        "dynasm" => {
            Box::new(Dynasm::new(helpers, strategy()?, ints, floats).map_err(|e| failed(&e))?)
        }
        "cranelift" => {
            let mut options = CraneliftOptions::default();
            if let Some(named) = config.cranelift() {
                let level = OptLevel::from_name(named.opt_level);
                options.opt_level = level.unwrap_or(options.opt_level);
                let algorithm = RegallocAlgorithm::from_name(named.regalloc);
                options.regalloc = algorithm.unwrap_or(options.regalloc);
            }
            Box::new(Cranelift::new(helpers, options).map_err(|e| failed(&e))?)
        }
        other => return Err(EngineError::Failed(format!("the tier `{other}` runs no traces"))),
    })
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
fn native(config: &RunConfig, _helpers: HelperTable) -> Result<Box<dyn Backend>, EngineError> {
    Err(EngineError::Failed(format!(
        "the tier `{}` exists on x86-64 Linux only; `interp`, `adaptive` and `uop` run here",
        config.tier
    )))
}

/// The register file of the copy-and-patch tier with that library and that many registers.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub fn register_file(library: &str, ints: u8, floats: u8) -> Result<RegFile, EngineError> {
    Ok(find_library(library)?.register_file(ints, floats))
}

/// A stencil library that this build has.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn find_library(name: &str) -> Result<&'static tierlab_copypatch::Library, EngineError> {
    let info = libraries().iter().find(|l| l.name == name);
    let info = info.ok_or_else(|| EngineError::Failed(format!("no stencil library `{name}`")))?;
    info.library.as_ref().map_err(|reason| {
        EngineError::Failed(format!("this build has no stencil library `{name}`: {reason}"))
    })
}

/// Says that there is none here.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
pub fn register_file(_library: &str, _ints: u8, _floats: u8) -> Result<RegFile, EngineError> {
    Err(EngineError::Failed(
        "the register file of `copypatch-reg` exists on x86-64 Linux only".to_string(),
    ))
}

/// Every stencil library, those included that this build could not make.
pub fn libraries() -> &'static [StencilLibrary] {
    tierlab_copypatch::libraries()
}

/// What the loop body of a trace amounts to; `None` for traces without a loop.
pub fn loop_stats(backend: &dyn Backend, id: TraceId, trace: &Trace) -> Option<LoopStats> {
    let block = trace.loop_block()?;
    let counts = backend
        .code(id)
        .and_then(|code| count::count_loop(&code, &[count::FRAME_SLOTS, count::STACK_SLOTS]))
        .unwrap_or_default();
    Some(LoopStats {
        location: trace.location.clone(),
        ops: u64::from(block.end - block.first - block.params),
        instructions: counts.instructions,
        slot_loads: counts.slot_loads,
        slot_stores: counts.slot_stores,
        iterations: backend.iterations(id).unwrap_or(0),
    })
}

/// Writes the allocation and the disassembly of a trace, as asked.
pub fn dump_code(
    backend: &dyn Backend,
    id: TraceId,
    trace: &Trace,
    dumps: &[Dump],
    out: &mut dyn FnMut(&str),
) {
    if dumps.contains(&Dump::Alloc)
        && let Some(text) = backend.allocation_text(id)
    {
        out(&format!("; trace {} at {}\n{text}", id.0, trace.location));
    }
    if dumps.contains(&Dump::Asm)
        && let Some(code) = backend.code(id)
    {
        let name = |op: u32| {
            let op = op as usize;
            trace
                .ops
                .get(op)
                .map_or_else(String::new, |o| format!("%{op} {}", o.opcode.info().name))
        };
        out(&format!("; trace {} at {}\n{}", id.0, trace.location, count::listing(&code, &name)));
    }
}
