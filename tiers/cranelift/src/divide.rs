//! Floor division and modulo.
//!
//! A constant divisor needs no checks: a power of two becomes a shift or a mask, and for the others
//! Cranelift's optimizer multiplies. Otherwise the divisors 0 and -1, which exit or may overflow,
//! are sent to a cold block by one comparison.

use crate::translate::{COLD, Translator};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{Block, InstBuilder as _, SourceLoc, Value};

impl Translator<'_, '_> {
    pub(crate) fn floor_div(
        &mut self,
        i: usize,
        a: Value,
        b: Value,
        constant: Option<i64>,
    ) -> Value {
        match constant {
            Some(c) if c > 0 && c.count_ones() == 1 => {
                self.b.ins().sshr_imm_u(a, i64::from(c.trailing_zeros()))
            }
            Some(c) if !matches!(c, 0 | -1) => {
                let (q, _, adjust) = self.truncating(a, b);
                let adjust = self.b.ins().uextend(I64, adjust);
                self.b.ins().isub(q, adjust)
            }
            _ => {
                let join = self.begin_division(i, b, |t| {
                    // By -1: overflows for the smallest integer alone.
                    let zero = t.int(0);
                    let (q, overflow) = t.b.ins().ssub_overflow(zero, a);
                    t.leave_if(i, overflow);
                    q
                });
                let (q, _, adjust) = self.truncating(a, b);
                let adjust = self.b.ins().uextend(I64, adjust);
                let q = self.b.ins().isub(q, adjust);
                self.end_division(join, q)
            }
        }
    }

    pub(crate) fn floor_mod(
        &mut self,
        i: usize,
        a: Value,
        b: Value,
        constant: Option<i64>,
    ) -> Value {
        match constant {
            Some(c) if c > 0 && c.count_ones() == 1 => self.b.ins().band_imm_s(a, c - 1),
            Some(c) if !matches!(c, 0 | -1) => {
                let (_, r, adjust) = self.truncating(a, b);
                let moved = self.b.ins().iadd(r, b);
                self.b.ins().select(adjust, moved, r)
            }
            _ => {
                let join = self.begin_division(i, b, |t| t.int(0));
                let (_, r, adjust) = self.truncating(a, b);
                let moved = self.b.ins().iadd(r, b);
                let r = self.b.ins().select(adjust, moved, r);
                self.end_division(join, r)
            }
        }
    }

    /// Sends the divisors 0 and -1 to a cold block: the first leaves, for the second `minus_one`
    /// gives the result. Returns the block where both ways meet.
    fn begin_division(
        &mut self,
        i: usize,
        divisor: Value,
        minus_one: impl FnOnce(&mut Self) -> Value,
    ) -> Block {
        let [hot, rare, join] = [(); 3].map(|()| self.b.create_block());
        self.b.set_cold_block(rare);
        self.b.append_block_param(join, I64);
        let above = self.b.ins().iadd_imm_s(divisor, 1);
        let usual = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, above, 1);
        self.b.ins().brif(usual, hot, &[], rare, &[]);
        self.b.switch_to_block(rare);
        self.b.set_srcloc(SourceLoc::new(i as u32 | COLD));
        let exit = self.exit_block(i);
        let next = self.b.create_block();
        self.b.set_cold_block(next);
        self.b.ins().brif(divisor, next, &[], exit, &[]);
        self.b.switch_to_block(next);
        let value = minus_one(self);
        if let Some(block) = self.b.current_block() {
            self.b.set_cold_block(block);
        }
        self.b.ins().jump(join, &[value.into()]);
        self.b.switch_to_block(hot);
        self.b.set_srcloc(SourceLoc::new(i as u32));
        join
    }

    fn end_division(&mut self, join: Block, value: Value) -> Value {
        self.b.ins().jump(join, &[value.into()]);
        self.b.switch_to_block(join);
        self.b.block_params(join)[0]
    }

    /// Quotient and remainder towards zero, and whether rounding down moves them on: where the
    /// remainder is not zero and has another sign than the divisor. The divisor is not 0 or -1.
    fn truncating(&mut self, a: Value, b: Value) -> (Value, Value, Value) {
        let q = self.b.ins().sdiv(a, b);
        let product = self.b.ins().imul(q, b);
        let r = self.b.ins().isub(a, product);
        let signs = self.b.ins().bxor(r, b);
        let differ = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, signs, 0);
        let some = self.b.ins().icmp_imm_s(IntCC::NotEqual, r, 0);
        (q, r, self.b.ins().band(differ, some))
    }
}
