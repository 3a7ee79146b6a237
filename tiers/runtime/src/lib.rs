//! tierlab-runtime
