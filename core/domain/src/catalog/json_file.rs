//! Reading a JSON file: errors that name the path and the line.

use std::iter::Peekable;
use std::str::CharIndices;

use serde::de::DeserializeOwned;

use super::error::{CatalogError, Result};

/// One JSON file, kept beside what was read from it so that a late check can still say where.
#[derive(Clone, Copy)]
pub(super) struct JsonFile<'a> {
    file: &'a str,
    text: &'a str,
}

impl<'a> JsonFile<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text }
    }

    /// Reads the whole file.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(self.text).map_err(|e| CatalogError {
            file: self.file.to_owned(),
            line: Some(u64::try_from(e.line()).unwrap_or_default()),
            column: format!("character {}", e.column()),
            value: self
                .text
                .lines()
                .nth(e.line().saturating_sub(1))
                .unwrap_or_default()
                .trim()
                .chars()
                .take(80)
                .collect(),
            expected: format!("what this place needs ({e})"),
        })
    }

    /// Refuses the value at `path` unless it is as expected.
    pub(super) fn check(&self, good: bool, path: impl FnOnce() -> String, value: &str, expected: &str) -> Result<()> {
        if good {
            Ok(())
        } else {
            Err(self.error(path(), value, expected))
        }
    }

    /// Refuses a code that stands twice in the list at `path`; `field` is where the code stands in an element.
    pub(super) fn unique<'c>(&self, path: &str, codes: impl Iterator<Item = &'c str>, field: &str) -> Result<()> {
        let mut seen = std::collections::BTreeSet::new();
        for (n, code) in codes.enumerate() {
            let at = || format!("{path}[{n}]{field}");
            self.check(seen.insert(code), at, code, "a code that is not there yet")?;
        }
        Ok(())
    }

    /// Makes the error for the value at `path`.
    pub(super) fn error(&self, path: String, value: &str, expected: &str) -> CatalogError {
        let line = line_of(self.text, &path);
        CatalogError {
            file: self.file.to_owned(),
            line,
            column: path,
            value: value.to_owned(),
            expected: expected.to_owned(),
        }
    }
}

/// Finds the line of a path such as `machines[0].transitions[2].to` in a text that is known to be JSON.
fn line_of(text: &str, path: &str) -> Option<u64> {
    let mut scan = Scan {
        chars: text.char_indices().peekable(),
    };
    for step in path
        .split(['.', '['])
        .map(|step| step.trim_end_matches(']'))
        .filter(|step| !step.is_empty())
    {
        scan.enter(step)?;
    }
    let at = scan.space()?;
    let before = text.get(..at)?;
    u64::try_from(before.matches('\n').count() + 1).ok()
}

struct Scan<'a> {
    chars: Peekable<CharIndices<'a>>,
}

impl Scan<'_> {
    /// Skips white space, colons and commas; returns the position of what follows.
    fn space(&mut self) -> Option<usize> {
        while self
            .chars
            .next_if(|(_, c)| c.is_whitespace() || matches!(c, ':' | ','))
            .is_some()
        {}
        self.chars.peek().map(|(at, _)| *at)
    }

    /// Goes to the member or element `step` of the value that begins here.
    fn enter(&mut self, step: &str) -> Option<()> {
        self.space()?;
        let object = self.chars.next()?.1 == '{';
        let mut index = 0_usize;
        loop {
            self.space()?;
            if matches!(self.chars.peek()?.1, '}' | ']') {
                return None;
            }
            let here = if object {
                self.string()? == step
            } else {
                index.to_string() == step
            };
            if here {
                return Some(());
            }
            self.skip()?;
            index += 1;
        }
    }

    /// Skips one value.
    fn skip(&mut self) -> Option<()> {
        self.space()?;
        let mut depth = 0_u32;
        loop {
            match self.chars.peek()?.1 {
                '"' => {
                    self.string()?;
                }
                '{' | '[' => {
                    depth += 1;
                    self.chars.next();
                }
                '}' | ']' => {
                    depth = depth.checked_sub(1)?;
                    self.chars.next();
                }
                _ => {
                    while self
                        .chars
                        .next_if(|(_, c)| !c.is_whitespace() && !matches!(c, ',' | '}' | ']'))
                        .is_some()
                    {}
                }
            }
            if depth == 0 {
                return Some(());
            }
            self.space()?;
        }
    }

    fn string(&mut self) -> Option<String> {
        self.chars.next_if(|(_, c)| *c == '"')?;
        let mut out = String::new();
        loop {
            match self.chars.next()?.1 {
                '"' => return Some(out),
                '\\' => out.push(self.chars.next()?.1),
                c => out.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn a_path_has_a_line() {
        let text = "{\n \"a\": [\n  {\"b\": \"}\\\"\", \"c\": 1},\n  {\"b\": [],\n   \"c\": {\"d\": null}}\n ],\n \"z\": 1\n}\n";
        let lines = ["a", "a[0].c", "a[1]", "a[1].c.d", "z", "a[2]", "y"].map(|path| line_of(text, path));
        assert_eq!(lines, [Some(2), Some(3), Some(4), Some(5), Some(7), None, None]);
    }
}
