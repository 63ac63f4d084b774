//! Readings that are computed from other readings: `100*hollow/total`, `abs(air_in-air_out)`.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

/// A formula over the single readings of an item: numbers, names, `+ - * /`, brackets, `abs`.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    text: String,
    root: Node,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Number(f64),
    Name(String),
    Abs(Box<Node>),
    Negative(Box<Node>),
    Of(Box<Node>, Operator, Box<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operator {
    Plus,
    Minus,
    Times,
    Over,
}

impl Formula {
    /// Reads a formula; nothing if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut parser = Parser {
            chars: text.chars().peekable(),
            depth: 0,
        };
        let root = parser.sum()?;
        (parser.peek().is_none()).then(|| Self {
            text: text.to_owned(),
            root,
        })
    }

    /// Returns the names that it uses.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.root.names(&mut names);
        names
    }

    /// Computes the value; nothing when a name has no value, or the result is no finite number (a division by 0).
    #[must_use]
    pub fn value(&self, values: &BTreeMap<&str, f64>) -> Option<f64> {
        self.root.value(values).filter(|value| value.is_finite())
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Node {
    fn names<'a>(&'a self, out: &mut Vec<&'a str>) {
        match self {
            Self::Number(_) => {}
            Self::Name(name) => out.push(name),
            Self::Abs(inner) | Self::Negative(inner) => inner.names(out),
            Self::Of(left, _, right) => {
                left.names(out);
                right.names(out);
            }
        }
    }

    fn value(&self, values: &BTreeMap<&str, f64>) -> Option<f64> {
        Some(match self {
            Self::Number(number) => *number,
            Self::Name(name) => *values.get(name.as_str())?,
            Self::Abs(inner) => inner.value(values)?.abs(),
            Self::Negative(inner) => -inner.value(values)?,
            Self::Of(left, operator, right) => {
                let (left, right) = (left.value(values)?, right.value(values)?);
                match operator {
                    Operator::Plus => left + right,
                    Operator::Minus => left - right,
                    Operator::Times => left * right,
                    Operator::Over => left / right,
                }
            }
        })
    }
}

/// Longer texts and deeper nesting are refused: a data file must not overflow the stack.
const LONGEST: usize = 200;
const DEEPEST: u32 = 32;

struct Parser<'a> {
    chars: Peekable<Chars<'a>>,
    depth: u32,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<char> {
        while self.chars.next_if_eq(&' ').is_some() {}
        self.chars.peek().copied()
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        self.peek()?;
        self.chars.next_if_eq(&wanted).map(|_| ())
    }

    fn sum(&mut self) -> Option<Node> {
        let mut left = self.product()?;
        loop {
            let operator = match self.peek() {
                Some('+') => Operator::Plus,
                Some('-') => Operator::Minus,
                _ => return Some(left),
            };
            self.chars.next();
            left = Node::Of(Box::new(left), operator, Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Option<Node> {
        let mut left = self.atom()?;
        loop {
            let operator = match self.peek() {
                Some('*') => Operator::Times,
                Some('/') => Operator::Over,
                _ => return Some(left),
            };
            self.chars.next();
            left = Node::Of(Box::new(left), operator, Box::new(self.atom()?));
        }
    }

    fn atom(&mut self) -> Option<Node> {
        self.depth = self.depth.checked_add(1).filter(|depth| *depth <= DEEPEST)?;
        let node = match self.peek()? {
            '(' => self.bracket()?,
            '-' => {
                self.chars.next();
                Node::Negative(Box::new(self.atom()?))
            }
            c if c.is_ascii_digit() => Node::Number(self.word(|c| c.is_ascii_digit() || c == '.').parse().ok()?),
            c if c.is_ascii_lowercase() => {
                let name = self.word(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                if name == "abs" {
                    Node::Abs(Box::new(self.bracket()?))
                } else {
                    Node::Name(name)
                }
            }
            _ => return None,
        };
        self.depth -= 1;
        Some(node)
    }

    fn bracket(&mut self) -> Option<Node> {
        self.take('(')?;
        let inner = self.sum()?;
        self.take(')')?;
        Some(inner)
    }

    fn word(&mut self, part: impl Fn(char) -> bool) -> String {
        let mut word = String::new();
        while let Some(c) = self.chars.next_if(|c| part(*c)) {
            word.push(c);
        }
        word
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Formula;

    fn value(text: &str) -> Option<f64> {
        Formula::parse(text)?.value(&BTreeMap::from([("a", 6.0), ("b_2", 4.0), ("zero", 0.0)]))
    }

    #[test]
    fn precedence_brackets_and_abs() {
        let expected = [
            ("a-b_2-1", 1.0),
            ("100*b_2/a", 400.0 / 6.0),
            ("abs(b_2-a)", 2.0),
            ("2*(a+1)", 14.0),
            ("-a + 1.5", -4.5),
            ("a-b_2*2", -2.0),
        ];
        for (text, number) in expected {
            assert_eq!(value(text), Some(number), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_has_no_value() {
        assert_eq!(value("a/zero"), None);
        assert_eq!(value("a+unknown"), None);
    }

    #[test]
    fn what_is_no_formula_is_refused() {
        for text in [
            "",
            "a+",
            "(a",
            "a b",
            "abs a",
            "a)",
            "1..2",
            "A",
            "a%b",
            &"a+".repeat(200),
            &"(".repeat(10_000),
            &"-".repeat(10_000),
        ] {
            assert!(Formula::parse(text).is_none(), "{text}");
        }
    }
}
