//! tierlab-vm
