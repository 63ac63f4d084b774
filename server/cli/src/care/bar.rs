//! A progress bar on standard error, where that is a terminal.

use super::words;
use crate::out::Out;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use keyturn_server::sync::doctor::{Stage, Step};
use std::io::IsTerminal as _;

/// The bar of one command.
pub struct Bar {
    bar: ProgressBar,
    stage: Option<Stage>,
    out: Out,
}

impl Bar {
    /// Nothing is drawn before the first step.
    pub fn new(out: &Out) -> Self {
        let target = if std::io::stderr().is_terminal() && !out.json {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self {
            bar,
            stage: None,
            out: *out,
        }
    }

    /// Shows how far it has come.
    pub fn show(&mut self, step: Step) {
        if self.stage != Some(step.stage) {
            self.stage = Some(step.stage);
            self.bar.set_message(self.out.text(words::stage(step.stage), &[]));
        }
        self.bar.set_length(step.total.max(step.done));
        self.bar.set_position(step.done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
