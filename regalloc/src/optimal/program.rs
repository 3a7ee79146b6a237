//! Integer programs over bits: building, reducing, taking apart.
//!
//! A program minimizes a sum of costs subject to rows, each a sum of bits that is at most a number.
//! Before a solver sees it, it is *reduced*, by steps that lose no optimum:
//! * a row that holds whatever its bits are is dropped;
//! * a bit that all its rows (and its cost) want small is 0, one that they want large is 1;
//! * a row of plain bits is dropped where a neighbour asks for more.
//!
//! What is left falls apart into *parts* that share no bits and are solved one by one.
//!
//! Invariant: coefficients and costs are integers, so of two objectives one is smaller by at least 1.

use std::time::Instant;

/// A bit of a program, or one that was known when the program was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bit {
    /// 0 or 1.
    Known(bool),
    /// To be found.
    Var(u32),
}

impl Bit {
    pub const ZERO: Bit = Bit::Known(false);
    pub const ONE: Bit = Bit::Known(true);
}

/// A sum that is at most a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Bits and coefficients, by bit.
    pub terms: Vec<(u32, i64)>,
    pub at_most: i64,
}

/// A program.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Per bit.
    pub costs: Vec<i64>,
    pub rows: Vec<Row>,
    /// What it costs in any case.
    pub base: i64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Per bit.
    pub bits: Vec<bool>,
    /// Costs with them.
    pub cost: i64,
}

impl Answer {
    /// A bit's value.
    pub fn get(&self, bit: Bit) -> bool {
        match bit {
            Bit::Known(value) => value,
            Bit::Var(v) => self.bits[v as usize],
        }
    }
}

impl Program {
    /// A new bit.
    pub fn bit(&mut self, cost: i64) -> Bit {
        self.costs.push(cost);
        Bit::Var(self.costs.len() as u32 - 1)
    }

    /// Adds to the cost of a bit.
    pub fn cost(&mut self, bit: Bit, cost: i64) {
        match bit {
            Bit::Known(value) => self.base += i64::from(value) * cost,
            Bit::Var(v) => self.costs[v as usize] += cost,
        }
    }

    /// The sum of these is at most that.
    pub fn row(&mut self, terms: impl IntoIterator<Item = (Bit, i64)>, at_most: i64) {
        let mut row = Row { terms: Vec::new(), at_most };
        for (bit, factor) in terms {
            match bit {
                Bit::Known(value) => row.at_most -= i64::from(value) * factor,
                Bit::Var(v) => row.terms.push((v, factor)),
            }
        }
        row.terms.sort_unstable();
        // The same bit may be there twice.
        row.terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += i64::from(same) * next.1;
            same
        });
        if row.largest() > row.at_most {
            self.rows.push(row);
        }
    }

    /// One of them at least.
    pub fn any(&mut self, bits: impl IntoIterator<Item = Bit>) {
        self.row(bits.into_iter().map(|bit| (bit, -1)), -1);
    }

    /// If the first, then one of the others.
    pub fn implies(&mut self, first: Bit, others: impl IntoIterator<Item = Bit>) {
        let others = others.into_iter().map(|bit| (bit, -1));
        self.row(std::iter::once((first, 1)).chain(others), 0);
    }

    /// What these bits cost; `None` if they break a row.
    pub fn evaluate(&self, bits: &[bool]) -> Option<i64> {
        let value = |v: u32| i64::from(bits[v as usize]);
        let holds = |row: &Row| {
            row.terms.iter().map(|&(v, factor)| value(v) * factor).sum::<i64>() <= row.at_most
        };
        let costs = self.costs.iter().enumerate().map(|(v, cost)| value(v as u32) * cost);
        self.rows.iter().all(holds).then(|| self.base + costs.sum::<i64>())
    }

    /// Solves it: `part` gets the parts that are left of it, and may give up.
    pub fn solve(
        &self,
        deadline: Instant,
        mut part: impl FnMut(&Program, Instant) -> Option<Vec<bool>>,
    ) -> Option<Answer> {
        let mut reduced = Reduced::new(self);
        reduced.reduce();
        for (bits, program) in reduced.parts() {
            for (&v, value) in bits.iter().zip(part(&program, deadline)?) {
                reduced.known[v as usize] = Some(value);
            }
        }
        let bits: Vec<bool> = reduced.known.iter().map(|known| known.unwrap_or(false)).collect();
        let cost = self.evaluate(&bits)?;
        Some(Answer { bits, cost })
    }
}

impl Row {
    /// The most that its sum can be.
    fn largest(&self) -> i64 {
        self.terms.iter().map(|t| t.1.max(0)).sum()
    }

    /// Whether it says that at most so many of some bits are set.
    fn is_plain(&self) -> bool {
        self.terms.iter().all(|t| t.1 == 1)
    }

    /// Whether this row of plain bits holds wherever the other one, also of plain bits, does.
    fn follows_from(&self, other: &Row) -> bool {
        let mut rest = other.terms.iter();
        self.at_most >= other.at_most
            && self.terms.len() <= other.terms.len()
            && self.terms.iter().all(|term| rest.any(|there| there == term))
    }
}

