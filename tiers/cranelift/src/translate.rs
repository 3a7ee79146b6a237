//! From a trace to Cranelift's IR.
//!
//! Every trace becomes a function `(context) -> exit number` of the tail-call convention. Blocks
//! become blocks, ops become instructions. What leaves a trace is in cold blocks: such a block stores
//! the live values of its snapshot to slots 0, 1, 2, … in live-list order and ends in a tail
//! call of a function of its own; that call is one direct jump, which the linker of this crate
//! resolves and may later patch. (Numbers of exits are not constants of the IR: the optimizer's time
//! would grow with the square of their count.)
//!
//! Memory. Each memory class of the trace is an alias region, and so are the fields of the
//! execution context, the slots, memory that never changes, and fresh boxes: a box is written before
//! anyone can read it, so that its stores need not be seen by loads of other boxes. No load may move
//! (`can_move` is never set): an earlier guard may be what makes its address good.

use cranelift_codegen::entity::EntityRef as _;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F64, I32, I64};
use cranelift_codegen::ir::{
    AbiParam, AliasRegion, AliasRegionData, Block, ExtFuncData, ExternalName, FuncRef, Function,
    InstBuilder as _, MemFlagsData, SigRef, Signature, SourceLoc, Type as IrType, UserExternalName,
    Value,
};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use std::mem::offset_of;
use tierlab_trace::backend::{CompileError, HelperFn, HelperTable};
use tierlab_trace::ir::{Const, Op, Trace, Val};
use tierlab_trace::layout::{
    CLASS_DISP, ExecContext, FLOAT_CELL, FLOAT_CLASS, FLOAT_DISP, FLOAT_HEADER, HEADER_DISP,
    HELPER_FAILED, MAX_SLOTS, POINTER_TAG, slot_disp,
};
use tierlab_trace::ops::{Opcode, Type};
use tierlab_trace::verify::helper_fits;

/// Name space of the calls by which exits leave; the index is the exit's number in the trace.
pub(crate) const EXITS: u32 = 0;
/// Name space of calls to other traces; the index is the trace's number.
pub(crate) const TRACES: u32 = 1;
/// Set in the source location of code that belongs to an op's exit.
pub(crate) const COLD: u32 = 1 << 30;

/// The signature of traces.
pub(crate) fn trace_signature() -> Signature {
    let mut signature = Signature::new(CallConv::Tail);
    signature.params.push(AbiParam::new(I64));
    signature.returns.push(AbiParam::new(I64));
    signature
}

/// What translation learns about a trace.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// How many live values each exit stores.
    pub live: Vec<u32>,
    /// Slots in use.
    pub slots: usize,
}

/// Alias regions that every function has, and the numbers of the memory classes behind them.
#[derive(Clone, Copy)]
enum Region {
    Context,
    Slots,
    Immutable,
    Fresh,
    /// Memory class 1 and up.
    Class(u8),
}

impl Region {
    const fn number(self) -> u32 {
        match self {
            Region::Immutable => 0,
            Region::Class(n) => n as u32,
            Region::Context => 256,
            Region::Slots => 257,
            Region::Fresh => 258,
        }
    }
}

/// An exit whose block is not written yet.
struct PendingExit {
    block: Block,
    op: usize,
    number: u32,
}

pub(crate) struct Translator<'a, 'f> {
    /// Where instructions go.
    pub b: FunctionBuilder<'f>,
    trace: &'a Trace,
    helpers: &'a HelperTable,
    /// The value of each op.
    values: Vec<Value>,
    blocks: Vec<Block>,
    context: Value,
    exits: Vec<PendingExit>,
    facts: Facts,
    /// Whether the code that is being made seldom runs.
    pub cold: bool,
    /// The signature of traces.
    trace_sig: SigRef,
    /// Signatures of helpers of one, two, three words, of one and two floats, once imported.
    helper_sigs: [Option<SigRef>; 5],
}

