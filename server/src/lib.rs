//! Sync, storage, API.
//!
//! - [`db`]: one SQL text for two engines; one writer, many readers, migrations.
//! - [`system`]: the machine's clock and randomness.

pub mod db;
mod system;

pub use system::{SystemClock, SystemIds};
