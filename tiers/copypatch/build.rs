//! Builds the stencil libraries: writes the source of every stencil, compiles it with the very
//! compiler that builds this crate, checks and cuts what comes out, and writes the tables that
//! the crate includes.
//!
//! Any stencil that is not exactly what copy-and-patch needs fails its library, with its name and
//! the reason. The first library is what the tier stands on: without it the build fails. Another
//! that cannot be made is recorded as absent, with the reason: so is one that needs unstable
//! features of the compiler, where it has none of them or `TIERLAB_NO_PRESERVE_NONE` is set. On
//! targets other than x86-64 Linux there are no libraries.

#[allow(dead_code)]
#[path = "src/convention.rs"]
mod convention;
#[path = "src/extract.rs"]
mod extract;
#[path = "src/fields.rs"]
mod fields;
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
#[path = "build/tables.rs"]
mod tables;

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

use convention::{Abi, CONVENTIONS, Convention};
use extract::Contract;
use fields::Fields;
use iced_x86::Register;
use source::Dialect;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tables::Library;
use trace::ops::{Imm, Opcode};

/// Stencils per run of the compiler.
const CHUNK: usize = 900;

/// Set to anything but 0, it leaves out libraries that need unstable features.
const UNWANTED: &str = "TIERLAB_NO_PRESERVE_NONE";

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Variant = (u32, Opcode, [shape::Place; 4]);

fn main() -> Result<(), Failure> {
    let semantics = Path::new(&var("CARGO_MANIFEST_DIR")?).join("../../trace/src/semantics.rs");
    for module in ["layout", "ops", "semantics"] {
        println!("cargo:rerun-if-changed=../../trace/src/{module}.rs");
    }
    for path in ["build.rs", "build/source.rs", "build/tables.rs"] {
        println!("cargo:rerun-if-changed={path}");
    }
    for module in ["convention", "extract", "fields", "holes", "object_file", "place", "shape"] {
        println!("cargo:rerun-if-changed=src/{module}.rs");
    }
    println!("cargo:rerun-if-env-changed={UNWANTED}");
    let here = var("CARGO_CFG_TARGET_ARCH")? == "x86_64" && var("CARGO_CFG_TARGET_OS")? == "linux";
    if !here {
        return Ok(());
    }
    let out = PathBuf::from(var("OUT_DIR")?);
    let semantics = semantics.canonicalize()?;
    let mut rows = String::new();
    for (number, convention) in CONVENTIONS.iter().enumerate() {
        let build = Build { out: &out, convention };
        match build.library(&semantics) {
            Ok((library, seconds)) => rows += &library.write(&out, convention, seconds)?,
            Err(reason) if number == 0 => return Err(reason),
            Err(reason) => rows += &tables::write_absent(&out, convention, &reason.to_string())?,
        }
    }
    tables::write_list(&out, &rows)
}

fn var(name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|e| format!("{name}: {e}").into())
}

/// The making of one library.
struct Build<'a> {
    out: &'a Path,
    convention: &'static Convention,
}

