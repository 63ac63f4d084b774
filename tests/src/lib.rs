//! Whole-system tests, simulator, benches.

pub mod golden;
pub mod harness;
pub mod hostile;
pub mod real;
pub mod sim;
