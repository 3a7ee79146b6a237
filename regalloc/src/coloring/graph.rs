//! One interference graph and its coloring.
//!
//! Terms. A *leader* stands for the nodes that it was coalesced with, its *members*; every node leads
//! itself at first. A leader's *degree* is how many leaders interfere with it that are still in the
//! graph; it is *significant* if it is not below the number of colors that the leader can have.
//! What is insignificant finds a color whatever the others get, and is taken off
//! (*simplified*). A pair is *open* as long as it may be coalesced.
//!
//! Invariants.
//! * Interference is overlap of lives: two nodes are compared by their positions, leaders member
//!   by member. The lists of neighbors are only for enumeration; they are of the nodes, and found
//!   leaders are told apart by stamps.
//! * At most [`CROWD`] nodes are live at once, so the edges are linear in the nodes: of more,
//!   those that gain least per length of life stay outside and get no color.
//! * Coalescing is conservative, by Briggs's test or George's: it makes no colorable graph
//!   uncolorable.

mod attempt;
mod repair;

use crate::liveness::Pos;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is colored.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// Whose it is.
    pub owner: u32,
    /// Birth.
    pub start: Pos,
    /// Last read.
    pub end: Pos,
    /// What a register saves.
    pub benefit: i32,
    /// Registers that it would lose.
    pub lost: u32,
}

/// Live nodes at most. More than registers by far: what is outside would not have got one.
const CROWD: usize = 96;

/// No node, no color, no link.
const NONE: u32 = u32::MAX;

/// Colors at most.
const COLORS: usize = 16;

/// An argument and its parameter, or a node and the color that it would like.
#[derive(Clone, Copy, Debug)]
struct Pair {
    a: u32,
    b: Other,
    weight: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Other {
    Node(u32),
    Color(u32),
}

/// What has become of a leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It is in the graph.
    Here,
    /// It waits for a color.
    Stacked,
    /// It is a member of another leader, or stays outside.
    Gone,
    /// It has a color since before the others.
    Fixed,
}

/// How what to spill is chosen: the least benefit per what.
#[derive(Clone, Copy, Debug)]
enum Measure {
    /// Degree, as in Chaitin's allocator.
    Degree,
    /// The square of the degree.
    Square,
    /// Length of life.
    Length,
}

/// An interference graph with all that coloring needs. Buffers stay between traces.
#[derive(Debug, Default)]
pub struct Graph {
    /// The colors.
    all: u32,
    nodes: Vec<Node>,
    pairs: Vec<Pair>,
    /// Per node, one whose color it would like, lightly.
    follows: Vec<u32>,
    /// Per node, the first of its neighbors in `links`.
    first: Vec<u32>,
    /// Neighbors: the node and the next link.
    links: Vec<(u32, u32)>,
    /// Nodes that live at the last birth.
    live: Vec<u32>,
    outside: Vec<bool>,
    /// Per node, the first of its pairs in `pair_links`.
    pair_first: Vec<u32>,
    pair_links: Vec<(u32, u32)>,
    work: Work,
    /// Colors per node, and the best so far with what they gain.
    colors: Vec<u32>,
    best: Vec<u32>,
    best_gain: i64,
}

/// The state of one attempt, by leader.
#[derive(Debug, Default)]
struct Work {
    leader: Vec<u32>,
    /// A ring of members per leader.
    next_member: Vec<u32>,
    state: Vec<State>,
    degree: Vec<u32>,
    lost: Vec<u32>,
    benefit: Vec<i32>,
    length: Vec<u32>,
    color: Vec<u32>,
    stamp: Vec<u32>,
    stamps: u32,
    open: Vec<bool>,
    simplify: Vec<u32>,
    freeze: Vec<u32>,
    coalesce: BinaryHeap<(i32, Reverse<u32>)>,
    spill: BinaryHeap<(Reverse<u64>, Reverse<u32>)>,
    stack: Vec<u32>,
    around: Vec<u32>,
    both: Vec<u32>,
}

impl Graph {
    /// Forgets everything; `all` is the set of colors.
    pub fn clear(&mut self, all: u32) {
        self.all = all;
        self.nodes.clear();
        self.pairs.clear();
        self.follows.clear();
        self.first.clear();
        self.links.clear();
        self.live.clear();
        self.outside.clear();
        self.pair_first.clear();
        self.pair_links.clear();
    }

