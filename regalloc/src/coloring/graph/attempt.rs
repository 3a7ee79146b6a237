//! One attempt at coloring: simplify, coalesce, freeze, spill, select (George and Appel 1996).
//!
//! Invariants. Worklists are lazy: what is taken from one is checked again, so a leader may be in several
//! and more than once. A leader in the graph is in the worklist for its state: insignificant ones in
//! `simplify` or, while they have open pairs, in `freeze`; significant ones in `spill`. An open pair is
//! in `coalesce` unless its tests have failed since the last time that a degree near it became
//! insignificant.

use super::{Graph, Measure, NONE, Other, State};
use std::cmp::Reverse;

impl Graph {
    /// Colors the graph, by one measure of what to spill.
    pub(super) fn attempt(&mut self, measure: Measure) {
        self.start(measure);
        loop {
            if let Some(n) = self.work.simplify.pop() {
                if self.is_here(n) && !self.is_significant(n) && !self.has_open_pairs(n) {
                    self.take_off(n);
                }
            } else if let Some((_, Reverse(pair))) = self.work.coalesce.pop() {
                self.try_to_coalesce(pair, measure);
            } else if let Some(n) = self.work.freeze.pop() {
                if self.is_here(n) && !self.is_significant(n) {
                    self.close_pairs(n);
                    self.settle(n);
                }
            } else if let Some((Reverse(key), Reverse(n))) = self.work.spill.pop() {
                if !self.is_here(n) || !self.is_significant(n) {
                    continue;
                }
                // Degrees have fallen since, so the key may have grown.
                let now = self.key(n, measure);
                if now > key {
                    self.work.spill.push((Reverse(now), Reverse(n)));
                } else {
                    self.close_pairs(n);
                    self.take_off(n);
                }
            } else {
                break;
            }
        }
        self.select();
    }

    /// Every node leads itself and is in the graph.
    fn start(&mut self, measure: Measure) {
        let n = self.nodes.len();
        let work = &mut self.work;
        let fill = |list: &mut Vec<u32>, value: u32| {
            list.clear();
            list.resize(n, value);
        };
        work.leader.clear();
        work.leader.extend(0..n as u32);
        work.next_member.clear();
        work.next_member.extend(0..n as u32);
        work.state.clear();
        let state = |&outside: &bool| if outside { State::Gone } else { State::Here };
        work.state.extend(self.outside.iter().map(state));
        work.lost.clear();
        work.lost.extend(self.nodes.iter().map(|node| node.lost));
        work.benefit.clear();
        work.benefit.extend(self.nodes.iter().map(|node| node.benefit));
        work.length.clear();
        work.length.extend(self.nodes.iter().map(|node| node.end.saturating_sub(node.start)));
        fill(&mut work.degree, 0);
        fill(&mut work.color, NONE);
        fill(&mut work.stamp, 0);
        work.stamps = 0;
        work.open.clear();
        work.open.resize(self.pairs.len(), true);
        work.simplify.clear();
        work.freeze.clear();
        work.coalesce.clear();
        work.spill.clear();
        work.stack.clear();
        for n in 0..n as u32 {
            if self.is_here(n) {
                self.work.degree[n as usize] = self.neighbors(n).count() as u32;
            }
        }
        for pair in 0..self.pairs.len() as u32 {
            self.offer(pair);
        }
        // The list is a stack: the first shall be first.
        for n in (0..n as u32).rev() {
            if self.is_here(n) && self.is_significant(n) {
                self.push_spill(n, measure);
            } else {
                self.settle(n);
            }
        }
    }

    fn offer(&mut self, pair: u32) {
        let weight = self.pairs[pair as usize].weight;
        self.work.coalesce.push((weight, Reverse(pair)));
    }

    fn push_spill(&mut self, n: u32, measure: Measure) {
        let key = self.key(n, measure);
        self.work.spill.push((Reverse(key), Reverse(n)));
    }

