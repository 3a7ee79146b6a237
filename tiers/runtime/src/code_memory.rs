//! Memory for generated code.
//!
//! One range of addresses is reserved at the start, low in the address space where the system
//! allows it, and handed out from its bottom: the code of all traces lies together, and every
//! 32-bit relative displacement inside it reaches. Pages get memory behind them only when code is
//! written to them.
//!
//! Invariants.
//! * A page is reserved (no access), or executable and not writable, or, for the length of one
//!   [`CodeMemory::write`], writable and not executable. There is no second mapping.
//! * Nothing runs in the range during a write: writing and entering both borrow the owner mutably.
//! * Code is produced in an ordinary buffer and copied here when it is finished, so that the cost
//!   of the two permission changes is paid once per trace, as linking.

use crate::NativeError;
use tierlab_trace::backend::CompileError;

/// Sizes of the reservation to try, largest first. A reservation costs address space alone.
const RESERVE: [usize; 3] = [256 << 20, 64 << 20, 8 << 20];
/// Alignment of every allocation: a cache line.
pub const CODE_ALIGN: usize = 64;
const PAGE: usize = 4096;

/// The reserved range and how much of it is in use.
#[derive(Debug)]
pub struct CodeMemory {
    base: usize,
    reserved: usize,
    /// Bytes handed out, padding included.
    top: usize,
    /// Bytes of code asked for.
    used: u64,
}

fn last_error(what: &str) -> String {
    format!("{what}: {}", std::io::Error::last_os_error())
}

impl CodeMemory {
    /// Reserves the range.
    pub fn new() -> Result<CodeMemory, NativeError> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        for reserved in RESERVE {
            for low in [libc::MAP_32BIT, 0] {
                // SAFETY: a fresh private mapping at an address of the kernel's choice touches no
                // memory that anyone else owns.
                let base = unsafe {
                    libc::mmap(std::ptr::null_mut(), reserved, libc::PROT_NONE, flags | low, -1, 0)
                };
                if base != libc::MAP_FAILED {
                    return Ok(CodeMemory { base: base as usize, reserved, top: 0, used: 0 });
                }
            }
        }
        Err(NativeError::CodeMemory(last_error("mmap")))
    }

    /// The address that the next allocation will have: code can be made for it beforehand.
    #[inline]
    pub fn next_address(&self) -> u64 {
        (self.base + self.top) as u64
    }

    /// Copies finished code to [`CodeMemory::next_address`], makes it executable and returns where
    /// it is.
    pub fn publish(&mut self, code: &[u8]) -> Result<u64, CompileError> {
        let address = self.next_address();
        if code.len() > self.reserved - self.top {
            return Err(CompileError::OutOfCodeMemory(format!(
                "{} bytes are needed, {} of {} are left",
                code.len(),
                self.reserved - self.top,
                self.reserved
            )));
        }
        self.copy(self.top, code)?;
        self.top = (self.top + code.len()).next_multiple_of(CODE_ALIGN).min(self.reserved);
        self.used += code.len() as u64;
        Ok(address)
    }

    /// Gives the last published piece of code back, so that its memory is used again. Does nothing
    /// where `address` is not the last piece. The caller knows that no code jumps there.
    pub fn release_last(&mut self, address: u64, len: usize) {
        let Some(offset) = self.offset_of(address, len) else { return };
        if (offset + len).next_multiple_of(CODE_ALIGN).min(self.reserved) == self.top {
            self.top = offset;
            self.used -= len as u64;
        }
    }

    /// Overwrites code that was published before.
    pub fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), CompileError> {
        match self.offset_of(address, bytes.len()) {
            Some(offset) => self.copy(offset, bytes),
            None => Err(CompileError::OutOfCodeMemory(format!(
                "{address:#x} is not an address of published code"
            ))),
        }
    }

    /// Overwrites the five bytes at `at` with a jump to `target`.
    pub fn write_jump(&mut self, at: u64, target: u64) -> Result<(), CompileError> {
        let mut jump = [0xE9, 0, 0, 0, 0];
        jump[1..].copy_from_slice(&rel32(at + 5, target)?.to_le_bytes());
        self.write(at, &jump)
    }

    /// Published code to look at.
    pub fn bytes(&self, address: u64, len: usize) -> Option<&[u8]> {
        self.offset_of(address, len)?;
        // SAFETY: the range lies below `top`, where pages are readable, and nothing writes to it
        // while `self` is borrowed.
        Some(unsafe { std::slice::from_raw_parts(address as *const u8, len) })
    }

    /// Bytes of code in use.
    pub fn used_bytes(&self) -> u64 {
        self.used
    }

    /// The offset of a range inside what has been handed out.
    fn offset_of(&self, address: u64, len: usize) -> Option<usize> {
        let offset = (address as usize).checked_sub(self.base)?;
        (offset.checked_add(len)? <= self.top).then_some(offset)
    }

    /// Copies to a range inside the reservation, which the callers have checked.
    fn copy(&mut self, offset: usize, bytes: &[u8]) -> Result<(), CompileError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let first = offset / PAGE * PAGE;
        let len = (offset + bytes.len()).next_multiple_of(PAGE) - first;
        // The first change may fail, and then nothing has happened. The second one makes the pages
        // equal to their neighbours again, which the kernel does by merging: it needs no memory.
        self.protect(first, len, libc::PROT_READ | libc::PROT_WRITE)?;
        // SAFETY: the range is inside the reservation, writable now, and cannot overlap the source,
        // since code memory is handed out as shared borrows of `self` alone.
        unsafe {
            std::ptr::copy_nonoverlapping(
                bytes.as_ptr(),
                (self.base + offset) as *mut u8,
                bytes.len(),
            );
        }
        self.protect(first, len, libc::PROT_READ | libc::PROT_EXEC)
    }

    fn protect(&mut self, offset: usize, len: usize, protection: i32) -> Result<(), CompileError> {
        // SAFETY: the pages belong to this reservation, and nothing runs or reads there, since
        // `self` is borrowed mutably.
        let failed = unsafe {
            libc::mprotect((self.base + offset) as *mut libc::c_void, len, protection) != 0
        };
        if failed {
            return Err(CompileError::OutOfCodeMemory(last_error("mprotect")));
        }
        Ok(())
    }
}

