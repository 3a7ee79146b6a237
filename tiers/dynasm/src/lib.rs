//! tierlab-dynasm
