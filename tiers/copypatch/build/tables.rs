//! Writing a library's tables.
//!
//! The tables that have a row per stencil are binary files, which the crate includes as they are
//! (a source of that many rows would take the compiler longer than the stencils); the formats are
//! those of `src/library.rs`. The list of libraries, with the few numbers that each has, is Rust
//! source.

use crate::Failure;
use crate::convention::Convention;
use crate::extract::{Constants, Part, Stencil};
use crate::holes::Hole;
use crate::shape::{self, Place};
use crate::trace::ops::Opcode;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

/// The tables in the making.
#[derive(Default)]
pub struct Library {
    /// Constants that stencils refer to.
    pub constants: Constants,
    bytes: Vec<u8>,
    /// Where equal bytes are already.
    known_bytes: HashMap<Vec<u8>, u32>,
    holes: Vec<Hole>,
    /// Where an equal list of holes is already.
    known_holes: HashMap<Vec<Hole>, usize>,
    stencils: Vec<u8>,
    cold: Vec<u8>,
    extension: HashMap<(Opcode, usize), (bool, bool)>,
}

/// Bytes of a stencil's row.
const STENCIL: usize = 12;
/// Bytes of a part's row.
const PART: usize = 8;
/// The index that says that there is no cold part.
const NO_COLD: u16 = u16::MAX;

impl Library {
    /// Adds the stencil with that number. Numbers ascend; those left out have no stencil.
    pub fn add(
        &mut self,
        number: u32,
        op: Opcode,
        places: &[Place; 4],
        stencil: &Stencil,
    ) -> Result<(), Failure> {
        let mut cold = NO_COLD;
        if !stencil.cold.code.is_empty() {
            cold = u16::try_from(self.cold.len() / PART).unwrap_or(NO_COLD);
            if cold == NO_COLD {
                return Err("too many cold parts for the format".into());
            }
            let row = self.part(&stencil.cold)?;
            self.cold.extend(row);
        }
        let row = self.part(&stencil.hot)?;
        self.stencils.resize(STENCIL * number as usize, 0);
        self.stencils.extend(row);
        self.stencils.extend(cold.to_le_bytes());
        self.stencils.extend([0; 2]);
        for (position, &(signed, unsigned)) in stencil.extension.iter().enumerate() {
            if places[position] == Place::Imm32 {
                let entry = self.extension.entry((op, position)).or_default();
                entry.0 |= signed;
                entry.1 |= unsigned;
            }
        }
        Ok(())
    }

    fn part(&mut self, part: &Part) -> Result<[u8; PART], Failure> {
        let code = match self.known_bytes.get(&part.code) {
            Some(&code) => code,
            None => {
                let code = u32::try_from(self.bytes.len())?;
                self.bytes.extend_from_slice(&part.code);
                self.known_bytes.insert(part.code.clone(), code);
                code
            }
        };
        let holes = match self.known_holes.get(&part.holes) {
            Some(&holes) => holes,
            None => {
                let holes = self.holes.len();
                self.holes.extend_from_slice(&part.holes);
                self.known_holes.insert(part.holes.clone(), holes);
                holes
            }
        };
        let mut row = [0; PART];
        row[..4].copy_from_slice(&code.to_le_bytes());
        row[4..6].copy_from_slice(&u16::try_from(holes)?.to_le_bytes());
        row[6] = u8::try_from(part.code.len())?;
        row[7] = u8::try_from(part.holes.len())?;
        Ok(row)
    }

    /// Writes the binary tables and returns the library's row of the list.
    pub fn write(
        mut self,
        out: &Path,
        convention: &Convention,
        seconds: f64,
    ) -> Result<String, Failure> {
        // Bytes are copied in whole chunks, so that the last stencil is followed by some.
        self.bytes.extend([0; 64]);
        let mut holes = Vec::with_capacity(4 * self.holes.len());
        for hole in &self.holes {
            holes.extend([hole.offset, hole.kind]);
            holes.extend(hole.addend.to_le_bytes());
        }
        let tables = [&self.bytes, &self.stencils, &self.cold, &holes];
        write_binary(out, convention, tables.map(Vec::as_slice))?;
        let mut immediates = String::new();
        for &op in Opcode::ALL {
            let row = [0, 1, 2].map(|position| {
                match self.extension.get(&(shape::canonical(op), position)) {
                    Some((true, false)) => (i64::from(i32::MIN), i64::from(i32::MAX)),
                    Some((false, true)) => (0, i64::from(u32::MAX)),
                    Some((true, true)) => (0, i64::from(i32::MAX)),
                    Some((false, false)) | None => (1, 0),
                }
            });
            write!(immediates, "{row:?},")?;
        }
        let constants = &self.constants.values;
        let contents = format!(
            "Ok(Contents {{ constants: &{constants:?}, immediates: [{immediates}], build_seconds: {seconds:?} }})"
        );
        Ok(row(convention, &contents))
    }
}

/// Writes empty tables for a library that could not be made, and returns its row of the list.
pub fn write_absent(out: &Path, convention: &Convention, reason: &str) -> Result<String, Failure> {
    write_binary(out, convention, [&[]; 4])?;
    // The compiler's first line says what is the matter.
    let lines: Vec<&str> = reason.lines().take(2).map(str::trim).collect();
    Ok(row(convention, &format!("Err({:?})", lines.join(" "))))
}

/// The extensions of a library's files; `src/library.rs` says what is in them.
const FILES: [&str; 4] = ["code", "stencils", "cold", "holes"];

fn write_binary(out: &Path, convention: &Convention, tables: [&[u8]; 4]) -> Result<(), Failure> {
    for (extension, table) in FILES.into_iter().zip(tables) {
        std::fs::write(out.join(format!("{}.{extension}", convention.name)), table)?;
    }
    Ok(())
}

fn row(convention: &Convention, contents: &str) -> String {
    let files = FILES.map(|extension| {
        let name = convention.name;
        format!(
            "{extension}: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.{extension}\")).as_slice()"
        )
    });
    format!("    Made {{ {}, contents: {contents} }},\n", files.join(", "))
}

/// Writes the list of libraries.
pub fn write_list(out: &Path, rows: &str) -> Result<(), Failure> {
    let text = format!("[\n{rows}]\n");
    Ok(std::fs::write(out.join("libraries.rs"), text)?)
}
