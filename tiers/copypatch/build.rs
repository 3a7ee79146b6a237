//! Builds the stencil library: writes the source of every stencil, compiles it with the very
//! compiler that builds this crate, checks and cuts what comes out, and writes the tables that
//! the crate includes.
//!
//! Any stencil that is not exactly what copy-and-patch needs fails the build, with its name and
//! the reason. On targets other than x86-64 Linux there is no library.

#[path = "src/extract.rs"]
mod extract;
#[path = "src/holes.rs"]
mod holes;
#[path = "src/object_file.rs"]
mod object_file;
#[path = "src/place.rs"]
mod place;
#[path = "src/shape.rs"]
mod shape;
#[path = "build/source.rs"]
mod source;

// The contract's tables, by their files: depending on the crate would build the library anew with
// every change in it.
#[allow(dead_code)]
#[path = "../../trace/src/layout.rs"]
mod layout;
#[allow(dead_code)]
#[path = "../../trace/src/ops.rs"]
mod ops;
#[allow(dead_code)]
#[path = "../../trace/src/semantics.rs"]
mod semantics;
mod trace {
    pub(crate) use crate::{layout, ops};
}

use extract::{Constants, Contract, Part, Stencil};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use trace::ops::{Imm, Opcode};

/// Stencils per run of the compiler.
const CHUNK: usize = 900;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let semantics = Path::new(&var("CARGO_MANIFEST_DIR")?).join("../../trace/src/semantics.rs");
    for module in ["layout", "ops", "semantics"] {
        println!("cargo:rerun-if-changed=../../trace/src/{module}.rs");
    }
    for path in ["build.rs", "build/source.rs"] {
        println!("cargo:rerun-if-changed={path}");
    }
    for module in ["extract", "holes", "object_file", "place", "shape"] {
        println!("cargo:rerun-if-changed=src/{module}.rs");
    }
    let here = var("CARGO_CFG_TARGET_ARCH")? == "x86_64" && var("CARGO_CFG_TARGET_OS")? == "linux";
    if !here {
        return Ok(());
    }
    let out = PathBuf::from(var("OUT_DIR")?);
    let mut all = Vec::with_capacity(shape::STENCILS);
    all.extend(source::all());
    // A chunk is optimized in one way; the sort keeps the order otherwise.
    let mut by_passes = all.clone();
    by_passes.sort_by_key(|(_, op, _)| source::passes(*op));
    let chunks: Vec<&[_]> = by_passes
        .chunk_by(|a, b| source::passes(a.1) == source::passes(b.1))
        .flat_map(|ops| ops.chunks(CHUNK))
        .collect();
    let prelude =
        source::PRELUDE.replace("SEMANTICS", &semantics.canonicalize()?.to_string_lossy());

    // Each thread compiles the next chunk that nobody has taken.
    let next = AtomicUsize::new(0);
    let jobs = var("NUM_JOBS").ok().and_then(|n| n.parse().ok()).unwrap_or(1usize);
    let objects: Result<Vec<Vec<Vec<u8>>>, Failure> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.clamp(1, chunks.len()))
            .map(|_| {
                scope.spawn(|| {
                    let mut done = Vec::new();
                    loop {
                        let k = next.fetch_add(1, Ordering::Relaxed);
                        let Some(chunk) = chunks.get(k) else { return Ok(done) };
                        done.push(compile(&out, k, &prelude, chunk)?);
                    }
                })
            })
            .collect();
        workers.into_iter().map(|w| w.join().map_err(|_| "a worker panicked")?).collect()
    });

    let mut functions: HashMap<String, extract::Raw> = HashMap::with_capacity(all.len());
    for object in objects?.into_iter().flatten() {
        let raw = object_file::functions(&object)?;
        functions.extend(raw.into_iter().map(|raw| (raw.name.clone(), raw)));
    }
    let mut library = Library::default();
    for &(number, op, places) in &all {
        let name = format!("{} {places:?}", op.info().name);
        let raw = functions
            .get(&format!("s{number}"))
            .ok_or_else(|| format!("the compiler made no stencil for {name}"))?;
        let contract = Contract {
            exits: op.can_exit(),
            calls: op.info().imm == Imm::Helper,
            // The machine divides and shifts in registers of its own choice.
            saves: matches!(op, Opcode::FloorDiv | Opcode::FloorMod | Opcode::ShlOvf),
            // A register compared with itself.
            always_exits: op.info().result.is_none() && places[0] == places[1],
            holes: source::hole_kinds(op, &places),
        };
        let stencil = extract::extract(raw, &contract, &mut library.constants)
            .map_err(|refusal| format!("the stencil for {name} is refused: {refusal}"))?;
        library.add(op, &places, &stencil);
    }
    library.write(&out)
}

fn var(name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|e| format!("{name}: {e}").into())
}

