//! From bytes to text: UTF-8 with or without a mark, or GB18030, never a guess that garbles.

use keyturn_domain::catalog::Text;

use super::super::problem::words;

/// Decodes a file; else says what is wrong, and in which line if that is known.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, (Option<u64>, Text)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.contains(&0) {
        let expected = words(
            "UTF-8 或 GB18030 编码的文本（这像是 UTF-16 或二进制文件）",
            "text in UTF-8 or GB18030; this looks like UTF-16 or no text at all",
        );
        return Err((None, expected));
    }
    let broken = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_owned()),
        Err(error) => error.valid_up_to(),
    };
    // A damaged UTF-8 file often is some GB18030, too; but then most of it would not be letters of UTF-8.
    let (mut letters, mut errors) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        errors += usize::from(!chunk.invalid().is_empty());
    }
    let line = bytes
        .get(..broken)
        .map(|before| before.iter().filter(|b| **b == b'\n').count() as u64 + 1);
    if letters > errors.saturating_mul(2) {
        return Err((line, words("完好的 UTF-8 文本", "sound UTF-8 text")));
    }
    let (text, wrong) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    if wrong {
        return Err((line, words("UTF-8 或 GB18030 编码的文本", "text in UTF-8 or GB18030")));
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "code,name_zh\nb1,一号楼（示例）\nb2,二号楼\n";

    #[test]
    fn utf8_with_and_without_mark_and_gb18030_are_one() {
        let (gb, ..) = encoding_rs::GB18030.encode(TEXT);
        let marked = [b"\xef\xbb\xbf", TEXT.as_bytes()].concat();
        for bytes in [TEXT.as_bytes(), &marked, &gb] {
            assert_eq!(decode(bytes).unwrap(), TEXT);
        }
        // Four bytes, outside of GBK.
        let (rare, ..) = encoding_rs::GB18030.encode("㐂𠮷");
        assert_eq!(decode(&rare).unwrap(), "㐂𠮷");
    }

    #[test]
    fn a_damaged_file_is_never_guessed_at() {
        let mut damaged = TEXT.as_bytes().to_vec();
        damaged.remove(17);
        assert_eq!(decode(&damaged).unwrap_err().0, Some(2));
        assert!(decode(b"a\xff\xffb").is_err());
        assert!(decode(b"\xff\xfea\0b\0").is_err());
        assert!(decode(b"\x50\x4b\x03\x04\0\0").is_err());
    }
}
