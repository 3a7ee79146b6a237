//! After coloring: what has got no color takes that of others which gain less.
//!
//! Terms. The *worth* of a node is what all would lose if it had no color: its benefit and the
//! weights of pairs whose other half has one, less the weights of those whose other half has none.
//! Here nodes are themselves again, not members.

use super::{COLORS, Graph, NONE, Other};

impl Graph {
    /// What the colors gain.
    pub(super) fn gain(&self) -> i64 {
        let mut gain = 0;
        for (node, &color) in self.nodes.iter().zip(&self.colors) {
            gain += if color == NONE { 0 } else { i64::from(node.benefit) };
        }
        for pair in &self.pairs {
            if let Other::Node(b) = pair.b {
                let one =
                    (self.colors[pair.a as usize] == NONE) != (self.colors[b as usize] == NONE);
                gain -= if one { i64::from(pair.weight) } else { 0 };
            }
        }
        gain
    }

    fn worth(&self, n: u32) -> i64 {
        let mut worth = i64::from(self.nodes[n as usize].benefit);
        for pair in self.pairs_of(n) {
            if let Some(other) = self.partner(pair, n) {
                let weight = i64::from(self.pairs[pair as usize].weight);
                let there = self.colors[other as usize] != NONE;
                worth += if there { weight } else { -weight };
            }
        }
        worth
    }

    /// Lets nodes without color evict others until nothing is gained by it.
    pub(super) fn repair(&mut self) {
        let mut wanting: Vec<u32> = (0..self.nodes.len() as u32)
            .filter(|&n| self.colors[n as usize] == NONE && !self.outside[n as usize])
            .collect();
        wanting.sort_by_key(|&n| self.nodes[n as usize].benefit);
        // Each eviction gains something, but pairs may be reckoned twice: let it end anyway.
        let mut steps = 8 * self.nodes.len();
        while let Some(n) = wanting.pop() {
            if steps == 0 {
                break;
            }
            steps -= 1;
            if self.colors[n as usize] != NONE {
                continue;
            }
            let mut loss = [0i64; COLORS];
            for t in self.neighbors(n) {
                if let Some(loss) = loss.get_mut(self.colors[t as usize] as usize) {
                    *loss += self.worth(t).max(1);
                }
            }
            let free = self.all & !self.nodes[n as usize].lost;
            let colors = (0..COLORS as u32).filter(|c| free >> c & 1 != 0);
            let Some(color) = colors.min_by_key(|&c| loss[c as usize]) else { continue };
            if loss[color as usize] >= self.worth(n) {
                continue;
            }
            let evicted = wanting.len();
            let mut link = self.first[n as usize];
            while let Some(&(t, next)) = self.links.get(link as usize) {
                link = next;
                if self.colors[t as usize] == color {
                    self.colors[t as usize] = NONE;
                    wanting.push(t);
                }
            }
            wanting[evicted..].sort_by_key(|&n| self.nodes[n as usize].benefit);
            self.colors[n as usize] = color;
        }
    }
}
