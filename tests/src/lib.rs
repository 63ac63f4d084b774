//! Whole-system tests, simulator, benches.

pub mod harness;
pub mod hostile;
pub mod sim;
pub mod real;
