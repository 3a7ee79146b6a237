//! tierlab-frontend