    /// What a leader loses by being spilled, by the measure: the least is spilled first.
    fn key(&self, n: u32, measure: Measure) -> u64 {
        let n = n as usize;
        let degree = f64::from(self.work.degree[n].max(1));
        let per = match measure {
            Measure::Degree => degree,
            Measure::Square => degree * degree,
            // As in linear scan: among short lives the benefit alone counts.
            Measure::Length => f64::from(self.work.length[n]) + 32.0,
        };
        // Positive floats are in the order of their bits.
        (f64::from(self.work.benefit[n].max(0)) / per).to_bits()
    }

    fn is_here(&self, n: u32) -> bool {
        self.work.state[n as usize] == State::Here
    }

    fn is_significant(&self, n: u32) -> bool {
        let colors = self.all & !self.work.lost[n as usize];
        self.work.degree[n as usize] >= colors.count_ones()
    }

    pub(super) fn leader(&self, mut n: u32) -> u32 {
        while self.work.leader[n as usize] != n {
            n = self.work.leader[n as usize];
        }
        n
    }

    /// The members of a leader, itself first.
    pub(super) fn members(&self, n: u32) -> impl Iterator<Item = u32> {
        let mut next = Some(n);
        std::iter::from_fn(move || {
            let member = next?;
            next = Some(self.work.next_member[member as usize]).filter(|&m| m != n);
            Some(member)
        })
    }

    fn has_open_pairs(&self, n: u32) -> bool {
        self.members(n).any(|m| self.pairs_of(m).any(|pair| self.work.open[pair as usize]))
    }

    /// Fills `work.around` with the leaders that interfere with leader `n`, each once.
    fn look_around(&mut self, n: u32) {
        let mut around = std::mem::take(&mut self.work.around);
        around.clear();
        self.work.stamps += 1;
        let stamp = self.work.stamps;
        self.work.stamp[n as usize] = stamp;
        let mut member = n;
        loop {
            let mut link = self.first[member as usize];
            while let Some(&(to, next)) = self.links.get(link as usize) {
                link = next;
                let t = self.leader(to);
                if self.work.stamp[t as usize] != stamp && !self.outside[to as usize] {
                    self.work.stamp[t as usize] = stamp;
                    around.push(t);
                }
            }
            member = self.work.next_member[member as usize];
            if member == n {
                break;
            }
        }
        self.work.around = around;
    }

    /// Puts an insignificant leader where it belongs.
    fn settle(&mut self, n: u32) {
        if self.is_here(n) && !self.is_significant(n) {
            match self.has_open_pairs(n) {
                true => self.work.freeze.push(n),
                false => self.work.simplify.push(n),
            }
        }
    }

    /// Takes a leader off the graph; it gets its color later.
    fn take_off(&mut self, n: u32) {
        self.work.state[n as usize] = State::Stacked;
        self.work.stack.push(n);
        self.look_around(n);
        let around = std::mem::take(&mut self.work.around);
        for &t in &around {
            self.lower(t, 1);
        }
        self.work.around = around;
    }

    /// A leader has lost neighbors. Where it becomes insignificant by that, pairs that failed may now
    /// pass.
    fn lower(&mut self, t: u32, by: u32) {
        if !self.is_here(t) {
            return;
        }
        let before = self.is_significant(t);
        self.work.degree[t as usize] = self.work.degree[t as usize].saturating_sub(by);
        if before && !self.is_significant(t) {
            self.retry_pairs(t);
            self.settle(t);
        }
    }

    /// Offers the open pairs of a leader and of its neighbors again.
    fn retry_pairs(&mut self, n: u32) {
        let mut member = n;
        loop {
            self.offer_pairs(member);
            let mut link = self.first[member as usize];
            while let Some(&(to, next)) = self.links.get(link as usize) {
                link = next;
                self.offer_pairs(to);
            }
            member = self.work.next_member[member as usize];
            if member == n {
                break;
            }
        }
    }