    /// Adds a node that is born after or with all others; returns its number.
    pub fn add(&mut self, node: Node) -> u32 {
        let n = self.nodes.len() as u32;
        self.nodes.push(node);
        self.follows.push(NONE);
        self.first.push(NONE);
        self.pair_first.push(NONE);
        let nodes = &self.nodes;
        self.live.retain(|&other| nodes[other as usize].end >= node.start);
        self.outside.push(self.all & !node.lost == 0);
        if self.outside[n as usize] {
            return n;
        }
        for k in 0..self.live.len() {
            let other = self.live[k];
            self.link(n, other);
            self.link(other, n);
        }
        self.live.push(n);
        if self.live.len() > CROWD {
            let density = |n: &u32| {
                let node = &self.nodes[*n as usize];
                f64::from(node.benefit) / f64::from(node.end.saturating_sub(node.start) + 32)
            };
            let least = (0..self.live.len())
                .min_by(|&a, &b| density(&self.live[a]).total_cmp(&density(&self.live[b])));
            if let Some(k) = least {
                let loser = self.live.swap_remove(k);
                self.outside[loser as usize] = true;
            }
        }
        n
    }

    fn link(&mut self, from: u32, to: u32) {
        self.links.push((to, self.first[from as usize]));
        self.first[from as usize] = self.links.len() as u32 - 1;
    }

    /// Says that two nodes had better have one color.
    pub fn pair(&mut self, a: u32, b: u32, weight: i32) {
        if a != b {
            self.add_pair(Pair { a, b: Other::Node(b), weight });
        }
    }

    /// Says that a node had better have that color.
    pub fn like(&mut self, a: u32, color: u32) {
        if color < COLORS as u32 && self.all >> color & 1 != 0 {
            self.add_pair(Pair { a, b: Other::Color(color), weight: 1 });
        }
    }

    /// Says that node `n` takes the color of `other` if nothing speaks against it.
    pub fn follow(&mut self, n: u32, other: u32) {
        self.follows[n as usize] = other;
    }

    fn add_pair(&mut self, pair: Pair) {
        let number = self.pairs.len() as u32;
        self.pairs.push(pair);
        let ends = [
            Some(pair.a),
            match pair.b {
                Other::Node(b) => Some(b),
                Other::Color(_) => None,
            },
        ];
        for n in ends.into_iter().flatten() {
            self.pair_links.push((number, self.pair_first[n as usize]));
            self.pair_first[n as usize] = self.pair_links.len() as u32 - 1;
        }
    }

    /// Colors the graph.
    pub fn color(&mut self) {
        self.best.clear();
        self.best.resize(self.nodes.len(), NONE);
        self.best_gain = 0;
        if self.nodes.is_empty() || self.all == 0 {
            return;
        }
        for measure in [Measure::Degree, Measure::Square, Measure::Length] {
            self.attempt(measure);
            self.repair();
            let spills = self.colors.contains(&NONE);
            let gain = self.gain();
            if gain > self.best_gain {
                self.best_gain = gain;
                std::mem::swap(&mut self.best, &mut self.colors);
            }
            if !spills {
                break;
            }
        }
    }

    /// Owners of nodes that have got a color, and the color.
    pub fn homes(&self) -> impl Iterator<Item = (u32, u32)> {
        let colored = self.nodes.iter().zip(&self.best).filter(|(_, color)| **color != NONE);
        colored.map(|(node, &color)| (node.owner, color))
    }

    fn overlap(&self, a: u32, b: u32) -> bool {
        let (a, b) = (&self.nodes[a as usize], &self.nodes[b as usize]);
        a.start <= b.end && b.start <= a.end
    }

    /// The nodes that interfere with node `n`, none of them outside.
    fn neighbors(&self, n: u32) -> impl Iterator<Item = u32> {
        let mut link = self.first[n as usize];
        std::iter::from_fn(move || {
            loop {
                let &(to, next) = self.links.get(link as usize)?;
                link = next;
                if !self.outside[to as usize] {
                    return Some(to);
                }
            }
        })
    }

    /// The numbers of the pairs that node `n` is in.
    fn pairs_of(&self, n: u32) -> impl Iterator<Item = u32> {
        let mut link = self.pair_first[n as usize];
        std::iter::from_fn(move || {
            let &(pair, next) = self.pair_links.get(link as usize)?;
            link = next;
            Some(pair)
        })
    }

    /// The other node of a pair.
    fn partner(&self, pair: u32, n: u32) -> Option<u32> {
        let pair = &self.pairs[pair as usize];
        match pair.b {
            Other::Node(b) if pair.a == n => Some(b),
            Other::Node(_) => Some(pair.a),
            Other::Color(_) => None,
        }
    }
}
