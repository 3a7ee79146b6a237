//! The way into traces, as a function of Cranelift's own, so that it follows its conventions by
//! construction, and the way out.

use crate::translate::trace_signature;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{AbiParam, Function, InstBuilder as _, Signature};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

/// The way in: a C function `(context, code) -> exit number`.
pub(crate) fn write_trampoline(
    func: &mut Function,
    builder: &mut FunctionBuilderContext,
    target: TargetFrontendConfig,
) {
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params.extend([AbiParam::new(I64); 2]);
    signature.returns.push(AbiParam::new(I64));
    func.signature = signature;
    let mut b = FunctionBuilder::new(func, builder);
    let sig = b.import_signature(trace_signature());
    let block = b.create_block();
    b.append_block_params_for_function_params(block);
    b.switch_to_block(block);
    let (context, code) = (b.block_params(block)[0], b.block_params(block)[1]);
    let call = b.ins().call_indirect(sig, code, &[context]);
    let number = b.inst_results(call)[0];
    b.ins().return_(&[number]);
    b.seal_all_blocks();
    b.finalize(target);
}

/// Length of what [`leave`] makes.
pub(crate) const LEAVE_BYTES: usize = 6;

/// The way out, for one exit: a function of the signature of traces that returns `number`,
/// `mov eax, number; ret`.
pub(crate) fn leave(number: u32) -> [u8; LEAVE_BYTES] {
    let [a, b, c, d] = number.to_le_bytes();
    [0xB8, a, b, c, d, 0xC3]
}
