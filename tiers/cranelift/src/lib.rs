//! tierlab-cranelift
