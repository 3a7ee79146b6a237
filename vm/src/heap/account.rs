//! What the tables of dicts and sets take beside their cells, as the heap is told of it.

/// The bytes of one table. They only grow: memory that a table gave back counts until its cell is swept.
#[derive(Clone, Default)]
pub(crate) struct Account {
    counted: usize,
    /// Of these, bytes that the heap was not told of yet.
    untold: usize,
}

impl Account {
    /// Of a table that takes nothing.
    pub const NEW: Account = Account { counted: 0, untold: 0 };

    /// Notes that the table takes so many bytes now.
    #[inline]
    pub fn note(&mut self, bytes: usize) {
        if bytes > self.counted {
            self.untold += bytes - self.counted;
            self.counted = bytes;
        }
    }

    /// Bytes that the heap was told of.
    pub fn told(&self) -> usize {
        self.counted - self.untold
    }

    /// Bytes that the heap is being told of now.
    #[inline]
    pub fn tell(&mut self) -> usize {
        std::mem::take(&mut self.untold)
    }
}
