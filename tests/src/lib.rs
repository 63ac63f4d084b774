//! Whole-system tests, simulator, benches.
