//! What a person typed, and whether words fit it.

use super::fold::fold;
use super::initials::Initials;
use super::readings;

/// More terms than this are not looked for; nobody types them.
const TERMS: usize = 8;
/// A term is cut here.
const TERM_CHARS: usize = 64;

/// How well words fit; the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// A line says this and nothing else.
    Whole,
    /// A line begins so.
    Begins,
    /// It stands somewhere.
    Within,
}

/// A query: terms, all of which must be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    terms: Vec<Vec<char>>,
}

impl Pattern {
    /// Reads a query; `None` when there is nothing to look for.
    #[must_use]
    pub fn new(query: &str) -> Option<Self> {
        let terms: Vec<Vec<char>> = fold(query)
            .split_whitespace()
            .take(TERMS)
            .map(|term| term.chars().take(TERM_CHARS).collect())
            .collect();
        (!terms.is_empty()).then_some(Self { terms })
    }

    /// Tells how well folded words fit: as well as the term that fits worst; `None` when a term is not there.
    #[must_use]
    pub fn fit(&self, words: &str) -> Option<Fit> {
        let mut worst = Fit::Whole;
        // One buffer for all lines: thousands of names are looked through at every letter that is typed.
        let mut line = Vec::new();
        for term in &self.terms {
            let mut best: Option<Fit> = None;
            for text in words.lines() {
                line.clear();
                line.extend(text.chars());
                if let Some(fit) = fit_of(term, &line) {
                    best = Some(best.map_or(fit, |best| best.min(fit)));
                }
            }
            worst = worst.max(best?);
        }
        Some(worst)
    }

    /// Returns each term as a pattern of its own: one may name the place, another the matter.
    #[must_use]
    pub fn terms(&self) -> Vec<Self> {
        let one = |term: &Vec<char>| Self {
            terms: vec![term.clone()],
        };
        self.terms.iter().map(one).collect()
    }

    /// Returns these patterns as one; `None` when there are none.
    #[must_use]
    pub fn all(patterns: impl IntoIterator<Item = Self>) -> Option<Self> {
        let terms: Vec<Vec<char>> = patterns.into_iter().flat_map(|p| p.terms).collect();
        (!terms.is_empty()).then_some(Self { terms })
    }

    pub(super) fn chars(&self) -> impl Iterator<Item = &[char]> {
        self.terms.iter().map(Vec::as_slice)
    }
}

/// How well one line fits one term.
fn fit_of(term: &[char], line: &[char]) -> Option<Fit> {
    let mut from = (0..line.len()).filter_map(|at| Some((at, ends(term, line.get(at..)?)?)));
    Some(match from.next()? {
        (0, true) => Fit::Whole,
        (0, false) => Fit::Begins,
        _ => Fit::Within,
    })
}

/// Tells whether a line begins with a term, and whether some way of reading it takes the whole line.
///
/// All ways are followed at once: bit `n` says that the characters so far may stand for the first `n` of the term.
fn ends(term: &[char], line: &[char]) -> Option<bool> {
    let done = 1_u128.checked_shl(u32::try_from(term.len()).ok()?)?;
    let (mut ways, mut found) = (1_u128, None);
    for (n, c) in line.iter().enumerate() {
        let mut next = 0;
        while ways != 0 {
            let at = ways.trailing_zeros();
            ways &= ways - 1;
            let left = usize::try_from(at).ok().and_then(|at| term.get(at..));
            next |= left.map_or(0, |left| taken(*c, left)) << at;
        }
        if next & done != 0 {
            let whole = n + 1 == line.len();
            found = Some(whole);
            if whole {
                break;
            }
        }
        ways = next & !done;
        if ways == 0 {
            break;
        }
    }
    found
}