fn compile(
    out: &Path,
    number: usize,
    prelude: &str,
    chunk: &[(u32, Opcode, [shape::Place; 4])],
) -> Result<Vec<u8>, Failure> {
    let mut text = prelude.to_string();
    for (number, op, places) in chunk {
        source::write_stencil(&mut text, *number, *op, places);
    }
    let source = out.join(format!("stencils_{number}.rs"));
    let object = out.join(format!("stencils_{number}.o"));
    std::fs::write(&source, text)?;
    let result = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--edition", "2024", "--emit=obj", "--target"])
        .arg(std::env::var("TARGET")?)
        .args(source::passes(chunk[0].1).iter().flat_map(|option| ["-C", option]))
        .args(["-C", "panic=abort", "-C", "relocation-model=static"])
        .args(["-C", "codegen-units=1", "-C", "force-unwind-tables=no", "-C", "debuginfo=0"])
        .args(["-C", "overflow-checks=no", "-C", "debug-assertions=no", "-C", "code-model=small"])
        .arg("-o")
        .arg(&object)
        .arg(&source)
        .output()?;
    if !result.status.success() {
        let why = String::from_utf8_lossy(&result.stderr);
        return Err(format!("{} does not compile:\n{why}", source.display()).into());
    }
    let bytes = std::fs::read(&object)?;
    std::fs::remove_file(&object)?;
    Ok(bytes)
}

/// The tables in the making.
#[derive(Default)]
struct Library {
    bytes: Vec<u8>,
    /// Where equal bytes are already.
    known_bytes: HashMap<Vec<u8>, usize>,
    holes: Vec<holes::Hole>,
    known_holes: HashMap<Vec<holes::Hole>, usize>,
    constants: Constants,
    /// Rows of the stencil table, as source.
    rows: String,
    /// Rows of the cold parts.
    cold_rows: String,
    cold: usize,
    extension: HashMap<(Opcode, usize), (bool, bool)>,
}

impl Library {
    fn add(&mut self, op: Opcode, places: &[shape::Place; 4], stencil: &Stencil) {
        let cold = if stencil.cold.code.is_empty() {
            u16::MAX as usize
        } else {
            let row = self.part(&stencil.cold);
            let _ = writeln!(self.cold_rows, "    {row},");
            self.cold += 1;
            self.cold - 1
        };
        let row = self.part(&stencil.hot);
        let _ = writeln!(self.rows, "    Stencil {{ hot: {row}, cold: {cold} }},");
        for (position, &(signed, unsigned)) in stencil.extension.iter().enumerate() {
            if places[position] != shape::Place::Imm32 {
                continue;
            }
            let entry = self.extension.entry((op, position)).or_default();
            entry.0 |= signed;
            entry.1 |= unsigned;
        }
    }

    fn part(&mut self, part: &Part) -> String {
        let code = *self.known_bytes.entry(part.code.clone()).or_insert_with(|| {
            self.bytes.extend_from_slice(&part.code);
            self.bytes.len() - part.code.len()
        });
        let holes = *self.known_holes.entry(part.holes.clone()).or_insert_with(|| {
            self.holes.extend_from_slice(&part.holes);
            self.holes.len() - part.holes.len()
        });
        let (len, count) = (part.code.len(), part.holes.len());
        format!("Part {{ code: {code}, holes: {holes}, len: {len}, hole_count: {count} }}")
    }

    fn write(mut self, out: &Path) -> Result<(), Failure> {
        // Bytes are copied in whole chunks, so that the last stencil is followed by some.
        self.bytes.extend([0; 64]);
        std::fs::write(out.join("stencils.bin"), &self.bytes)?;
        let mut text = String::new();
        let rows = shape::STENCILS;
        writeln!(text, "/// All stencils, by number.")?;
        writeln!(text, "pub static STENCILS: [Stencil; {rows}] = [\n{}];", self.rows)?;
        writeln!(text, "/// Cold parts, by the stencils' index.")?;
        writeln!(text, "pub static COLD_PARTS: [Part; {}] = [\n{}];", self.cold, self.cold_rows)?;
        writeln!(text, "/// Holes of all parts.")?;
        writeln!(text, "pub static HOLES: [Hole; {}] = [", self.holes.len())?;
        for hole in &self.holes {
            let holes::Hole { offset, kind, addend } = hole;
            writeln!(text, "    Hole {{ offset: {offset}, kind: {kind}, addend: {addend} }},")?;
        }
        writeln!(text, "];\n/// Constants that stencils refer to.")?;
        let constants = &self.constants.values;
        writeln!(text, "pub static CONSTANTS: [[u8; 16]; {}] = {constants:?};", constants.len())?;
        writeln!(text, "/// The range of 32-bit immediates, by opcode and operand.")?;
        writeln!(text, "pub static IMMEDIATES: [[(i64, i64); 3]; {}] = [", Opcode::ALL.len())?;
        for &op in Opcode::ALL {
            let row = [0, 1, 2].map(|position| {
                match self.extension.get(&(shape::canonical(op), position)) {
                    Some((true, false)) => (i64::from(i32::MIN), i64::from(i32::MAX)),
                    Some((false, true)) => (0, i64::from(u32::MAX)),
                    Some((true, true)) => (0, i64::from(i32::MAX)),
                    Some((false, false)) | None => (1, 0),
                }
            });
            writeln!(text, "    {row:?},")?;
        }
        writeln!(text, "];")?;
        std::fs::write(out.join("stencils.rs"), text)?;
        Ok(())
    }
}
