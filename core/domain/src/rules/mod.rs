//! The rules: pure functions over the typed data of the catalogue and facts that the caller hands in.
//!
//! Each is stated a second time, as a small reference function, in `data/check.py`; the vectors hold both to the same
//! answers.

#[cfg(test)]
mod vectors;