/// Translates a verified trace into `func`, which is empty.
pub(crate) fn translate(
    trace: &Trace,
    helpers: &HelperTable,
    func: &mut Function,
    builder: &mut FunctionBuilderContext,
    target: TargetFrontendConfig,
) -> Result<Facts, CompileError> {
    func.signature = trace_signature();
    let mut b = FunctionBuilder::new(func, builder);
    let trace_sig = b.import_signature(trace_signature());
    let blocks: Vec<Block> = trace.blocks.iter().map(|_| b.create_block()).collect();
    let mut t = Translator {
        b,
        trace,
        helpers,
        values: vec![Value::new(0); trace.ops.len()],
        blocks,
        context: Value::new(0),
        exits: Vec::new(),
        facts: Facts::default(),
        cold: false,
        trace_sig,
        helper_sigs: [None; 5],
    };
    for index in 0..trace.blocks.len() {
        t.enter_block(index);
        for i in trace.blocks[index].param_ops().end..trace.blocks[index].end as usize {
            t.b.set_srcloc(SourceLoc::new(i as u32));
            t.op(i)?;
        }
    }
    t.write_exits();
    if t.facts.slots > MAX_SLOTS {
        return Err(CompileError::TooManySlots { needed: t.facts.slots });
    }
    t.b.seal_all_blocks();
    t.b.finalize(target);
    Ok(t.facts)
}

fn ir_type(ty: Type) -> IrType {
    match ty {
        Type::I64 | Type::Ref => I64,
        Type::F64 => F64,
    }
}

impl Translator<'_, '_> {
    /// Opens a block of the trace: the entry takes its parameters from the slots, others from jumps.
    fn enter_block(&mut self, index: usize) {
        let params = self.trace.blocks[index].param_ops();
        let block = self.blocks[index];
        if index == 0 {
            self.b.append_block_params_for_function_params(block);
            self.b.switch_to_block(block);
            self.context = self.b.block_params(block)[0];
            self.facts.slots = self.facts.slots.max(params.len());
            for (slot, i) in params.enumerate() {
                let ty = ir_type(self.trace.type_of(Val::value(i)).unwrap_or(Type::I64));
                let flags = self.flags(Region::Slots);
                self.values[i] = self.b.ins().load(ty, flags, self.context, slot_of(slot));
            }
        } else {
            for i in params {
                let ty = ir_type(self.trace.type_of(Val::value(i)).unwrap_or(Type::I64));
                self.values[i] = self.b.append_block_param(block, ty);
            }
            self.b.switch_to_block(block);
        }
    }

    fn flags(&mut self, region: Region) -> MemFlagsData {
        let data = AliasRegionData { user_id: region.number(), description: "".into() };
        let region: AliasRegion = self.b.func.dfg.alias_regions.insert(data);
        MemFlagsData::new().with_notrap().with_alias_region(Some(region))
    }

    /// The flags of an op that loads or stores.
    fn op_flags(&mut self, op: &Op) -> MemFlagsData {
        match op.mem.0 {
            0 => self.flags(Region::Immutable),
            n => self.flags(Region::Class(n)),
        }
    }

    /// An operand.
    pub(crate) fn val(&mut self, val: Val) -> Value {
        if let Some(v) = val.as_value() {
            return self.values[v];
        }
        match self.trace.const_of(val) {
            Some(Const::F64(bits)) => self.b.ins().f64const(f64::from_bits(bits)),
            Some(c) => self.int(c.bits() as i64),
            None => self.int(0),
        }
    }

    pub(crate) fn int(&mut self, value: i64) -> Value {
        self.b.ins().iconst(I64, value)
    }

    /// The constant integer behind an operand.
    fn int_const(&self, val: Val) -> Option<i64> {
        match self.trace.const_of(val) {
            Some(Const::I64(i)) => Some(i),
            _ => None,
        }
    }