/// A program that is being reduced.
struct Reduced<'a> {
    program: &'a Program,
    /// What has been found of each bit.
    known: Vec<Option<bool>>,
    /// Rows, without the bits that are known; dropped ones are empty.
    rows: Vec<Row>,
    /// Per bit, the rows it is in.
    rows_of: Vec<Vec<u32>>,
    /// Per bit, how many rows want it small, and how many large.
    wishes: Vec<[u32; 2]>,
    /// Bits to look at.
    queue: Vec<u32>,
}

impl Reduced<'_> {
    fn new(program: &Program) -> Reduced<'_> {
        let bits = program.costs.len();
        let mut reduced = Reduced {
            program,
            known: vec![None; bits],
            rows: program.rows.clone(),
            rows_of: vec![Vec::new(); bits],
            wishes: vec![[0; 2]; bits],
            queue: (0..bits as u32).collect(),
        };
        for (r, row) in reduced.rows.iter().enumerate() {
            for &(v, factor) in &row.terms {
                reduced.rows_of[v as usize].push(r as u32);
                reduced.wishes[v as usize][usize::from(factor < 0)] += 1;
            }
        }
        reduced
    }

    fn reduce(&mut self) {
        loop {
            while let Some(v) = self.queue.pop() {
                self.look_at(v);
            }
            if !self.drop_implied() {
                break;
            }
        }
    }

    fn look_at(&mut self, v: u32) {
        if self.known[v as usize].is_some() {
            return;
        }
        let [small, large] = self.wishes[v as usize];
        let cost = self.program.costs[v as usize];
        if small == 0 && cost <= 0 {
            self.set(v, true);
        } else if large == 0 && cost >= 0 {
            self.set(v, false);
        }
    }

    fn set(&mut self, v: u32, value: bool) {
        self.known[v as usize] = Some(value);
        for r in std::mem::take(&mut self.rows_of[v as usize]) {
            let row = &mut self.rows[r as usize];
            let Ok(at) = row.terms.binary_search_by_key(&v, |t| t.0) else { continue };
            let (_, factor) = row.terms.remove(at);
            row.at_most -= i64::from(value) * factor;
            if row.largest() <= row.at_most {
                self.drop_row(r as usize);
            }
        }
    }

    fn drop_row(&mut self, r: usize) {
        for (v, factor) in std::mem::take(&mut self.rows[r].terms) {
            self.wishes[v as usize][usize::from(factor < 0)] -= 1;
            self.queue.push(v);
        }
    }

    /// Drops rows that follow from the row of plain bits before or behind them.
    fn drop_implied(&mut self) -> bool {
        let plain = |row: &Row| !row.terms.is_empty() && row.is_plain();
        let plain: Vec<usize> = (0..self.rows.len()).filter(|&r| plain(&self.rows[r])).collect();
        let mut kept: Vec<usize> = Vec::new();
        let mut dropped = false;
        for r in plain {
            if kept.last().is_some_and(|&k| self.rows[r].follows_from(&self.rows[k])) {
                self.drop_row(r);
                dropped = true;
                continue;
            }
            while let Some(&k) = kept.last()
                && self.rows[k].follows_from(&self.rows[r])
            {
                self.drop_row(k);
                kept.pop();
                dropped = true;
            }
            kept.push(r);
        }
        dropped
    }

    /// The parts that are left, each with the bits that it is about.
    fn parts(&self) -> Vec<(Vec<u32>, Program)> {
        let mut leader: Vec<u32> = (0..self.known.len() as u32).collect();
        fn find(leader: &mut [u32], mut v: u32) -> u32 {
            while leader[v as usize] != v {
                leader[v as usize] = leader[leader[v as usize] as usize];
                v = leader[v as usize];
            }
            v
        }
        for row in &self.rows {
            for pair in row.terms.windows(2) {
                let (a, b) = (find(&mut leader, pair[0].0), find(&mut leader, pair[1].0));
                leader[a as usize] = b;
            }
        }
        let mut number = vec![u32::MAX; self.known.len()];
        let mut part_of = vec![usize::MAX; self.known.len()];
        let mut parts: Vec<(Vec<u32>, Program)> = Vec::new();
        for v in (0..self.known.len()).filter(|&v| self.known[v].is_none()) {
            let first = find(&mut leader, v as u32) as usize;
            if part_of[first] == usize::MAX {
                part_of[first] = parts.len();
                parts.push(Default::default());
            }
            let part = &mut parts[part_of[first]];
            number[v] = part.0.len() as u32;
            part.0.push(v as u32);
            part.1.costs.push(self.program.costs[v]);
        }
        for row in self.rows.iter().filter(|row| !row.terms.is_empty()) {
            let first = find(&mut leader, row.terms[0].0) as usize;
            let terms = row.terms.iter().map(|&(v, factor)| (number[v as usize], factor)).collect();
            if let Some(part) = parts.get_mut(part_of[first]) {
                part.1.rows.push(Row { terms, at_most: row.at_most });
            }
        }
        parts
    }
}
