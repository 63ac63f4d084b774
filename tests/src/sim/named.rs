//! Histories with a name, written out.

use super::run::{Ended, History};
use crate::harness::Template;
use std::sync::Arc;

/// A history with a name.
pub struct Named {
    /// Its name.
    pub name: &'static str,
}

/// All of them.
pub const ALL: &[Named] = &[];

impl Named {
    /// Runs it.
    pub async fn run(&self, template: Arc<Template>, talk: bool) -> Ended {
        History::begin(template, 0, &[0, 1], talk).await.ended(None)
    }
}
