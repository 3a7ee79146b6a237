//! Floor division and modulo.
//!
//! The machine rounds towards zero, Python down: where the remainder is not zero and has another
//! sign than the divisor, the quotient is one too large and the remainder lacks a divisor.
//!
//! A constant divisor needs no checks: a power of two becomes a shift or a mask, and for the others
//! Cranelift's optimizer multiplies. Otherwise the divisors 0, which exits, and -1, which the
//! machine's division cannot take, are sent to a cold block by one comparison, and so are operands
//! of different signs, which programs seldom divide.

use crate::translate::{COLD, Translator};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{Block, InstBuilder as _, SourceLoc, Value};

impl Translator<'_, '_> {
    /// The quotient of op `i`. `constant` is the divisor, where it is known.
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
            Some(c) if c > 0 => {
                let (q, r) = self.truncating(a, b);
                let negative = self.b.ins().sshr_imm_u(r, 63);
                self.b.ins().iadd(q, negative)
            }
            _ => {
                let join = self.begin_join();
                let above = self.b.ins().iadd_imm_s(b, 1);
                let usual = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, above, 1);
                self.cold_unless(i, usual, join, |t| {
                    t.guard(i, b);
                    // By -1: overflows for the smallest integer alone.
                    let zero = t.int(0);
                    let (q, overflow) = t.b.ins().ssub_overflow(zero, a);
                    t.leave_if(i, overflow);
                    q
                });
                let (q, r) = self.truncating(a, b);
                let same = self.same_sign(r, b);
                self.cold_unless(i, same, join, |t| {
                    let inexact = t.b.ins().icmp_imm_s(IntCC::NotEqual, r, 0);
                    let inexact = t.b.ins().uextend(I64, inexact);
                    t.b.ins().isub(q, inexact)
                });
                self.end_join(join, q)
            }
        }
    }

    /// The modulus of op `i`. `constant` is the divisor, where it is known.
    pub(crate) fn floor_mod(
        &mut self,
        i: usize,
        a: Value,
        b: Value,
        constant: Option<i64>,
    ) -> Value {
        match constant {
            Some(c) if c > 0 && c.count_ones() == 1 => self.b.ins().band_imm_s(a, c - 1),
            Some(c) if c > 0 => {
                let (_, r) = self.truncating(a, b);
                let negative = self.b.ins().sshr_imm_u(r, 63);
                let lacking = self.b.ins().band(negative, b);
                self.b.ins().iadd(r, lacking)
            }
            _ => {
                // The remainder of Cranelift's IR is defined for the divisor -1.
                self.guard(i, b);
                let join = self.begin_join();
                let r = self.b.ins().srem(a, b);
                let same = self.same_sign(r, b);
                self.cold_unless(i, same, join, |t| {
                    let moved = t.b.ins().iadd(r, b);
                    t.b.ins().select(r, moved, r)
                });
                self.end_join(join, r)
            }
        }
    }

    /// Quotient and remainder towards zero.
    fn truncating(&mut self, a: Value, b: Value) -> (Value, Value) {
        let q = self.b.ins().sdiv(a, b);
        let product = self.b.ins().imul(q, b);
        (q, self.b.ins().isub(a, product))
    }

    fn same_sign(&mut self, a: Value, b: Value) -> Value {
        let signs = self.b.ins().bxor(a, b);
        self.b.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, signs, 0)
    }

    /// A block where several ways of computing an integer meet.
    fn begin_join(&mut self) -> Block {
        let join = self.b.create_block();
        self.b.append_block_param(join, I64);
        join
    }

    /// Brings the hot way to the join and goes on there.
    fn end_join(&mut self, join: Block, value: Value) -> Value {
        self.b.ins().jump(join, &[value.into()]);
        self.b.switch_to_block(join);
        self.b.block_params(join)[0]
    }

    /// Where `usual` is zero, a cold block computes the value that goes to the join.
    fn cold_unless(
        &mut self,
        i: usize,
        usual: Value,
        join: Block,
        compute: impl FnOnce(&mut Self) -> Value,
    ) {
        let [hot, rare] = [(); 2].map(|()| self.b.create_block());
        self.b.set_cold_block(rare);
        self.b.ins().brif(usual, hot, &[], rare, &[]);
        self.b.switch_to_block(rare);
        self.b.set_srcloc(SourceLoc::new(i as u32 | COLD));
        self.cold = true;
        let value = compute(self);
        self.cold = false;
        self.b.ins().jump(join, &[value.into()]);
        self.b.switch_to_block(hot);
        self.b.set_srcloc(SourceLoc::new(i as u32));
    }
}
