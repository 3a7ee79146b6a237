//! tierlab-copypatch
