//! Placing a stencil's blocks: which are hot, in which order, and with which jumps.
//!
//! Terms and the two parts are explained in [`crate::extract`]. Hot blocks keep the compiler's
//! order, but the last block that goes on to the next stencil comes last, so that it falls through.
//! Jumps are written anew: inverted where that saves one, short where the target is near.
//!
//! The build script compiles this file too.

use crate::extract::{Part, Refusal, Stencil, small};
use crate::holes::{self, Hole};

/// Where control goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// To a block of the function.
    Block(usize),
    /// To the next stencil.
    End,
    /// Out of the trace.
    Exit,
}

/// How a block ends.
#[derive(Clone, Copy, Debug)]
pub enum Terminator {
    /// A jump.
    Jump(Edge),
    /// A conditional jump.
    Branch {
        /// The condition's number in the machine's encoding.
        condition: u8,
        /// Where it goes if the condition holds.
        taken: Edge,
        /// Where it goes otherwise.
        otherwise: Edge,
    },
}

impl Terminator {
    /// Where it goes: the same place twice for a jump.
    pub fn edges(self) -> [Edge; 2] {
        match self {
            Terminator::Jump(edge) => [edge, edge],
            Terminator::Branch { taken, otherwise, .. } => [taken, otherwise],
        }
    }
}

/// Instructions that run one after the other, and where control goes then.
#[derive(Debug, Default)]
pub struct Block {
    /// The instructions but the last jump.
    pub body: Part,
    /// The jumps at its end.
    pub terminator: Option<Terminator>,
}

/// Decides the order of blocks and writes both parts.
pub fn place(
    mut blocks: Vec<Block>,
    always_exits: bool,
    stencil: &mut Stencil,
) -> Result<(), Refusal> {
    // Edges to blocks that do nothing but jump go where those jump to.
    let hop: Vec<Option<Edge>> = blocks
        .iter()
        .map(|b| match b.terminator {
            Some(Terminator::Jump(edge)) if b.body.code.is_empty() => Some(edge),
            _ => None,
        })
        .collect();
    let follow = |mut edge: Edge| {
        for _ in 0..hop.len() {
            match edge {
                Edge::Block(b) if hop[b].is_some_and(|to| to != edge) => {
                    edge = hop[b].unwrap_or(edge);
                }
                _ => break,
            }
        }
        edge
    };
    for block in &mut blocks {
        match &mut block.terminator {
            Some(Terminator::Jump(edge)) => *edge = follow(*edge),
            Some(Terminator::Branch { taken, otherwise, .. }) => {
                *taken = follow(*taken);
                *otherwise = follow(*otherwise);
            }
            None => return Err(Refusal::NoContinuation),
        }
    }
    let edges = |b: usize| blocks[b].terminator.map_or([Edge::Exit; 2], Terminator::edges);

    let mut reachable = vec![false; blocks.len()];
    let mut work = vec![0];
    while let Some(b) = work.pop() {
        if !std::mem::replace(&mut reachable[b], true) {
            work.extend(edges(b).iter().filter_map(|e| match e {
                Edge::Block(to) => Some(*to),
                _ => None,
            }));
        }
    }
    let mut goes_on = vec![false; blocks.len()];
    for _ in 0..blocks.len() {
        for b in 0..blocks.len() {
            goes_on[b] |= edges(b).iter().any(|e| match e {
                Edge::End => true,
                Edge::Exit => false,
                Edge::Block(to) => goes_on[*to],
            });
        }
    }
    if !goes_on[0] {
        if !always_exits {
            return Err(Refusal::NoContinuation);
        }
        let hot: Vec<usize> = (0..blocks.len()).filter(|&b| reachable[b]).collect();
        return write_parts(&blocks, [&hot, &[]], stencil);
    }
    let ends = |b: usize| edges(b).contains(&Edge::End);
    // The last block that reaches the end directly is where the hot part falls through.
    let last = (0..blocks.len()).rev().find(|&b| reachable[b] && ends(b));
    let last = last.ok_or(Refusal::NoContinuation)?;
    let is_short_cut =
        |b: usize| b != 0 && matches!(blocks[b].terminator, Some(Terminator::Jump(Edge::End)));
    let mut hot: Vec<usize> = (0..blocks.len())
        .filter(|&b| reachable[b] && goes_on[b] && b != last && !is_short_cut(b))
        .collect();
    if last != 0 {
        hot.push(last);
    } else if hot.is_empty() {
        hot.push(0);
    } else {
        // The entry is where the stencil starts, so it cannot be moved behind its successors.
        return Err(Refusal::NoContinuation);
    }
    let cold: Vec<usize> =
        (0..blocks.len()).filter(|b| reachable[*b] && !hot.contains(b)).collect();

    write_parts(&blocks, [&hot, &cold], stencil)
}

enum Piece {
    Body(usize),
    Branch { condition: Option<u8>, to: Edge, long: bool },
}

