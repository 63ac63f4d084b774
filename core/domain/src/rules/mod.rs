//! The rules: pure functions over the typed data of the catalogue and facts that the caller hands in.
//!
//! Each is stated a second time, as a small reference function, in `data/check.py`; the vectors hold both to the same
//! answers.

pub mod kpi;
pub mod risk;
mod share;
pub mod survey;

#[cfg(test)]
mod vectors;

pub use share::{mean, percent};
