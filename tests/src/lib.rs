//! Whole-system tests, simulator, benches.

pub mod hostile;
