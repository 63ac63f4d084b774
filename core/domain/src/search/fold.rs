//! One form for what people type in several.

/// Returns a text in the form in which it is compared: half width, lower case, plain quotes and dashes. Line breaks
/// stay; other white space is one blank.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for line in text.lines() {
        if !folded.is_empty() {
            folded.push('\n');
        }
        let begin = folded.len();
        for c in line.trim().chars().filter_map(plain) {
            if c != ' ' || !folded.ends_with(' ') {
                folded.extend(c.to_lowercase());
            }
        }
        // A line of nothing but what is left out.
        if folded.len() == begin {
            folded.pop();
        }
    }
    folded
}

/// The usual form of a character; `None`: it says only how the one before is drawn.
fn plain(c: char) -> Option<char> {
    Some(match c {
        '\u{fe0e}' | '\u{fe0f}' => return None,
        // The full-width forms stand in the order of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '‘' | '’' | '‛' | '′' => '\'',
        '“' | '”' | '„' | '″' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '−' | '﹣' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    })
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn width_case_quotes_and_dashes_are_alike() {
        assert_eq!(fold("３－２－１２０１"), "3-2-1201");
        assert_eq!(fold("3—2–1201"), "3-2-1201");
        assert_eq!(fold("ＫＩＴＣＨＥＮ　Ｄoor"), "kitchen door");
        assert_eq!(fold("业主说：“漏水”"), "业主说:\"漏水\"");
        assert_eq!(fold("Owner’s 100％"), "owner's 100%");
    }

    #[test]
    fn an_emoji_is_the_same_with_and_without_its_variation() {
        assert_eq!(fold("❤️漏"), fold("❤漏"));
        assert_eq!(fold("👨‍👩‍👧"), "👨‍👩‍👧", "joiners are part of it");
    }

    #[test]
    fn lines_stay_lines_and_empty_ones_go() {
        assert_eq!(fold(" a  b \n\n\u{fe0f}\n c\t"), "a b\nc");
        assert_eq!(fold(""), "");
    }
}