    /// The cold block of this op's exit.
    pub(crate) fn exit_block(&mut self, op: usize) -> Block {
        if let Some(exit) = self.exits.last().filter(|e| e.op == op) {
            return exit.block;
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.exits.push(PendingExit { block, op, number: self.facts.live.len() as u32 - 1 });
        block
    }

    /// Goes on where `condition` is not zero, and leaves otherwise.
    pub(crate) fn guard(&mut self, op: usize, condition: Value) {
        let exit = self.exit_block(op);
        self.branch(condition, None, Some(exit));
    }

    /// Leaves where `condition` is not zero.
    pub(crate) fn leave_if(&mut self, op: usize, condition: Value) {
        let exit = self.exit_block(op);
        self.branch(condition, Some(exit), None);
    }

    /// Branches; a missing target is a new block, where translation goes on.
    pub(crate) fn branch(
        &mut self,
        condition: Value,
        then: Option<Block>,
        otherwise: Option<Block>,
    ) {
        let next = self.b.create_block();
        if self.cold {
            self.b.set_cold_block(next);
        }
        let (then, otherwise) = (then.unwrap_or(next), otherwise.unwrap_or(next));
        self.b.ins().brif(condition, then, &[], otherwise, &[]);
        self.b.switch_to_block(next);
    }

    fn guard_int(&mut self, i: usize, cc: IntCC, a: Value, b: Value) {
        let condition = self.b.ins().icmp(cc, a, b);
        self.guard(i, condition);
    }

    fn guard_float(&mut self, i: usize, cc: FloatCC, a: Value, b: Value) {
        let condition = self.b.ins().fcmp(cc, a, b);
        self.guard(i, condition);
    }

    fn truth(&mut self, condition: Value) -> Value {
        self.b.ins().uextend(I64, condition)
    }

    /// Loads a 64-bit field of the execution context.
    fn context_field(&mut self, offset: usize) -> Value {
        let flags = self.flags(Region::Context);
        self.b.ins().load(I64, flags, self.context, offset as i32)
    }

    /// Leaves unless the word refers to a cell of that class.
    fn guard_class(&mut self, i: usize, word: Value, class: u32) {
        let exit = self.exit_block(i);
        let tag = self.b.ins().band_imm_u(word, POINTER_TAG as i64);
        self.branch(tag, None, Some(exit));
        let flags = self.flags(Region::Immutable);
        let found = self.b.ins().load(I32, flags, word, CLASS_DISP);
        let same = self.b.ins().icmp_imm_u(IntCC::Equal, found, i64::from(class));
        self.branch(same, None, Some(exit));
    }

    fn load_box(&mut self, word: Value) -> Value {
        let flags = self.flags(Region::Immutable);
        self.b.ins().load(F64, flags, word, FLOAT_DISP)
    }

    /// Base plus index times 8; the displacement goes into the access.
    fn indexed(&mut self, base: Value, index: Value) -> Value {
        let scaled = self.b.ins().ishl_imm_u(index, 3);
        self.b.ins().iadd(base, scaled)
    }

    fn op(&mut self, i: usize) -> Result<(), CompileError> {
        let trace = self.trace;
        let op = &trace.ops[i];
        if op.opcode.can_exit() {
            let live = trace.live_of(op.snapshot).len();
            self.facts.live.push(live as u32);
            self.facts.slots = self.facts.slots.max(live);
        }
        let mut operands = [Value::new(0); 3];
        let constant_divisor = match op.opcode {
            Opcode::FloorDiv | Opcode::FloorMod | Opcode::ShlOvf => self.int_const(op.args[1]),
            _ => None,
        };
        for (k, &val) in op.operands().iter().enumerate() {
            operands[k] = self.val(val);
        }
        let [a, b, c] = operands;
        let value = match op.opcode {
            Opcode::ParamI64 | Opcode::ParamF64 | Opcode::ParamRef => return Ok(()),

            Opcode::CopyI64 | Opcode::CopyF64 | Opcode::CopyRef => a,

            Opcode::AddOvf => {
                let (sum, overflow) = self.b.ins().sadd_overflow(a, b);
                self.leave_if(i, overflow);
                sum
            }
            Opcode::SubOvf => {
                let (difference, overflow) = self.b.ins().ssub_overflow(a, b);
                self.leave_if(i, overflow);
                difference
            }
            Opcode::MulOvf => {
                let (product, overflow) = self.b.ins().smul_overflow(a, b);
                self.leave_if(i, overflow);
                product
            }
            Opcode::Add => self.b.ins().iadd(a, b),
            Opcode::Sub => self.b.ins().isub(a, b),
            Opcode::Mul => self.b.ins().imul(a, b),
            Opcode::FloorDiv => self.floor_div(i, a, b, constant_divisor),
            Opcode::FloorMod => self.floor_mod(i, a, b, constant_divisor),
            Opcode::And => self.b.ins().band(a, b),
            Opcode::Or => self.b.ins().bor(a, b),
            Opcode::Xor => self.b.ins().bxor(a, b),
            Opcode::ShlOvf => {
                if !constant_divisor.is_some_and(|c| (0..=63).contains(&c)) {
                    let in_range = self.b.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, b, 63);
                    self.guard(i, in_range);
                }
                let shifted = self.b.ins().ishl(a, b);
                let back = self.b.ins().sshr(shifted, b);
                self.guard_int(i, IntCC::Equal, back, a);
                shifted
            }
            Opcode::Sar => self.b.ins().sshr(a, b),

            Opcode::EqI64 => self.compare(IntCC::Equal, a, b),
            Opcode::NeI64 => self.compare(IntCC::NotEqual, a, b),
            Opcode::LtI64 => self.compare(IntCC::SignedLessThan, a, b),
            Opcode::LeI64 => self.compare(IntCC::SignedLessThanOrEqual, a, b),
            Opcode::GuardEqI64 => return self.done(|t| t.guard_int(i, IntCC::Equal, a, b)),
            Opcode::GuardNeI64 => return self.done(|t| t.guard_int(i, IntCC::NotEqual, a, b)),
            Opcode::GuardLtI64 => {
                return self.done(|t| t.guard_int(i, IntCC::SignedLessThan, a, b));
            }
            Opcode::GuardLeI64 => {
                return self.done(|t| t.guard_int(i, IntCC::SignedLessThanOrEqual, a, b));
            }
            Opcode::GuardGtI64 => {
                return self.done(|t| t.guard_int(i, IntCC::SignedGreaterThan, a, b));
            }
            Opcode::GuardGeI64 => {
                return self.done(|t| t.guard_int(i, IntCC::SignedGreaterThanOrEqual, a, b));
            }
            Opcode::GuardIndex => return self.done(|t| t.guard_index(i, a, b)),

            // Constants are best as second operands: there they stay in memory.
            Opcode::AddF64 if op.args[0].as_const().is_some() => self.b.ins().fadd(b, a),
            Opcode::MulF64 if op.args[0].as_const().is_some() => self.b.ins().fmul(b, a),
            Opcode::AddF64 => self.b.ins().fadd(a, b),
            Opcode::SubF64 => self.b.ins().fsub(a, b),
            Opcode::MulF64 => self.b.ins().fmul(a, b),
            Opcode::DivF64 => self.b.ins().fdiv(a, b),
            Opcode::NegF64 => self.b.ins().fneg(a),
            Opcode::AbsF64 => self.b.ins().fabs(a),
            Opcode::SqrtF64 => self.b.ins().sqrt(a),
            Opcode::I64ToF64 => self.b.ins().fcvt_from_sint(F64, a),
            Opcode::F64ToI64 => self.f64_to_i64(i, a),

            Opcode::EqF64 => self.compare_float(FloatCC::Equal, a, b),
            Opcode::NeF64 => self.compare_float(FloatCC::NotEqual, a, b),
            Opcode::LtF64 => self.compare_float(FloatCC::LessThan, a, b),
            Opcode::LeF64 => self.compare_float(FloatCC::LessThanOrEqual, a, b),
            Opcode::GuardEqF64 => return self.done(|t| t.guard_float(i, FloatCC::Equal, a, b)),
            Opcode::GuardNeF64 => return self.done(|t| t.guard_float(i, FloatCC::NotEqual, a, b)),
            Opcode::GuardLtF64 => return self.done(|t| t.guard_float(i, FloatCC::LessThan, a, b)),
            Opcode::GuardLeF64 => {
                return self.done(|t| t.guard_float(i, FloatCC::LessThanOrEqual, a, b));
            }
            Opcode::GuardNltF64 => {
                let less = self.b.ins().fcmp(FloatCC::LessThan, a, b);
                return self.done(|t| t.leave_if(i, less));
            }
            Opcode::GuardNleF64 => {
                let less = self.b.ins().fcmp(FloatCC::LessThanOrEqual, a, b);
                return self.done(|t| t.leave_if(i, less));
            }

            Opcode::GuardSmallInt => return self.done(|t| t.guard_small_int(i, a)),
            Opcode::GuardClass => return self.done(|t| t.guard_class(i, a, op.imm as u32)),
            Opcode::GuardSame => return self.done(|t| t.guard_int(i, IntCC::Equal, a, b)),
            Opcode::GuardDiffer => return self.done(|t| t.guard_int(i, IntCC::NotEqual, a, b)),
            Opcode::Untag => self.b.ins().sshr_imm_u(a, 1),
            Opcode::UnboxI64 => {
                self.guard_small_int(i, a);
                self.b.ins().sshr_imm_u(a, 1)
            }
            Opcode::Tag => {
                let (word, overflow) = self.b.ins().sadd_overflow(a, a);
                self.leave_if(i, overflow);
                word
            }
            Opcode::LoadBoxF64 => self.load_box(a),
            Opcode::UnboxF64 => {
                self.guard_class(i, a, FLOAT_CLASS);
                self.load_box(a)
            }
            Opcode::BoxF64 => self.box_f64(i, a),
            Opcode::Select => self.b.ins().select(a, b, c),

            Opcode::LoadI64 | Opcode::LoadRef => self.load(op, I64, a),
            Opcode::LoadF64 => self.load(op, F64, a),
            Opcode::StoreI64 | Opcode::StoreF64 | Opcode::StoreRef => {
                return self.done(|t| t.store(op, b, a));
            }
            Opcode::LoadRefIndex => {
                let address = self.indexed(a, b);
                self.load(op, I64, address)
            }
            Opcode::StoreRefIndex => {
                let address = self.indexed(a, b);
                return self.done(|t| t.store(op, c, address));
            }

            Opcode::CallRef1 => self.call_ref(i, &[a])?,
            Opcode::CallRef2 => self.call_ref(i, &[a, b])?,
            Opcode::CallRef3 => self.call_ref(i, &[a, b, c])?,
            Opcode::CallF64x1 => self.call_helper(i, &[a])?,
            Opcode::CallF64x2 => self.call_helper(i, &[a, b])?,
            Opcode::GuardNoCollect => {
                // A signal handler writes the word: an atomic load stays in its loop.
                let offset = offset_of!(ExecContext, collect_requested) as i64;
                let address = self.b.ins().iadd_imm_s(self.context, offset);
                let flags = self.flags(Region::Context);
                let requested = self.b.ins().atomic_load(I64, flags, address);
                return self.done(|t| t.leave_if(i, requested));
            }

            Opcode::Jump => {
                let args: Vec<_> =
                    trace.args_of_jump(op).iter().map(|&v| self.val(v).into()).collect();
                let target = self.blocks[op.imm as usize];
                self.b.ins().jump(target, &args);
                return Ok(());
            }
            Opcode::JumpTrace => {
                let args = trace.args_of_jump(op);
                self.store_slots(args);
                self.facts.slots = self.facts.slots.max(args.len());
                let target = self.import(TRACES, op.imm as u32);
                let context = self.context;
                self.b.ins().return_call(target, &[context]);
                return Ok(());
            }
            Opcode::ExitAlways => {
                let exit = self.exit_block(i);
                self.b.ins().jump(exit, &[]);
                return Ok(());
            }
        };
        self.values[i] = value;
        Ok(())
    }