    fn offer_pairs(&mut self, n: u32) {
        let mut link = self.pair_first[n as usize];
        while let Some(&(pair, next)) = self.pair_links.get(link as usize) {
            link = next;
            if self.work.open[pair as usize] {
                self.offer(pair);
            }
        }
    }

    /// Gives up coalescing a leader.
    fn close_pairs(&mut self, n: u32) {
        let mut member = n;
        loop {
            let mut link = self.pair_first[member as usize];
            while let Some(&(pair, next)) = self.pair_links.get(link as usize) {
                link = next;
                self.close(pair);
            }
            member = self.work.next_member[member as usize];
            if member == n {
                break;
            }
        }
    }

    /// A pair will not be coalesced, or is.
    fn close(&mut self, pair: u32) {
        if std::mem::replace(&mut self.work.open[pair as usize], false) {
            let Some(&p) = self.pairs.get(pair as usize) else { return };
            self.settle(self.leader(p.a));
            if let Other::Node(b) = p.b {
                self.settle(self.leader(b));
            }
        }
    }

    fn try_to_coalesce(&mut self, pair: u32, measure: Measure) {
        if !self.work.open[pair as usize] {
            return;
        }
        let p = self.pairs[pair as usize];
        let a = self.leader(p.a);
        match p.b {
            Other::Color(color) => self.try_to_fix(pair, a, color),
            Other::Node(b) => {
                let b = self.leader(b);
                let lost = self.work.lost[a as usize] | self.work.lost[b as usize];
                let apart =
                    || self.members(a).all(|a| self.members(b).all(|b| !self.overlap(a, b)));
                let here = self.is_here(a) && self.is_here(b);
                if a == b || !here || self.all & !lost == 0 || !apart() {
                    self.close(pair);
                } else if self.is_safe(a, b, lost) {
                    self.coalesce(a, b, measure);
                    self.close(pair);
                }
            }
        }
    }

    /// Whether two leaders can be one: Briggs's test, then George's both ways. Leaves in `work.around`
    /// what `a` has around it, and the last stamp on what `b` has.
    fn is_safe(&mut self, a: u32, b: u32, lost: u32) -> bool {
        let colors = (self.all & !lost).count_ones();
        self.look_around(b);
        let mut around_b = std::mem::take(&mut self.work.both);
        around_b.clear();
        around_b.extend_from_slice(&self.work.around);
        self.look_around(a);
        let stamp_a = self.work.stamps;
        self.work.stamps += 1;
        let (mut significant, mut only_a, mut only_b) = (0, 0, 0);
        for &t in &around_b {
            let common = self.work.stamp[t as usize] == stamp_a;
            self.work.stamp[t as usize] = self.work.stamps;
            if self.is_here(t) {
                // Of two neighbors one remains.
                let colors = (self.all & !self.work.lost[t as usize]).count_ones();
                let degree = self.work.degree[t as usize] - u32::from(common);
                significant += u32::from(degree >= colors);
                only_b += u32::from(!common && self.is_significant(t));
            }
        }
        for &t in &self.work.around {
            if self.is_here(t) && self.work.stamp[t as usize] == stamp_a {
                significant += u32::from(self.is_significant(t));
                only_a += u32::from(self.is_significant(t));
            }
        }
        self.work.both = around_b;
        // George: what only one of them has around it is insignificant, and it can have the colors
        // of the other.
        let (lost_a, lost_b) = (self.work.lost[a as usize], self.work.lost[b as usize]);
        significant < colors
            || (only_a == 0 && lost_a & !lost_b & self.all == 0)
            || (only_b == 0 && lost_b & !lost_a & self.all == 0)
    }

