//! Key figures.

mod first_pass;

pub use first_pass::{FirstPass, first_pass};
