//! A page of text for a terminal: headings, indented paragraphs, two columns; at most 80 columns wide.

use crate::columns::{self, WIDTH};

/// Lines that are collected and printed at once.
pub struct Page {
    lines: Vec<String>,
    styled: bool,
}

impl Page {
    /// Begins an empty page.
    pub const fn new(styled: bool) -> Self {
        Self {
            lines: Vec::new(),
            styled,
        }
    }

    /// Adds a line as it is.
    pub fn line(&mut self, line: &str) {
        self.lines.push(line.to_owned());
    }

    /// Adds a heading behind an empty line, with a rule below.
    pub fn heading(&mut self, left: &str, right: &str) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        let room = WIDTH.saturating_sub(columns::width(right));
        let text = format!("{}{right}", columns::pad(&columns::cut(left, room), room));
        let text = text.trim_end();
        self.lines.push(if self.styled {
            format!("\x1b[1m{text}\x1b[0m")
        } else {
            text.to_owned()
        });
    }

    /// Adds a paragraph, each line of it indented; the first begins with `mark`.
    pub fn item(&mut self, indent: usize, mark: &str, text: &str) {
        let hang = indent + columns::width(mark);
        let mut begin = format!("{}{mark}", " ".repeat(indent));
        for line in columns::wrap(text, WIDTH.saturating_sub(hang)) {
            self.lines.push(format!("{begin}{line}"));
            begin = " ".repeat(hang);
        }
    }

    /// Adds a left and a right part on one line, or on two when they do not fit beside each other.
    pub fn pair(&mut self, indent: usize, mark: &str, left: &str, right: &str) {
        let hang = indent + columns::width(mark);
        let taken = hang + columns::width(left) + columns::width(right) + 2;
        if taken <= WIDTH {
            let room = WIDTH.saturating_sub(hang + columns::width(right));
            let begin = format!("{}{mark}", " ".repeat(indent));
            self.lines
                .push(format!("{begin}{}{}", columns::pad(left, room), self.dim(right)));
            return;
        }
        self.item(indent, mark, left);
        let begin = " ".repeat(WIDTH.saturating_sub(columns::width(right)));
        self.lines.push(format!("{begin}{}", self.dim(right)));
    }

    /// Returns the lines.
    pub fn into_lines(self) -> Vec<String> {
        self.lines
    }

    fn dim(&self, text: &str) -> String {
        if self.styled {
            format!("\x1b[2m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