    /// For ops that define nothing.
    fn done(&mut self, emit: impl FnOnce(&mut Self)) -> Result<(), CompileError> {
        emit(self);
        Ok(())
    }

    fn compare(&mut self, cc: IntCC, a: Value, b: Value) -> Value {
        let condition = self.b.ins().icmp(cc, a, b);
        self.truth(condition)
    }

    fn compare_float(&mut self, cc: FloatCC, a: Value, b: Value) -> Value {
        let condition = self.b.ins().fcmp(cc, a, b);
        self.truth(condition)
    }

    /// `0 <= a < b`: a length is not negative, so that one unsigned comparison says it.
    fn guard_index(&mut self, i: usize, a: Value, b: Value) {
        self.guard_int(i, IntCC::UnsignedLessThan, a, b);
    }

    fn guard_small_int(&mut self, i: usize, word: Value) {
        let tag = self.b.ins().band_imm_u(word, POINTER_TAG as i64);
        self.leave_if(i, tag);
    }

    fn load(&mut self, op: &Op, ty: IrType, base: Value) -> Value {
        let flags = self.op_flags(op);
        self.b.ins().load(ty, flags, base, op.imm)
    }

    fn store(&mut self, op: &Op, value: Value, base: Value) {
        let flags = self.op_flags(op);
        self.b.ins().store(flags, value, base, op.imm);
    }