impl Drop for CodeMemory {
    fn drop(&mut self) {
        // SAFETY: the reservation is owned, and whoever could run its code owns this value.
        unsafe { libc::munmap(self.base as *mut libc::c_void, self.reserved) };
    }
}

/// The displacement from the end of an instruction to its target.
#[inline]
pub fn rel32(end: u64, target: u64) -> Result<i32, CompileError> {
    i32::try_from(target.wrapping_sub(end) as i64).map_err(|_| {
        CompileError::OutOfCodeMemory(format!("{target:#x} is out of reach from {end:#x}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permissions(address: u64) -> String {
        let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux has it");
        let hit = maps.lines().find(|line| {
            let (from, rest) = line.split_once('-').expect("from-to");
            let to = rest.split(' ').next().expect("to");
            let parse = |s: &str| u64::from_str_radix(s, 16).expect("hexadecimal");
            (parse(from)..parse(to)).contains(&address)
        });
        hit.map(|line| line.split(' ').nth(1).unwrap_or("").to_string()).unwrap_or_default()
    }

    #[test]
    fn published_code_runs_and_is_not_writable() {
        let mut memory = CodeMemory::new().unwrap();
        // mov eax, 7; ret
        let address = memory.publish(&[0xB8, 7, 0, 0, 0, 0xC3]).unwrap();
        assert_eq!(permissions(address), "r-xp");
        // SAFETY: the bytes are a complete function of this signature.
        let function: extern "C" fn() -> u32 = unsafe { std::mem::transmute(address as usize) };
        assert_eq!(function(), 7);
        memory.write(address + 1, &[9]).unwrap();
        assert_eq!(permissions(address), "r-xp");
        assert_eq!(function(), 9);
        assert_eq!(memory.used_bytes(), 6);
    }

    #[test]
    fn addresses_are_aligned_and_reused() {
        let mut memory = CodeMemory::new().unwrap();
        let first = memory.publish(&[0x90; 5000]).unwrap();
        let second = memory.publish(&[0xCC; 70]).unwrap();
        assert_eq!((first % 64, second), (0, first + 5056));
        memory.release_last(first, 5000);
        assert_eq!(memory.next_address(), second + 128);
        memory.release_last(second, 70);
        assert_eq!(memory.next_address(), second);
        assert_eq!(memory.bytes(first, 5000).unwrap()[4999], 0x90);
        assert!(memory.bytes(second, 1).is_none());
    }

    #[test]
    fn too_much_code_is_an_error() {
        let mut memory = CodeMemory::new().unwrap();
        let most = memory.reserved;
        assert!(matches!(
            memory.publish(&vec![0; most + 1]),
            Err(CompileError::OutOfCodeMemory(_))
        ));
        assert!(memory.write(memory.next_address(), &[1]).is_err());
        memory.publish(&[1]).unwrap();
    }
}
