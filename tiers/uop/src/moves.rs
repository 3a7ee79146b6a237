//! Ordering parallel moves: at a jump, every block parameter gets its argument at once, while the
//! machine copies one word after the other.
//!
//! Invariant: destinations are distinct. A source may feed any number of destinations.

/// One copy between words of the same frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Move {
    /// Where the word is.
    pub from: u32,
    /// Where it goes.
    pub to: u32,
}

/// Reusable memory for [`Sequencer::order`]; all vectors but `readers` are empty between calls.
#[derive(Debug, Default)]
pub(crate) struct Sequencer {
    /// How many moves that have not been made still read a word; zeros between calls.
    readers: Vec<u32>,
    /// The move that writes a word, as its index plus one; zeros between calls.
    writer: Vec<u32>,
    ready: Vec<u32>,
    done: Vec<bool>,
}

impl Sequencer {
    /// Appends to `out` copies that have the effect of all `moves` at once. `frame` bounds all
    /// words, `spare` is a word that no move names.
    pub(crate) fn order(&mut self, moves: &[Move], frame: usize, spare: u32, out: &mut Vec<Move>) {
        if self.readers.len() < frame {
            self.readers.resize(frame, 0);
            self.writer.resize(frame, 0);
        }
        let Sequencer { readers, writer, ready, done } = self;
        done.resize(moves.len(), false);
        for (i, m) in moves.iter().enumerate() {
            if m.from == m.to {
                done[i] = true;
                continue;
            }
            readers[m.from as usize] += 1;
            writer[m.to as usize] = i as u32 + 1;
        }
        // A move is ready once no other move reads what it overwrites.
        for (i, m) in moves.iter().enumerate() {
            if !done[i] && readers[m.to as usize] == 0 {
                ready.push(i as u32);
            }
        }
        for start in 0..moves.len() {
            while let Some(i) = ready.pop() {
                let m = moves[i as usize];
                out.push(m);
                done[i as usize] = true;
                readers[m.from as usize] -= 1;
                let next = writer[m.from as usize];
                if readers[m.from as usize] == 0 && next != 0 && !done[next as usize - 1] {
                    ready.push(next - 1);
                }
            }
            if done[start] {
                continue;
            }
            // Only cycles are left, each word of which has one reader. Saving the word that this
            // move overwrites opens its cycle; the reader takes the copy at the end.
            out.push(Move { from: moves[start].to, to: spare });
            let mut i = start;
            loop {
                let m = moves[i];
                done[i] = true;
                readers[m.from as usize] -= 1;
                if m.from == moves[start].to {
                    out.push(Move { from: spare, to: m.to });
                    break;
                }
                out.push(m);
                i = writer[m.from as usize] as usize - 1;
            }
        }
        for m in moves {
            writer[m.to as usize] = 0;
        }
        done.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All moves of up to 4 words onto 4 words: compares with a parallel assignment.
    #[test]
    fn every_small_assignment_is_ordered_rightly() {
        let (words, spare) = (5u32, 5u32);
        let mut sequencer = Sequencer::default();
        for case in 0..words.pow(4) {
            for count in 0..=4 {
                let moves: Vec<Move> =
                    (0..count).map(|i| Move { from: case / words.pow(i) % words, to: i }).collect();
                let mut copies = Vec::new();
                sequencer.order(&moves, 6, spare, &mut copies);
                let before = [10, 11, 12, 13, 14, 0];
                let (mut wanted, mut found) = (before, before);
                for m in &moves {
                    wanted[m.to as usize] = before[m.from as usize];
                }
                for m in &copies {
                    found[m.to as usize] = found[m.from as usize];
                }
                assert_eq!(found[..5], wanted[..5], "{moves:?} became {copies:?}");
                assert!(copies.len() <= moves.len() + moves.len() / 2);
            }
        }
        assert!(sequencer.readers.iter().chain(&sequencer.writer).all(|&n| n == 0));
    }
}