    /// Makes leader `b` a member of leader `a`, right after [`Graph::is_safe`] has looked around.
    fn coalesce(&mut self, a: u32, b: u32, measure: Measure) {
        let (i, j) = (a as usize, b as usize);
        let work = &mut self.work;
        work.state[j] = State::Gone;
        work.leader[j] = a;
        work.next_member.swap(i, j);
        work.lost[i] |= work.lost[j];
        work.benefit[i] = work.benefit[i].saturating_add(work.benefit[j]);
        work.length[i] = work.length[i].saturating_add(work.length[j]);
        // Those that had both around them have one less.
        let mut both = std::mem::take(&mut self.work.both);
        let stamp = self.work.stamps;
        let around = std::mem::take(&mut self.work.around);
        let is_common = |t: &u32| self.work.stamp[*t as usize] == stamp;
        both.clear();
        both.extend(around.iter().copied().filter(is_common));
        self.work.around = around;
        for &t in &both {
            self.lower(t, 1);
        }
        self.work.both = both;
        self.look_around(a);
        let here = self.work.around.iter().filter(|&&t| self.is_here(t)).count();
        self.work.degree[i] = here as u32;
        if self.is_significant(a) {
            self.push_spill(a, measure);
        } else {
            self.settle(a);
        }
    }

    /// Gives a leader the color that it would like, where George's test allows it.
    fn try_to_fix(&mut self, pair: u32, a: u32, color: u32) {
        if !self.is_here(a) || self.work.lost[a as usize] >> color & 1 != 0 {
            self.close(pair);
            return;
        }
        self.look_around(a);
        let around = std::mem::take(&mut self.work.around);
        let safe = around.iter().all(|&t| {
            !self.is_here(t)
                || !self.is_significant(t)
                || self.work.lost[t as usize] >> color & 1 != 0
        });
        if safe {
            self.work.state[a as usize] = State::Fixed;
            self.work.color[a as usize] = color;
            for &t in &around {
                let had = self.work.lost[t as usize] >> color & 1 != 0;
                self.work.lost[t as usize] |= 1 << color;
                // One color and one neighbor less: only who had lost the color before gains.
                if had {
                    self.lower(t, 1);
                } else if self.is_here(t) {
                    self.work.degree[t as usize] = self.work.degree[t as usize].saturating_sub(1);
                }
            }
            self.close_pairs(a);
        }
        self.work.around = around;
    }

    /// Colors what was taken off, the last first.
    fn select(&mut self) {
        while let Some(n) = self.work.stack.pop() {
            self.look_around(n);
            let mut lost = self.work.lost[n as usize];
            for &t in &self.work.around {
                let color = self.work.color[t as usize];
                if color != NONE {
                    lost |= 1 << color;
                }
            }
            let free = self.all & !lost;
            if free != 0 {
                self.work.color[n as usize] = self.choose(n, free);
            }
        }
        self.colors.clear();
        for n in 0..self.nodes.len() as u32 {
            self.colors.push(self.work.color[self.leader(n) as usize]);
        }
    }

    /// The color of a set that suits the pairs of a leader best.
    fn choose(&self, n: u32, free: u32) -> u32 {
        let mut score = [0i32; super::COLORS];
        for m in self.members(n) {
            for pair in self.pairs_of(m) {
                let weight = self.pairs[pair as usize].weight;
                let color = match self.pairs[pair as usize].b {
                    Other::Color(color) => color,
                    Other::Node(_) => match self.partner(pair, m) {
                        Some(other) => self.work.color[self.leader(other) as usize],
                        None => NONE,
                    },
                };
                if let Some(score) = score.get_mut(color as usize) {
                    *score = score.saturating_add(weight.saturating_mul(2));
                }
            }
            let followed = self.follows[m as usize];
            if followed != NONE {
                let color = self.work.color[self.leader(followed) as usize];
                if let Some(score) = score.get_mut(color as usize) {
                    *score += 1;
                }
            }
        }
        let colors = (0..super::COLORS as u32).filter(|c| free >> c & 1 != 0);
        colors.max_by_key(|&c| (score[c as usize], Reverse(c))).unwrap_or(0)
    }
}
