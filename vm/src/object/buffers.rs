//! Strings and bytes: what their handles lend, and where characters begin.
//!
//! A text is UTF-8. In ASCII texts the offset of a character is its position; others keep the offsets of
//! every [`STRIDE`]th character, made when somebody first asks for one.

use super::{Bytes, BytesCell, Str, StrCell};
use crate::class;

/// Characters from one known offset to the next.
const STRIDE: usize = 8;

impl StrCell {
    /// Texts of up to so many characters have no offsets.
    pub(crate) const NO_OFFSETS: usize = 32;

    /// How many offsets there are, once there are some.
    pub(crate) fn offset_count(&self) -> usize {
        self.chars as usize / STRIDE + 1
    }
}

impl Str {
    /// The cell.
    pub(crate) fn raw(self) -> *mut StrCell {
        self.0.as_ptr()
    }

    /// The text.
    #[inline(always)]
    pub fn text<'a>(self) -> &'a str {
        let cell = self.0.as_ptr();
        // SAFETY: the cell is live; `data` points at `bytes` bytes copied from a `str`, which
        // never change. The borrow is not kept across a safe point.
        unsafe {
            let bytes = std::slice::from_raw_parts((*cell).data, (*cell).bytes as usize);
            std::str::from_utf8_unchecked(bytes)
        }
    }

    /// Its hash, kept once it is computed.
    #[inline]
    pub fn hash(&self) -> i64 {
        let cell = self.0.as_ptr();
        // SAFETY: the cell is live.
        unsafe {
            if (*cell).hash == 0 {
                (*cell).hash = crate::ops::text_hash(self.text()) as u64;
            }
            (*cell).hash as i64
        }
    }

    /// Length in characters.
    #[inline(always)]
    pub fn chars(&self) -> usize {
        self.cell().chars as usize
    }

    /// Where a character (or the end) begins, in bytes.
    #[inline]
    pub fn offset(&self, position: usize) -> usize {
        if self.is_ascii() { position } else { self.far_offset(position) }
    }

    fn far_offset(&self, position: usize) -> usize {
        let text = self.text();
        let (known, rest) = match self.offsets() {
            Some(offsets) => (offsets[position / STRIDE] as usize, position % STRIDE),
            None => (0, position),
        };
        text[known..].char_indices().nth(rest).map_or(text.len(), |(at, _)| known + at)
    }

    /// The position of the character that begins at an offset.
    pub fn position(&self, offset: usize) -> usize {
        if self.is_ascii() {
            return offset;
        }
        let (known, steps) = match self.offsets() {
            Some(offsets) => {
                let at = offsets.partition_point(|known| *known as usize <= offset) - 1;
                (offsets[at] as usize, at * STRIDE)
            }
            None => (0, 0),
        };
        steps + self.text()[known..offset].chars().count()
    }

    /// The offsets of every [`STRIDE`]th character, computed once; `None` for texts too long or too short
    /// for that.
    fn offsets(&self) -> Option<&[u32]> {
        let cell = self.0.as_ptr();
        // SAFETY: the cell is live; `offsets` is null or came from here, with this very length, and
        // goes when the cell is swept.
        unsafe {
            if (*cell).bytes > u64::from(u32::MAX) || (*cell).chars as usize <= StrCell::NO_OFFSETS
            {
                return None;
            }
            let count = (*cell).offset_count();
            if (*cell).offsets.is_null() {
                let mut offsets: Vec<u32> =
                    self.text().char_indices().step_by(STRIDE).map(|(at, _)| at as u32).collect();
                offsets.resize(count, (*cell).bytes as u32);
                (*cell).offsets = Box::into_raw(offsets.into_boxed_slice()).cast();
            }
            Some(std::slice::from_raw_parts((*cell).offsets, count))
        }
    }

    /// Whether all characters are ASCII: indexing is then by byte.
    pub fn is_ascii(&self) -> bool {
        self.cell().chars == self.cell().bytes
    }
}

impl Bytes {
    /// The bytes, until they change.
    #[inline(always)]
    pub fn bytes<'a>(self) -> &'a [u8] {
        let cell = self.0.as_ptr();
        // SAFETY: the cell is live; `data` points at `len` initialized bytes. The borrow is not kept
        // across a safe point or a change.
        unsafe { std::slice::from_raw_parts((*cell).data, (*cell).len as usize) }
    }

    /// The bytes, to change.
    #[inline(always)]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        let cell = self.0.as_ptr();
        // SAFETY: as above; the interpreter runs on one thread and keeps no other slice.
        unsafe { std::slice::from_raw_parts_mut((*cell).data, (*cell).len as usize) }
    }

    /// How many.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.cell().len as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether they may change.
    pub fn may_change(&self) -> bool {
        self.cell().header.class == class::BYTEARRAY
    }

    /// The cell, for the heap, which owns growing.
    pub(crate) fn raw(self) -> *mut BytesCell {
        self.0.as_ptr()
    }
}