impl Build<'_> {
    /// Makes all stencils; also says how many seconds that took.
    fn library(&self, semantics: &Path) -> Result<(Library, f64), Failure> {
        let start = Instant::now();
        let dialect = Dialect::new(self.convention, &semantics.to_string_lossy());
        let all: Vec<Variant> = self.convention.space().all().collect();
        if self.convention.abi == Abi::PreserveNone {
            if std::env::var_os(UNWANTED).is_some_and(|v| !v.is_empty() && v != "0") {
                return Err(format!("left out, because {UNWANTED} is set").into());
            }
            // One stencil says whether the compiler can, before all processes fail to.
            self.compile(&dialect, "probe", &all[..1])
                .map_err(|why| format!("the compiler lacks what it needs: {why}"))?;
        }
        let functions = self.compile_all(&dialect, &all)?;
        let mut library = Library::default();
        for (number, op, places) in &all {
            let raw = functions.get(&format!("s{number}"));
            let stencil = raw.ok_or_else(|| "the compiler made none".to_string()).and_then(|raw| {
                extract::extract(raw, &self.contract(*op, places), &mut library.constants)
                    .map_err(|refusal| refusal.to_string())
            });
            let stencil = stencil.map_err(|why| {
                let library = self.convention.name;
                format!("library {library}, stencil {} {places:?}: {why}", op.info().name)
            })?;
            library.add(*number, *op, places, &stencil)?;
        }
        Ok((library, start.elapsed().as_secs_f64()))
    }

    /// Compiles all stencils in chunks, in as many processes as cargo allows.
    fn compile_all(
        &self,
        dialect: &Dialect,
        all: &[Variant],
    ) -> Result<HashMap<String, extract::Raw>, Failure> {
        // A chunk is optimized in one way; the sort keeps the order otherwise.
        let mut by_passes = all.to_vec();
        by_passes.sort_by_key(|(_, op, _)| source::passes(*op));
        let chunks: Vec<&[Variant]> = by_passes
            .chunk_by(|a, b| source::passes(a.1) == source::passes(b.1))
            .flat_map(|ops| ops.chunks(CHUNK))
            .collect();
        // Each thread compiles the next chunk that nobody has taken.
        let next = AtomicUsize::new(0);
        let jobs = var("NUM_JOBS").ok().and_then(|n| n.parse().ok()).unwrap_or(1usize);
        let done: Result<Vec<Vec<extract::Raw>>, Failure> = std::thread::scope(|scope| {
            let worker = || -> Result<Vec<extract::Raw>, Failure> {
                let mut done = Vec::new();
                loop {
                    let k = next.fetch_add(1, Ordering::Relaxed);
                    let Some(chunk) = chunks.get(k) else { return Ok(done) };
                    let object = self.compile(dialect, &k.to_string(), chunk)?;
                    done.extend(object_file::functions(&object)?);
                }
            };
            let workers: Vec<_> =
                (0..jobs.clamp(1, chunks.len())).map(|_| scope.spawn(worker)).collect();
            workers.into_iter().map(|w| w.join().map_err(|_| "a worker panicked")?).collect()
        });
        Ok(done?.into_iter().flatten().map(|raw| (raw.name.clone(), raw)).collect())
    }

    /// Compiles some stencils into an object file and returns its bytes.
    fn compile(
        &self,
        dialect: &Dialect,
        part: &str,
        chunk: &[Variant],
    ) -> Result<Vec<u8>, Failure> {
        let mut text = dialect.prelude.clone();
        for (number, op, places) in chunk {
            source::write_stencil(&mut text, dialect, *number, *op, places);
        }
        let source = self.out.join(format!("{}_{part}.rs", self.convention.name));
        let object = source.with_extension("o");
        std::fs::write(&source, text)?;
        let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        command
            .args(["--edition", "2024", "--emit=obj", "--target"])
            .arg(std::env::var("TARGET")?)
            .args(source::passes(chunk[0].1).iter().flat_map(|option| ["-C", option]))
            .args(["-C", "panic=abort", "-C", "relocation-model=static"])
            .args(["-C", "codegen-units=1", "-C", "force-unwind-tables=no", "-C", "debuginfo=0"])
            .args(["-C", "overflow-checks=no", "-C", "debug-assertions=no"])
            .args(["-C", "code-model=small", "-o"])
            .arg(&object)
            .arg(&source);
        if self.convention.abi == Abi::PreserveNone {
            // Unstable features, for this run of the compiler alone.
            command.env("RUSTC_BOOTSTRAP", "1");
        }
        let result = command.output()?;
        if !result.status.success() {
            let why = String::from_utf8_lossy(&result.stderr);
            return Err(format!("{} does not compile:\n{why}", source.display()).into());
        }
        let bytes = std::fs::read(&object)?;
        std::fs::remove_file(&object)?;
        Ok(bytes)
    }

    /// What the stencil of an op may do.
    fn contract(&self, op: Opcode, places: &[shape::Place; 4]) -> Contract {
        Contract {
            exits: op.can_exit(),
            calls: op.info().imm == Imm::Helper,
            // The machine divides and shifts in registers of its own choice, which are free where
            // registers are holes.
            saves: matches!(op, Opcode::FloorDiv | Opcode::FloorMod | Opcode::ShlOvf)
                && self.convention.representatives.is_none(),
            // A register compared with itself.
            always_exits: op.info().result.is_none() && places[0] == places[1],
            holes: source::hole_kinds(op, places),
            abi: self.convention.abi,
            fields: self.fields(op, places),
        }
    }

    /// The registers of a stencil that are holes; a call has none, and uses what it likes.
    fn fields(&self, op: Opcode, places: &[shape::Place; 4]) -> Option<Fields> {
        let int = |n: u8| Register::RAX + u32::from(n);
        let float = |n: u8| Register::XMM0 + u32::from(n);
        let representatives = self.convention.representatives.filter(|_| !op.is_call())?;
        let ints: Vec<Register> = self.convention.ints.iter().map(|n| int(*n)).collect();
        let floats: Vec<Register> = self.convention.floats.iter().map(|n| float(*n)).collect();
        let mut fields = Fields::default();
        for (position, place) in places.iter().enumerate() {
            let (representative, file) = match place {
                shape::Place::Int(n) => (int(representatives[usize::from(*n)]), &ints),
                shape::Place::Float(n) => (floats[usize::from(*n)], &floats),
                _ => continue,
            };
            if !fields.stands_for.iter().any(|(r, ..)| *r == representative) {
                let kind = holes::FIELD + position as u8;
                fields.stands_for.push((representative, kind, file.clone()));
            }
            if position == 3 {
                fields.result = Some(representative);
            }
        }
        let used = |r: &Register| fields.stands_for.iter().any(|(used, ..)| used == r);
        fields.untouched = ints.iter().chain(&floats).filter(|r| !used(r)).copied().collect();
        Some(fields)
    }
}
