//! Text in columns: Chinese letters are two wide, and 80 columns are enough for everything.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What a terminal has at least.
pub const WIDTH: usize = 80;

/// Returns how many columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Fills a text up with spaces to `columns`; a longer one stays whole.
pub fn pad(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(missing))
}

/// Cuts a text to `columns`, with `…` where something is missing.
pub fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for letter in text.chars() {
        let wide = letter.width().unwrap_or(0);
        if used + wide + 1 > columns {
            break;
        }
        used += wide;
        kept.push(letter);
    }
    kept.push('…');
    kept
}

/// Breaks a text into lines of at most `columns`: at spaces, and between Chinese letters, where no mark may begin a
/// line.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let fits = width(&line) + width(piece.trim_end()) <= columns;
        if !fits && !line.trim().is_empty() {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        if !line.is_empty() || !piece.trim().is_empty() {
            line.push_str(piece);
        }
    }
    if !line.trim().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Cuts a text where a line may end: behind spaces, and behind a wide letter unless a closing mark follows.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let end = at + letter.len_utf8();
        let Some((_, following)) = letters.peek().copied() else {
            break;
        };
        let space = letter == ' ' && following != ' ';
        let wide = |c: char| c.width() == Some(2);
        let closing = "，。；：、）》」”！？%".contains(following);
        let opening = "（《「“".contains(letter);
        if space || ((wide(letter) || wide(following)) && !closing && !opening && following != ' ') {
            pieces.extend(text.get(start..end));
            start = end;
        }
    }
    pieces.extend(text.get(start..));
    pieces
}

/// Lays rows out in columns as wide as their widest cell, two spaces between them; the last is not filled up.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let all = || std::iter::once(head.iter().map(|h| (*h).to_owned()).collect()).chain(rows.iter().cloned());
    let widest = |n: usize| {
        let cells = all().filter_map(move |row: Vec<String>| row.get(n).map(|cell| width(cell)));
        cells.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(widest).collect();
    let line = |row: Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, wide)| pad(cell, *wide)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    all().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_two_wide() {
        assert_eq!(width("工程师 a"), 8);
        assert_eq!(pad("王磊", 6), "王磊  ");
        assert_eq!(cut("交接验房记录", 7), "交接验…");
    }

    #[test]
    fn lines_break_at_spaces_and_between_letters_but_not_before_a_mark() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("窗户关不严。漏风", 11), ["窗户关不", "严。漏风"]);
        for line in wrap(&"门窗（塑钢）、五金，启闭灵活。".repeat(9), 30) {
            assert!(width(&line) <= 30, "{line}");
            assert!(!line.starts_with(['，', '。', '、', '）']), "{line}");
        }
    }

    #[test]
    fn columns_line_up() {
        let rows = vec![vec!["王磊".into(), "x".into()], vec!["a".into(), "yy".into()]];
        assert_eq!(table(&["n", "v"], &rows), ["n     v", "王磊  x", "a     yy"]);
    }
}
