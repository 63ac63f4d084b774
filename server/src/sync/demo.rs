//! Loading the demo project.

/// What of the demo project is loaded.
#[derive(Clone, Copy, Debug, Default)]
pub struct DemoOptions {
    /// At most so many homes; none: all.
    pub homes: Option<usize>,
}
