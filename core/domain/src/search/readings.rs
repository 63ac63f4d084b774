//! Whole readings of a character: how much of what was typed it takes, and which syllables there are.

use pinyin::ToPinyinMulti;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::LazyLock;

/// The longest syllable has so many letters: `zhuang`.
pub(super) const LONGEST: usize = 6;

/// Initials of two letters, which are typed as often as their first.
const DOUBLE: [[char; 2]; 3] = [['z', 'h'], ['c', 'h'], ['s', 'h']];

/// The readings of a character, without tones.
fn readings(c: char) -> impl Iterator<Item = &'static str> {
    let readings = c.to_pinyin_multi().into_iter().flatten();
    readings.map(|reading| reading.plain())
}

/// Tells whether a typed letter stands for a letter of a reading: `ü` is typed as `v`, or as `u`.
const fn stands_for(typed: char, letter: char) -> bool {
    match letter {
        'ü' => matches!(typed, 'v' | 'u'),
        'ê' => typed == 'e',
        _ => typed == letter,
    }
}

/// How much of what was typed a character takes with more than its first letter: bit `n` is set where it takes `n`
/// letters. That is a whole reading, a double initial, or all that is left where a reading begins so.
pub(super) fn taken(c: char, typed: &[char]) -> u128 {
    if c.is_ascii() || !typed.get(1).is_some_and(char::is_ascii_lowercase) {
        return 0;
    }
    let mut lengths = 0_u128;
    for reading in readings(c) {
        let pairs = reading.chars().zip(typed);
        let alike = pairs.take_while(|(letter, typed)| stands_for(**typed, *letter)).count();
        let whole = reading.chars().count();
        if alike >= 2 && (alike == whole || alike == typed.len()) {
            lengths |= 1 << alike;
        }
        let doubled = DOUBLE.iter().any(|pair| typed.starts_with(pair));
        if alike >= 2 && doubled {
            lengths |= 1 << 2;
        }
    }
    lengths
}

/// Every way to type a reading of a character out, if it has more than one letter.
pub(super) fn spelled(c: char) -> impl Iterator<Item = String> {
    let spelled = readings(c).flat_map(|reading| {
        let plain = reading.replace('ê', "e");
        let other = plain.contains('ü').then(|| plain.replace('ü', "u"));
        [Some(plain.replace('ü', "v")), other].into_iter().flatten()
    });
    spelled.filter(|typed| typed.len() > 1)
}

/// Tells whether letters are an initial of two.
pub(super) fn is_double(letters: &[char]) -> bool {
    DOUBLE.iter().any(|pair| letters == pair)
}

/// Tells whether letters are a whole reading of some character.
pub(super) fn is_syllable(letters: &str) -> bool {
    SYLLABLES.contains(letters)
}

/// Tells whether some reading begins with these letters.
pub(super) fn begins_syllable(letters: &str) -> bool {
    let from = SYLLABLES
        .range::<str, _>((Bound::Included(letters), Bound::Unbounded))
        .next();
    from.is_some_and(|syllable| syllable.starts_with(letters))
}

/// All of them, read out of the table of readings once: some four hundred.
static SYLLABLES: LazyLock<BTreeSet<String>> = LazyLock::new(|| ('\u{3400}'..='\u{9fff}').flat_map(spelled).collect());

#[cfg(test)]
mod tests {
    use super::{begins_syllable, is_syllable, spelled, taken};

    #[test]
    fn a_character_takes_a_whole_reading_or_what_is_left() {
        let lengths = |c, typed: &str| {
            let typed: Vec<char> = typed.chars().collect();
            let taken = taken(c, &typed);
            (0..128).filter(|n| taken >> n & 1 == 1).collect::<Vec<usize>>()
        };
        assert_eq!(lengths('防', "fangshui"), [4]);
        assert_eq!(lengths('防', "fan"), [3], "what is left begins it");
        assert_eq!(
            lengths('防', "fanshui"),
            [0_usize; 0],
            "half a reading in the middle is none"
        );
        assert_eq!(lengths('水', "shui"), [2, 4]);
        assert_eq!(lengths('重', "chongxin"), [2, 5]);
        assert_eq!(lengths('重', "zhongxin"), [2, 5]);
        assert_eq!(lengths('绿', "lv"), [2]);
        assert_eq!(lengths('绿', "luse"), [2]);
        assert_eq!(lengths('a', "ab"), [0_usize; 0]);
    }

    #[test]
    fn syllables_are_those_of_the_table() {
        for syllable in ["fang", "shui", "zhuang", "lv", "nve", "er"] {
            assert!(is_syllable(syllable), "{syllable}");
        }
        for none in ["fangs", "fa n", "x", "ui", "vg"] {
            assert!(!is_syllable(none), "{none}");
        }
        assert!(begins_syllable("zhua") && !begins_syllable("zhx"));
        assert!(spelled('长').any(|s| s == "chang") && spelled('长').any(|s| s == "zhang"));
    }
}
