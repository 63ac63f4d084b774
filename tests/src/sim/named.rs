//! Histories with a name, written out.
