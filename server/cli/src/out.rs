//! Where results go: standard output, as words for a person or as JSON for a program.

use crate::columns;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::words::Words;
use serde::Serialize;
use std::fmt::Display;
use std::io::{IsTerminal, Write as _};

/// How this run speaks.
#[derive(Clone, Copy, Debug)]
pub struct Out {
    /// The language of sentences.
    pub lang: Lang,
    /// One JSON value on standard output, and no sentences there.
    pub json: bool,
    /// Bold and colours, on a terminal that wants them.
    pub styled: bool,
}

impl Out {
    /// Decides about colours once.
    pub fn new(lang: Lang, json: bool) -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none() && std::env::var_os("TERM").is_some_and(|t| t != "dumb");
        Self {
            lang,
            json,
            styled: wanted && !json && std::io::stdout().is_terminal(),
        }
    }

    /// Returns the words of this run's language.
    pub fn text(&self, words: Words, parts: &[&dyn Display]) -> String {
        words.fill(self.lang, parts)
    }

    /// Prints a sentence, for persons only; a long one goes on below its own beginning.
    pub fn say(&self, words: Words, parts: &[&dyn Display]) -> Result<(), Failure> {
        let text = self.text(words, parts);
        let indent = text.len() - text.trim_start().len();
        let mut begin = " ".repeat(indent);
        for line in columns::wrap(text.trim_start(), columns::WIDTH.saturating_sub(indent + 2)) {
            self.line(&format!("{begin}{line}"))?;
            begin = " ".repeat(indent + 2);
        }
        Ok(())
    }

    /// Prints a line, for persons only.
    pub fn line(&self, line: &str) -> Result<(), Failure> {
        if self.json { Ok(()) } else { put(line) }
    }

    /// Prints a table, for persons only.
    pub fn table(&self, head: &[Words], rows: &[Vec<String>]) -> Result<(), Failure> {
        let head: Vec<&str> = head.iter().map(|w| self.lang.pick(w.zh, w.en)).collect();
        columns::table(&head, rows).iter().try_for_each(|line| self.line(line))
    }

    /// Prints the result, for programs only.
    pub fn result(&self, value: &impl Serialize) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        put(&serde_json::to_string_pretty(value).map_err(Failure::internal)?)
    }

    /// Prints a result of one line at once, e.g. where a server listens.
    pub fn result_line(&self, value: &impl Serialize) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        put(&serde_json::to_string(value).map_err(Failure::internal)?)
    }
}

/// `keyturn … | head` ends this program quietly, like any other, and lets it clean up.
pub fn put(line: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Failure::stopped()),
        other => other.map_err(Failure::internal),
    }
}
