//! Reading compiled stencils from an object file.
//!
//! The compiler puts each function in a section of its own; relocations of that section are the
//! function's. References to read-only data are replaced by the bytes they refer to.
//!
//! The build script compiles this file too.

use crate::extract::{Form, Raw, Relocation, Target};
use object::{
    Object as _, ObjectSection as _, ObjectSymbol as _, RelocationFlags, RelocationTarget,
    SectionKind, SymbolKind, elf,
};

/// All functions of an object file.
pub fn functions(data: &[u8]) -> Result<Vec<Raw>, String> {
    let file = object::File::parse(data).map_err(|e| e.to_string())?;
    let mut out = Vec::new();
    for symbol in file.symbols() {
        if symbol.kind() != SymbolKind::Text || !symbol.is_definition() {
            continue;
        }
        let name = symbol.name().map_err(|e| e.to_string())?.to_string();
        let at = |what: String| format!("{name}: {what}");
        let Some(index) = symbol.section_index() else { continue };
        let section = file.section_by_index(index).map_err(|e| at(e.to_string()))?;
        let bytes = section.data().map_err(|e| at(e.to_string()))?;
        let (start, len) = (symbol.address() as usize, symbol.size() as usize);
        let code =
            bytes.get(start..start + len).ok_or_else(|| at("is not in its section".into()))?;
        let mut relocations = Vec::new();
        for (offset, relocation) in section.relocations() {
            let offset = offset as usize;
            if !(start..start + len).contains(&offset) {
                continue;
            }
            let RelocationFlags::Elf { r_type } = relocation.flags() else {
                return Err(at("is not an ELF function".into()));
            };
            let form = match r_type {
                elf::R_X86_64_32S => Form::Signed32,
                elf::R_X86_64_32 => Form::Unsigned32,
                elf::R_X86_64_PC32 | elf::R_X86_64_PLT32 => Form::Relative32,
                elf::R_X86_64_64 => Form::Absolute64,
                other => Form::Other(other),
            };
            let RelocationTarget::Symbol(target) = relocation.target() else {
                return Err(at("has a relocation without a symbol".into()));
            };
            let target = file.symbol_by_index(target).map_err(|e| at(e.to_string()))?;
            let mut addend = relocation.addend();
            let target = match target.section_index() {
                None => Target::Symbol(target.name().map_err(|e| at(e.to_string()))?.to_string()),
                Some(data) => {
                    let section = file.section_by_index(data).map_err(|e| at(e.to_string()))?;
                    match data_size(&section) {
                        // What is no constant keeps its name, which no stencil may refer to.
                        None => Target::Symbol(section.name().unwrap_or("data").to_string()),
                        Some(size) => {
                            // The address is the symbol's plus the addend, but that the addend
                            // also makes up for the distance to the instruction's end (4, or more
                            // where an immediate follows); constants are aligned, so the two
                            // separate.
                            let address = target.address() as i64 + addend;
                            let constant = (address + 3 + size) / size * size;
                            addend = address - constant;
                            let bytes = section.data().map_err(|e| at(e.to_string()))?;
                            let range = constant as usize..(constant + size) as usize;
                            let bytes =
                                bytes.get(range).ok_or_else(|| at("has no such data".into()))?;
                            Target::Data(bytes.to_vec())
                        }
                    }
                }
            };
            relocations.push(Relocation { offset: offset - start, form, target, addend });
        }
        out.push(Raw { code: code.to_vec(), relocations, name });
    }
    Ok(out)
}

/// The size of the constants in a section of constants.
fn data_size(section: &object::Section) -> Option<i64> {
    match (section.kind(), section.name()) {
        (SectionKind::ReadOnlyData, Ok(".rodata.cst8")) => Some(8),
        (SectionKind::ReadOnlyData, Ok(".rodata.cst16")) => Some(16),
        _ => None,
    }
}
