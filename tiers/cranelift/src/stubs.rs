//! The way into traces and out of them, as functions of Cranelift's own, so that both follow its
//! conventions by construction.

use crate::translate::trace_signature;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{Function, InstBuilder as _};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

/// The common exit: returns the number it is given, through the trampoline, to the caller.
pub(crate) fn write_common_exit(
    func: &mut Function,
    builder: &mut FunctionBuilderContext,
    target: TargetFrontendConfig,
) {
    func.signature = trace_signature();
    let mut b = FunctionBuilder::new(func, builder);
    let block = b.create_block();
    b.append_block_params_for_function_params(block);
    b.switch_to_block(block);
    let number = b.block_params(block)[1];
    b.ins().return_(&[number]);
    b.seal_all_blocks();
    b.finalize(target);
}

/// The way in: a C function `(context, code) -> exit number`.
pub(crate) fn write_trampoline(
    func: &mut Function,
    builder: &mut FunctionBuilderContext,
    target: TargetFrontendConfig,
) {
    let mut signature = trace_signature();
    signature.call_conv = CallConv::SystemV;
    func.signature = signature;
    let mut b = FunctionBuilder::new(func, builder);
    let sig = b.import_signature(trace_signature());
    let block = b.create_block();
    b.append_block_params_for_function_params(block);
    b.switch_to_block(block);
    let (context, code) = (b.block_params(block)[0], b.block_params(block)[1]);
    let zero = b.ins().iconst(I64, 0);
    let call = b.ins().call_indirect(sig, code, &[context, zero]);
    let number = b.inst_results(call)[0];
    b.ins().return_(&[number]);
    b.seal_all_blocks();
    b.finalize(target);
}
