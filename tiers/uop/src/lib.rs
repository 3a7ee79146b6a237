//! tierlab-uop
