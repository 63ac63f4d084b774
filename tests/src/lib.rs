//! Whole-system tests, simulator, benches.

pub mod harness;
pub mod hostile;
pub mod real;
pub mod sim;
