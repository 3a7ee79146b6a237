//! A verifier of code objects: every operand is in range, every jump lands in the code, and at
//! every instruction the operand stack has the same shape on every way there.

use crate::bytecode::{Arg, CodeObject, CompareKind, ConstValue, Opcode};
use crate::effects;
use std::fmt;

/// What is wrong with a code object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckError {
    /// The name of the code object.
    pub code: String,
    /// The instruction.
    pub pc: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {}, instruction {}: {}", self.code, self.pc, self.message)
    }
}

impl std::error::Error for CheckError {}

/// What an entry of the operand stack is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Value,
    /// NULL, or what [`Opcode::LoadMethod`] pushes: the self of a call.
    SelfOrNull,
    /// The iterable of an iteration pair.
    Iterable,
    /// The position of an iteration pair.
    Cursor,
}

/// Checks a code object and those in it.
pub fn check(code: &CodeObject) -> Result<(), CheckError> {
    Checker { code }.run()?;
    for value in &code.consts {
        if let ConstValue::Code(inner) = value {
            check(inner)?;
        }
    }
    Ok(())
}

struct Checker<'a> {
    code: &'a CodeObject,
}

type Checked<T = ()> = Result<T, CheckError>;

impl Checker<'_> {
    fn fail<T>(&self, pc: usize, message: impl Into<String>) -> Checked<T> {
        Err(CheckError { code: self.code.name.to_string(), pc, message: message.into() })
    }

    fn run(&self) -> Checked {
        let code = self.code;
        let length = code.instrs.len();
        if code.positions.len() != length {
            return self.fail(0, "not one position per instruction");
        }
        let free = code.first_free as usize + code.free as usize;
        if code.parameters() > code.locals.len() || free > code.locals.len() {
            return self.fail(0, "more parameters than locals");
        }
        (0..length).try_for_each(|pc| self.operands(pc))?;
        for info in &code.loops {
            if info.header >= info.end || info.end as usize > length {
                return self.fail(info.header as usize, "loop without instructions");
            }
        }
        let mut last = 0;
        for handler in &code.handlers {
            let forward = last <= handler.start && handler.start < handler.end;
            if !forward || handler.end as usize > length || handler.target as usize >= length {
                return self.fail(handler.start as usize, "bad range of a handler");
            }
            last = handler.end;
        }
        // Shapes are kept where ways meet.
        let mut shapes: Vec<Option<Vec<Entry>>> = vec![None; length];
        let mut meets = vec![false; length];
        for pc in 0..length {
            if let Some(target) = effects::target(code, pc) {
                meets[target as usize] = true;
            }
        }
        for handler in &code.handlers {
            meets[handler.target as usize] = true;
        }
        let mut work = vec![(0usize, Vec::new())];
        while let Some((mut pc, mut stack)) = work.pop() {
            while pc < length {
                if meets[pc] {
                    match &shapes[pc] {
                        Some(known) if *known == stack => break,
                        Some(known) => {
                            let message = format!("stack shapes differ: {known:?} and {stack:?}");
                            return self.fail(pc, message);
                        }
                        None => shapes[pc] = Some(stack.clone()),
                    }
                }
                if let Some(handler) = code.handler(pc as u32) {
                    let Some(kept) = stack.get(..handler.height as usize) else {
                        return self.fail(pc, "the stack is lower than its handler's");
                    };
                    let target = handler.target as usize;
                    let known = shapes[target].as_deref();
                    if known.is_none_or(|known| known.split_last() != Some((&Entry::Value, kept))) {
                        let mut caught = kept.to_vec();
                        caught.push(Entry::Value);
                        work.push((target, caught));
                    }
                }
                if let Some(target) = effects::target(code, pc) {
                    let mut jumped = stack.clone();
                    self.step(pc, &mut jumped, true)?;
                    work.push((target as usize, jumped));
                }
                self.step(pc, &mut stack, false)?;
                if effects::fall_through(code.instrs[pc]).is_none() {
                    break;
                }
                pc += 1;
            }
            if pc == length {
                return self.fail(pc, "control runs off the end of the code");
            }
        }
        for info in &code.loops {
            let height = shapes[info.header as usize].as_ref().map(Vec::len);
            if height.is_some_and(|height| height != info.stack as usize) {
                return self.fail(info.header as usize, "wrong stack height of a loop");
            }
        }
        Ok(())
    }

    fn operands(&self, pc: usize) -> Checked {
        let code = self.code;
        let instr = code.instrs[pc];
        let (x, y, wide) = (instr.x() as usize, instr.y() as usize, instr.wide() as usize);
        let good = match instr.op().info().arg {
            Arg::Local => y < code.locals.len(),
            Arg::Const => wide < code.consts.len(),
            Arg::Global => wide < code.globals.len(),
            Arg::Name => y < code.names.len(),
            Arg::Module => x <= 1 && y < code.names.len(),
            Arg::Target => wide > pc && wide < code.instrs.len(),
            Arg::Loop => code
                .loops
                .get(wide)
                .is_some_and(|info| info.header as usize <= pc && pc < info.end as usize),
            Arg::Binary => (x & 0x7f) < crate::bytecode::BinaryKind::ALL.len(),
            Arg::Compare => x < CompareKind::ALL.len(),
            Arg::Invert => x <= 1,
            Arg::Format => x <= 3 && y <= 1,
            Arg::Count => match instr.op().base() {
                Opcode::BuildSlice => wide == 2 || wide == 3,
                Opcode::Copy | Opcode::ListAppend | Opcode::ListExtend => wide >= 1,
                Opcode::Swap => wide >= 2,
                Opcode::MakeFunction => wide <= 7,
                Opcode::Raise => wide <= 2,
                Opcode::Reraise | Opcode::CallEx | Opcode::BuildClass | Opcode::PrepareClass => {
                    wide <= 1
                }
                Opcode::SetAdd
                | Opcode::MapAdd
                | Opcode::SetUpdate
                | Opcode::DictUpdate
                | Opcode::DictMerge => wide >= 1,
                _ => true,
            },
            Arg::None | Arg::Counter | Arg::CountAndCounter | Arg::UnpackEx => true,
        };
        if good { Ok(()) } else { self.fail(pc, format!("bad operand of {instr:?}")) }
    }

    /// Brings the stack to where it is after an instruction, on one of its ways out.
    fn step(&self, pc: usize, stack: &mut Vec<Entry>, jumped: bool) -> Checked {
        let instr = self.code.instrs[pc];
        let op = instr.op().base();
        let effect = if jumped { effects::jump(instr) } else { effects::fall_through(instr) };
        let (pops, pushes) = match effect {
            Some(effect) => (effect.pops as usize, effect.pushes as usize),
            None => match op {
                Opcode::ReturnValue => (1, 0),
                Opcode::Raise => (instr.wide() as usize, 0),
                Opcode::Reraise => (1 + instr.wide() as usize, 0),
                _ => (0, 0),
            },
        };
        if stack.len() < pops {
            return self.fail(pc, "takes more than the stack has");
        }
        let base = stack.len() - pops;
        let taken = stack.split_off(base);
        let values = |entries: &[Entry]| entries.iter().all(|entry| *entry == Entry::Value);
        let good = match op {
            Opcode::ForIter => taken == [Entry::Iterable, Entry::Cursor],
            Opcode::EndFor => taken == [Entry::Iterable, Entry::Cursor],
            Opcode::Call | Opcode::CallKw | Opcode::CallEx => {
                taken[0] == Entry::Value && taken[1] == Entry::SelfOrNull && values(&taken[2..])
            }
            Opcode::ListAppend
            | Opcode::ListExtend
            | Opcode::SetAdd
            | Opcode::SetUpdate
            | Opcode::DictUpdate
            | Opcode::DictMerge
            | Opcode::MapAdd => taken[0] == Entry::Value && taken[taken.len() - 1] == Entry::Value,
            Opcode::PrepareClass => {
                taken.last() == Some(&Entry::SelfOrNull) && values(&taken[..taken.len() - 1])
            }
            // NULL stands for what is not there.
            Opcode::BuildKwDefaults => {
                taken.iter().all(|entry| matches!(entry, Entry::Value | Entry::SelfOrNull))
            }
            Opcode::StoreFast => taken != [Entry::Iterable] && taken != [Entry::Cursor],
            _ => values(&taken),
        };
        if !good {
            return self.fail(pc, format!("{instr:?} takes {taken:?}"));
        }
        match op {
            Opcode::Copy => {
                stack.extend(&taken);
                stack.push(taken[0]);
            }
            Opcode::PrepareClass => {
                stack.extend(&taken);
                stack.push(Entry::Value);
            }
            Opcode::Swap => {
                let mut taken = taken;
                let last = taken.len() - 1;
                taken.swap(0, last);
                stack.extend(taken);
            }
            Opcode::ListAppend
            | Opcode::ListExtend
            | Opcode::SetAdd
            | Opcode::SetUpdate
            | Opcode::DictUpdate
            | Opcode::DictMerge => stack.extend(&taken[..taken.len() - 1]),
            Opcode::MapAdd => stack.extend(&taken[..taken.len() - 2]),
            Opcode::GetIter => stack.extend([Entry::Iterable, Entry::Cursor]),
            Opcode::ForIter if !jumped => {
                stack.extend([Entry::Iterable, Entry::Cursor, Entry::Value]);
            }
            Opcode::LoadMethod => stack.extend([Entry::Value, Entry::SelfOrNull]),
            Opcode::PushNull => stack.push(Entry::SelfOrNull),
            _ => stack.extend(std::iter::repeat_n(Entry::Value, pushes)),
        }
        if stack.len() > self.code.stack_size as usize {
            return self.fail(pc, "higher than the stack size");
        }
        Ok(())
    }
}