    fn f64_to_i64(&mut self, i: usize, a: Value) -> Value {
        // Both bounds are exact; NaN fails the first comparison.
        let low = self.b.ins().f64const(-9_223_372_036_854_775_808.0);
        let high = self.b.ins().f64const(9_223_372_036_854_775_808.0);
        let exit = self.exit_block(i);
        let above = self.b.ins().fcmp(FloatCC::GreaterThanOrEqual, a, low);
        self.branch(above, None, Some(exit));
        let below = self.b.ins().fcmp(FloatCC::LessThan, a, high);
        self.branch(below, None, Some(exit));
        self.b.ins().fcvt_to_sint_sat(I64, a)
    }

    fn box_f64(&mut self, i: usize, value: Value) -> Value {
        let cell = self.context_field(offset_of!(ExecContext, alloc_ptr));
        let limit = self.context_field(offset_of!(ExecContext, alloc_limit));
        let end = self.b.ins().iadd_imm_s(cell, FLOAT_CELL as i64);
        self.guard_int(i, IntCC::UnsignedLessThanOrEqual, end, limit);
        let flags = self.flags(Region::Context);
        let at = offset_of!(ExecContext, alloc_ptr) as i32;
        self.b.ins().store(flags, end, self.context, at);
        let flags = self.flags(Region::Fresh);
        let header = self.int(FLOAT_HEADER as i64);
        let disp = |disp: i32| disp - HEADER_DISP;
        self.b.ins().store(flags, header, cell, disp(HEADER_DISP));
        self.b.ins().store(flags, value, cell, disp(FLOAT_DISP));
        self.b.ins().iadd_imm_s(cell, POINTER_TAG as i64)
    }

