//! How letters may be cut into readings and first letters, as an expression of the index.
//!
//! `fangs` may be 防水, but also five characters with these first letters, or 发 and four others. The ways are followed
//! from the begin, the weakest first, until each asks for enough or there are [`MOST`]; one that was not followed to its
//! end is still a condition that all its ends share, so that nothing is missed, and `Pattern::fit` decides.

use super::readings::{LONGEST, begins_syllable, is_double, is_syllable};
use super::tokens::{READING, initials};
use std::cmp::Reverse;

/// More ways than this are not told apart.
const MOST: usize = 12;
/// So many readings of a way are asked for, and of its pairs of first letters as many as there are readings too few: each
/// costs a look at all records that have it, and three leave hardly a wrong one.
const CONDITIONS: usize = 3;

/// One way to read the first letters.
#[derive(Clone, Default)]
struct Way {
    /// How many letters it has read.
    read: usize,
    /// The first letter of each character.
    firsts: Vec<char>,
    /// What the index must know of its readings.
    readings: Vec<String>,
}

impl Way {
    fn then(&self, letters: &[char], reading: Option<String>) -> Self {
        let mut next = self.clone();
        next.read += letters.len();
        next.firsts.extend(letters.first());
        next.readings.extend(reading);
        next
    }

    /// How much it asks for: its readings, and the pairs of its first letters.
    fn conditions(&self) -> usize {
        self.readings.len() + self.firsts.len().saturating_sub(1)
    }

    /// Every way to read one character more; `last`: what is left may be a reading in part.
    fn on(&self, run: &[char], last: bool) -> Vec<Self> {
        let left = run.get(self.read..).unwrap_or_default();
        let mut next: Vec<Self> = left.get(..1).map(|one| self.then(one, None)).into_iter().collect();
        if last && left.len() > 1 && begins_syllable(&text(left)) {
            next.push(self.then(left, Some(format!("initials : \"{READING}{}\" *", text(left)))));
        }
        for length in 2..=LONGEST.min(left.len()) {
            let letters = left.get(..length).unwrap_or_default();
            if is_syllable(&text(letters)) {
                next.push(self.then(letters, Some(format!("initials : \"{READING}{}\"", text(letters)))));
            } else if is_double(letters) {
                next.push(self.then(letters, Some(format!("initials : \"{READING}{}\" *", text(letters)))));
            }
        }
        next
    }
}

/// Returns the ways in which a run of letters holds a reading of more than one letter, each as an expression.
pub(super) fn ways(run: &[char], first: bool, last: bool) -> Vec<String> {
    let mut ways = vec![Way::default()];
    while let Some((n, way)) = ways
        .iter()
        .enumerate()
        .filter(|(_, way)| way.read < run.len() && (way.readings.is_empty() || way.conditions() < CONDITIONS))
        .min_by_key(|(_, way)| (way.conditions(), way.read))
    {
        let next = way.on(run, last);
        if ways.len() + next.len() > MOST + 1 {
            break;
        }
        ways.remove(n);
        ways.extend(next);
    }
    // Whoever reads first letters alone is found by them.
    ways.retain(|way| way.read < run.len() || !way.readings.is_empty());
    let expression = |way: &Way| {
        // The longest are the rarest.
        let mut readings = way.readings.clone();
        readings.sort_by_key(|reading| Reverse(reading.len()));
        readings.truncate(CONDITIONS);
        let pairs = way.firsts.len().min(CONDITIONS + 1 - readings.len());
        let firsts = way
            .firsts
            .get(..pairs)
            .filter(|firsts| first || firsts.len() > 1 || readings.is_empty());
        let parts = firsts.map(|firsts| initials(firsts, first)).into_iter().chain(readings);
        format!("({})", parts.collect::<Vec<_>>().join(" AND "))
    };
    ways.iter()
        .filter(|way| !way.firsts.is_empty())
        .map(expression)
        .collect()
}

fn text(letters: &[char]) -> String {
    letters.iter().collect()
}

#[cfg(test)]
mod tests {
    use super::ways;

    fn told(run: &str, last: bool) -> Vec<String> {
        let run: Vec<char> = run.chars().collect();
        ways(&run, false, last)
    }

    #[test]
    fn what_holds_no_reading_has_no_way() {
        for run in ["kg", "1201", "x", "321201", "qmmh"] {
            assert_eq!(told(run, true), [""; 0], "{run}");
        }
    }

    #[test]
    fn a_reading_is_whole_and_only_the_last_may_be_begun() {
        let begun = told("fan", true);
        assert!(begun.contains(&"(initials : \"pyfan\" *)".to_owned()), "{begun:?}");
        assert!(
            told("fan", false).iter().all(|way| !way.contains('*')),
            "fan before a sign is fan"
        );
        let long = told("fangshuicengfangshui", true);
        assert!((1..=super::MOST).contains(&long.len()), "{}", long.len());
        assert!(long.iter().any(|way| way.contains("\"pyfang\"")), "{long:?}");
    }
}