fn write_parts(
    blocks: &[Block],
    orders: [&[usize]; 2],
    stencil: &mut Stencil,
) -> Result<(), Refusal> {
    let mut pieces: [Vec<Piece>; 2] = Default::default();
    for (part, order) in orders.into_iter().enumerate() {
        for (k, &b) in order.iter().enumerate() {
            let next = match order.get(k + 1) {
                Some(&next) => Some(Edge::Block(next)),
                None => (part == 0).then_some(Edge::End),
            };
            let out = &mut pieces[part];
            out.push(Piece::Body(b));
            let mut branch = |condition, to| out.push(Piece::Branch { condition, to, long: true });
            match blocks[b].terminator {
                Some(Terminator::Jump(edge)) if Some(edge) == next => {}
                Some(Terminator::Jump(edge)) => branch(None, edge),
                Some(Terminator::Branch { condition, taken, otherwise }) => {
                    if Some(otherwise) == next {
                        branch(Some(condition), taken);
                    } else if Some(taken) == next {
                        branch(Some(condition ^ 1), otherwise);
                    } else {
                        branch(Some(condition), taken);
                        branch(None, otherwise);
                    }
                }
                None => return Err(Refusal::NoContinuation),
            }
        }
    }

    // Branches inside a part start long; those that reach become short, until nothing changes.
    loop {
        let (offsets, lengths) = measure(blocks, &pieces);
        let mut changed = false;
        for (part, list) in pieces.iter_mut().enumerate() {
            let mut at = 0;
            for piece in list {
                let len = length(blocks, piece);
                if let Piece::Branch { to, long, .. } = piece
                    && *long
                    && let Some(target) = inside(*to, part, &offsets, &lengths)
                    // Whatever shrinks later brings the target nearer.
                    && (-100..=100).contains(&(target as i64 - (at + len) as i64))
                {
                    *long = false;
                    changed = true;
                }
                at += len;
            }
        }
        if !changed {
            break;
        }
    }

    let (offsets, lengths) = measure(blocks, &pieces);
    let [hot, cold] = &pieces;
    stencil.hot = write_part(blocks, hot, 0, &offsets, &lengths)?;
    stencil.cold = write_part(blocks, cold, 1, &offsets, &lengths)?;
    Ok(())
}

fn length(blocks: &[Block], piece: &Piece) -> usize {
    match piece {
        Piece::Body(b) => blocks[*b].body.code.len(),
        Piece::Branch { long: false, .. } => 2,
        Piece::Branch { condition: None, .. } => 5,
        Piece::Branch { .. } => 6,
    }
}

/// Part and offset of each block, and the parts' lengths.
fn measure(blocks: &[Block], pieces: &[Vec<Piece>; 2]) -> (Vec<(usize, usize)>, [usize; 2]) {
    let mut offsets = vec![(0, 0); blocks.len()];
    let mut lengths = [0; 2];
    for (part, list) in pieces.iter().enumerate() {
        for piece in list {
            if let Piece::Body(b) = piece {
                offsets[*b] = (part, lengths[part]);
            }
            lengths[part] += length(blocks, piece);
        }
    }
    (offsets, lengths)
}

/// The target's offset, if it is in this part.
fn inside(
    to: Edge,
    part: usize,
    offsets: &[(usize, usize)],
    lengths: &[usize; 2],
) -> Option<usize> {
    match to {
        Edge::Block(b) if offsets[b].0 == part => Some(offsets[b].1),
        Edge::End if part == 0 => Some(lengths[0]),
        _ => None,
    }
}

fn write_part(
    blocks: &[Block],
    pieces: &[Piece],
    part: usize,
    offsets: &[(usize, usize)],
    lengths: &[usize; 2],
) -> Result<Part, Refusal> {
    let mut out = Part::default();
    for piece in pieces {
        match piece {
            Piece::Body(b) => {
                for hole in &blocks[*b].body.holes {
                    let offset = small(out.code.len() + hole.offset as usize)?;
                    out.holes.push(Hole { offset, ..*hole });
                }
                out.code.extend_from_slice(&blocks[*b].body.code);
            }
            Piece::Branch { condition, to, long } => {
                match (condition, long) {
                    (Some(c), true) => out.code.extend([0x0F, 0x80 | c]),
                    (Some(c), false) => out.code.push(0x70 | c),
                    (None, true) => out.code.push(0xE9),
                    (None, false) => out.code.push(0xEB),
                }
                let at = out.code.len();
                if let Some(target) = inside(*to, part, offsets, lengths) {
                    if *long {
                        let distance = target as i64 - (at as i64 + 4);
                        out.code.extend((distance as i32).to_le_bytes());
                    } else {
                        let distance = target as i64 - (at as i64 + 1);
                        out.code.push(distance as i8 as u8);
                    }
                    continue;
                }
                let (kind, target) = match to {
                    Edge::Exit => (holes::EXIT, 0),
                    Edge::End => (holes::HOT, lengths[0]),
                    Edge::Block(b) if part == 0 => (holes::COLD, offsets[*b].1),
                    Edge::Block(b) => (holes::HOT, offsets[*b].1),
                };
                out.holes.push(Hole { offset: small(at)?, kind, addend: target as i16 - 4 });
                out.code.extend([0; 4]);
            }
        }
    }
    small(out.code.len())?;
    Ok(out)
}
