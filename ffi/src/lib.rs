//! The facade for Kotlin and Swift. No branch.
