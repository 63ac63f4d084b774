//! What a full-text index stores of words, and the expression that finds them there.
//!
//! Two columns. `chars` has one token per character, the code point in hexadecimal, and a token between lines: a phrase
//! of it is an exact substring, and no character has a meaning of its own. `initials` is a bag: what may be typed for
//! each character, for each two that stand side by side, and for the first of a line, and each reading of a character in
//! full. Two letters are thereby found exactly; of more the index gives candidates, and [`Pattern::fit`] decides.

use super::initials::Initials;
use super::pattern::Pattern;
use super::readings::spelled;
use super::syllables;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Stands between lines in `chars`; no hexadecimal number.
const LINE: &str = "line";
/// Before what may be typed for the first character of a line in `initials`; longer than any other token there.
pub(super) const FIRST: &str = "at";
/// Before a whole reading in `initials`: at least two letters follow, so that it is never what [`FIRST`] begins.
pub(super) const READING: &str = "py";

/// So many pairs of first letters are asked for; more would cost more than the few wrong records they keep out.
const PAIRS: usize = 6;

/// The tokens of words, each column as text with blanks between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// The characters in their order.
    pub chars: String,
    /// What may be typed for them.
    pub initials: String,
}

impl Tokens {
    /// Returns the tokens of folded words.
    #[must_use]
    pub fn of(words: &str) -> Self {
        let mut chars = String::with_capacity(words.len() * 2);
        let mut bag: BTreeSet<String> = BTreeSet::new();
        for line in words.lines() {
            chars.push_str(LINE);
            chars.push(' ');
            let mut before: Option<Initials> = None;
            for c in line.chars() {
                push_char(&mut chars, c);
                let here = Initials::of(c);
                for typed in here.iter() {
                    bag.insert(typed.to_string());
                    match before {
                        None => bag.extend([format!("{FIRST}{typed}")]),
                        Some(before) => bag.extend(before.iter().map(|b| format!("{b}{typed}"))),
                    }
                }
                if !c.is_ascii() {
                    bag.extend(spelled(c).map(|reading| format!("{READING}{reading}")));
                }
                before = Some(here);
            }
        }
        chars.push_str(LINE);
        Self {
            chars,
            initials: bag.into_iter().collect::<Vec<_>>().join(" "),
        }
    }
}

impl Pattern {
    /// Returns an expression in the language of SQLite's FTS5 that finds every text which fits, and few others;
    /// `begins`: only those in which each term begins a line.
    #[must_use]
    pub fn expression(&self, begins: bool) -> String {
        let terms: Vec<String> = self.chars().map(|term| term_expression(term, begins)).collect();
        terms.join(" AND ")
    }
}

fn term_expression(term: &[char], begins: bool) -> String {
    let phrase = |chars: &[char], begins: bool| {
        let mut phrase = String::from("chars : \"");
        if begins {
            phrase.push_str(LINE);
            phrase.push(' ');
        }
        chars.iter().for_each(|c| push_char(&mut phrase, *c));
        phrase.push('"');
        phrase
    };
    let literal = phrase(term, begins);
    if !term.iter().any(char::is_ascii_lowercase) {
        return literal;
    }
    // Runs of letters and digits may be initials or readings; what stands between them is itself.
    let mut parts = Vec::new();
    let typed = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let runs: Vec<&[char]> = term.chunk_by(|a, b| typed(a) == typed(b)).collect();
    for (n, run) in runs.iter().enumerate() {
        let first = begins && n == 0;
        parts.push(match run {
            [c, ..] if !typed(c) => phrase(run, first),
            _ => {
                let ways = syllables::ways(run, first, n + 1 == runs.len());
                format!("({})", [vec![initials(run, first)], ways].concat().join(" OR "))
            }
        });
    }
    format!("(({literal}) OR ({}))", parts.join(" AND "))
}

/// Finds what may be read with these first letters, one a character; `first`: from the begin of a line.
pub(super) fn initials(letters: &[char], first: bool) -> String {
    let mut parts = Vec::new();
    if let ([c], false) | ([c, ..], true) = (letters, first) {
        let at = if first { FIRST } else { "" };
        parts.push(format!("initials : \"{at}{c}\""));
    }
    let pairs = letters.windows(2).filter_map(|pair| pair.first().zip(pair.get(1)));
    let pairs = pairs.take(PAIRS);
    parts.extend(pairs.map(|(a, b)| format!("initials : \"{a}{b}\"")));
    format!("({})", parts.join(" AND "))
}

fn push_char(to: &mut String, c: char) {
    // Writing into a String cannot fail.
    let _ = write!(to, "{:x} ", u32::from(c));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_numbers_and_pairs_have_every_reading() {
        let tokens = Tokens::of("重行\na%");
        assert_eq!(tokens.chars, "line 91cd 884c line 61 25 line");
        let bag: Vec<&str> = tokens.initials.split(' ').collect();
        for there in ["c", "z", "h", "x", "cx", "zh", "ata", "atz", "a", "pychong", "pyxing"] {
            assert!(bag.contains(&there), "{there}");
        }
        assert!(!bag.contains(&"ha"), "a line ends what stands side by side");
        assert_eq!(Tokens::of("").chars, "line");
    }

    #[test]
    fn a_query_never_speaks_the_language_of_the_index() {
        for query in ["\"", "' OR 1", "NEAR(", "^*:-", "chars : x", "空\"鼓"] {
            let expression = Pattern::new(query).unwrap().expression(true);
            assert!(expression.matches('"').count().is_multiple_of(2), "{expression}");
            let outside = expression.split('"').step_by(2).collect::<String>();
            let mut words = outside.split(|c: char| c.is_whitespace() || "():".contains(c));
            let ours = ["", "chars", "initials", "AND", "OR", "*"];
            assert!(words.all(|word| ours.contains(&word)), "{expression}");
        }
    }
}