    fn call_ref(&mut self, i: usize, words: &[Value]) -> Result<Value, CompileError> {
        let mut args = vec![self.context];
        args.extend(words);
        let word = self.call_helper(i, &args)?;
        let failed = self.b.ins().icmp_imm_u(IntCC::Equal, word, HELPER_FAILED as i64);
        self.leave_if(i, failed);
        Ok(word)
    }

    fn call_helper(&mut self, i: usize, args: &[Value]) -> Result<Value, CompileError> {
        let op = &self.trace.ops[i];
        let known = self.helpers.get(op.imm).filter(|h| helper_fits(op.opcode, h.function));
        let Some(helper) = known else {
            let why = format!("there is no helper {} for it", op.imm);
            return Err(CompileError::Unsupported { op: i, why });
        };
        let (index, ty) = match helper.function {
            HelperFn::Ref1(_) => (0, I64),
            HelperFn::Ref2(_) => (1, I64),
            HelperFn::Ref3(_) => (2, I64),
            HelperFn::F64x1(_) => (3, F64),
            HelperFn::F64x2(_) => (4, F64),
        };
        let signature = self.helper_sigs[index].unwrap_or_else(|| {
            let mut signature = Signature::new(CallConv::SystemV);
            signature.params.extend(args.iter().map(|_| AbiParam::new(ty)));
            signature.returns.push(AbiParam::new(ty));
            self.b.import_signature(signature)
        });
        self.helper_sigs[index] = Some(signature);
        let address = self.int(helper.function.address() as i64);
        let call = self.b.ins().call_indirect(signature, address, args);
        Ok(self.b.inst_results(call)[0])
    }

    /// A function of this crate's linker.
    fn import(&mut self, namespace: u32, index: u32) -> FuncRef {
        let name = UserExternalName { namespace, index };
        let name = ExternalName::user(self.b.func.declare_imported_user_function(name));
        let signature = self.trace_sig;
        self.b.import_function(ExtFuncData { name, signature, colocated: true, patchable: false })
    }

    /// Stores values to slots 0, 1, 2, ….
    fn store_slots(&mut self, values: &[Val]) {
        let flags = self.flags(Region::Slots);
        for (slot, &val) in values.iter().enumerate() {
            let value = self.val(val);
            self.b.ins().store(flags, value, self.context, slot_of(slot));
        }
    }

    fn write_exits(&mut self) {
        for k in 0..self.exits.len() {
            let PendingExit { block, op, number } = self.exits[k];
            self.b.switch_to_block(block);
            self.b.set_srcloc(SourceLoc::new(op as u32 | COLD));
            let trace = self.trace;
            self.store_slots(trace.live_of(trace.ops[op].snapshot));
            let target = self.import(EXITS, number);
            let context = self.context;
            self.b.ins().return_call(target, &[context]);
        }
    }
}

fn slot_of(index: usize) -> i32 {
    // Beyond the limit the trace is refused; the displacement is never used then.
    slot_disp(index.min(MAX_SLOTS) as u32)
}
