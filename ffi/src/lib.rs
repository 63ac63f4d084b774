//! The facade for Kotlin and Swift. No branch.

uniffi::setup_scaffolding!();

/// Returns the version of the core.
#[uniffi::export]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
