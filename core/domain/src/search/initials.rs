//! The first letters of a character's readings.

use pinyin::ToPinyinMulti;

/// A set of the letters a to z and the digits 0 to 9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Initials(u64);

impl Initials {
    /// What may be typed for a folded character: the first letter of each of its readings, or itself.
    pub(super) fn of(c: char) -> Self {
        if let Some(bit) = bit(c) {
            return Self(bit);
        }
        if c.is_ascii() {
            return Self(0);
        }
        let readings = c.to_pinyin_multi().into_iter().flatten();
        let first = readings.filter_map(|reading| bit(reading.plain().chars().next()?));
        Self(first.fold(0, |set, bit| set | bit))
    }

    /// Tells whether a typed letter or digit is one of them.
    pub(super) fn has(self, typed: char) -> bool {
        bit(typed).is_some_and(|bit| self.0 & bit != 0)
    }

    /// Returns them, letters first.
    pub(super) fn iter(self) -> impl Iterator<Item = char> {
        ('a'..='z').chain('0'..='9').filter(move |c| self.has(*c))
    }
}

/// Its place in the set.
fn bit(c: char) -> Option<u64> {
    match c {
        'a'..='z' => Some(1 << (u32::from(c) - u32::from('a'))),
        '0'..='9' => Some(1 << (26 + u32::from(c) - u32::from('0'))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Initials;

    #[test]
    fn every_reading_counts_and_what_is_no_word_has_none() {
        let initials = |c| Initials::of(c).iter().collect::<String>();
        assert_eq!(initials('重'), "ctz", "chóng, tóng, zhòng");
        assert_eq!(initials('行'), "hx");
        assert_eq!(initials('墙'), "q");
        assert_eq!(initials('a'), "a");
        assert_eq!(initials('7'), "7");
        for none in ['%', '_', '\'', ' ', '。', '😀', 'é'] {
            assert_eq!(initials(none), "");
        }
    }
}