/// How much of what is left of a term a character may stand for: itself, the first letter of a reading, or more of one.
fn taken(c: char, left: &[char]) -> u128 {
    match left.first() {
        Some(typed) if *typed == c => 1 << 1,
        Some(typed) if typed.is_ascii_lowercase() && Initials::of(c).has(*typed) => (1 << 1) | readings::taken(c, left),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Fit, Pattern, fold};

    fn fit(query: &str, words: &str) -> Option<Fit> {
        Pattern::new(query).unwrap().fit(&fold(words))
    }

    #[test]
    fn one_character_anywhere_and_any_reading_of_it() {
        assert_eq!(fit("灰", "墙面抹灰空鼓"), Some(Fit::Within));
        for query in ["cxyh", "zxyx", "tXyX", "重xy行", "xy"] {
            assert!(fit(query, "重新银行").is_some(), "{query}");
        }
        for query in ["xc", "重行", "cxyhh", "重2"] {
            assert_eq!(fit(query, "重新银行"), None, "{query}");
        }
    }

    #[test]
    fn whole_readings_and_first_letters_may_be_mixed() {
        for query in [
            "fangshui", "FangShui", "fshui", "fangs", "fangsh", "fangshu", "fang水", "防shui", "fs",
        ] {
            assert_eq!(fit(query, "防水"), Some(Fit::Whole), "{query}");
        }
        assert_eq!(fit("fan", "防水"), Some(Fit::Begins));
        assert_eq!(fit("shui", "防水"), Some(Fit::Within));
        for query in ["fanshui", "fangshuix", "angshui", "fangsui", "fangshuia"] {
            assert_eq!(fit(query, "防水"), None, "{query}");
        }
        for query in ["chongxin", "zhongxin", "tongx", "zhx", "chxin"] {
            assert_eq!(fit(query, "重新银行"), Some(Fit::Begins), "{query}");
        }
        assert_eq!(fit("yinhang", "重新银行"), Some(Fit::Within));
        assert_eq!(fit("yinxing", "重新银行"), Some(Fit::Within), "every reading");
        assert_eq!(fit("xian", "西安"), Some(Fit::Whole), "two syllables");
        assert_eq!(fit("xian", "先"), Some(Fit::Whole), "or one");
        assert_eq!(fit("lvhua", "绿化"), Some(Fit::Whole));
        assert_eq!(fit("3dong2danyuan1201", "3栋2单元1201"), Some(Fit::Whole));
        assert_eq!(fit("wifimima", "wifi密码"), Some(Fit::Whole));
        let long = "fangshui".repeat(9);
        assert!(fit(&long, &"防水".repeat(9)).is_some(), "a long one is cut");
    }

    #[test]
    fn signs_are_taken_literally() {
        let words = "100% 'sealed' \"ok\" a_b 漏水😀";
        for query in ["%", "0%", "'s", "\"", "_", "a_b", "😀", "水😀", "'"] {
            assert_eq!(fit(query, words), Some(Fit::Within), "{query}");
        }
        for query in ["%%", "a%b", "axb", "😁", "\\", "*"] {
            assert_eq!(fit(query, words), None, "{query}");
        }
    }

    #[test]
    fn the_worst_term_decides_and_all_must_be_there() {
        let words = "3-2-1201\n3栋2单元1201";
        assert_eq!(fit("3-2-1201", words), Some(Fit::Whole));
        assert_eq!(fit("3栋2", words), Some(Fit::Begins));
        assert_eq!(fit("3d2dy1201", words), Some(Fit::Whole));
        assert_eq!(fit("3栋 1201", words), Some(Fit::Within));
        assert_eq!(fit("3栋 1202", words), None);
        assert_eq!(fit("３－２－１２０１", words), Some(Fit::Whole));
    }

    #[test]
    fn a_query_of_nothing_is_none_and_a_long_one_is_cut() {
        assert_eq!(Pattern::new(" \n　"), None);
        let long = Pattern::new(&"空鼓 ".repeat(500)).unwrap();
        assert_eq!(long.terms().len(), super::TERMS);
        assert!(Pattern::new(&"空".repeat(500)).unwrap().fit(&"空".repeat(64)).is_some());
    }
}
