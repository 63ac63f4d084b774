//! The frame of a change and its columns, read without the library and never beyond the bytes that are there.
//!
//! A chunk is magic (4), checksum (4), kind (1), length (LEB128), content. The content of a change is dependencies,
//! actor, sequence, first operation, time, message, other actors, the list of columns, their data, and what is left.

use super::verdict::Refusal;
use super::{RefusalCode, Step};
use crate::ids::Hash;
use sha2::Digest;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE: u8 = 1;

/// The columns of a change, as the format numbers them: object, key, insert, action, value, predecessors, and two of
/// marks, whose operations are refused by name later.
const COLUMNS: [u64; 14] = [
    0x01,
    0x02,
    0x11,
    0x13,
    0x15,
    0x34,
    ACTION,
    0x56,
    0x57,
    PREDECESSORS,
    0x71,
    0x73,
    0x94,
    0xa5,
];
const ACTION: u64 = 0x42;
const PREDECESSORS: u64 = 0x70;
const DEFLATED_COLUMN: u64 = 0x08;

pub(super) const fn caps(code: RefusalCode) -> Refusal {
    Refusal { step: Step::Caps, code }
}

pub(super) const fn header(code: RefusalCode) -> Refusal {
    Refusal {
        step: Step::Header,
        code,
    }
}

/// Opens a chunk that holds a change: its hash and its content.
pub(super) fn open(bytes: &[u8]) -> Result<(Hash, Reader<'_>), Refusal> {
    let mut rest = Reader(bytes);
    let (magic, checksum) = (rest.take(4), rest.take(4));
    if magic != Some(&MAGIC) {
        return Err(caps(RefusalCode::NotAChange));
    }
    let kind = rest.take(1).and_then(<[u8]>::first).copied();
    match kind {
        Some(CHANGE) => {}
        Some(0 | 3) => return Err(caps(RefusalCode::Snapshot)),
        Some(2) => return Err(caps(RefusalCode::Deflated)),
        Some(_) => return Err(caps(RefusalCode::NotAChange)),
        None => return Err(caps(RefusalCode::Truncated)),
    }
    let framed = rest.0;
    let length = rest.unsigned().ok_or_else(|| caps(RefusalCode::Truncated))?;
    let here = u64::try_from(rest.0.len()).unwrap_or(u64::MAX);
    // The length itself in its shortest form, or two chunks would be one change.
    let shortest = framed.len() - rest.0.len() == shortest(length);
    match here.cmp(&length) {
        std::cmp::Ordering::Less => return Err(caps(RefusalCode::Truncated)),
        std::cmp::Ordering::Equal if shortest => {}
        _ => return Err(caps(RefusalCode::Malformed)),
    }
    // The hash covers kind, length and content.
    let hash: [u8; 32] = sha2::Sha256::new()
        .chain_update([CHANGE])
        .chain_update(framed)
        .finalize()
        .into();
    if !checksum.is_some_and(|sum| hash.starts_with(sum)) {
        return Err(header(RefusalCode::WrongHash));
    }
    Ok((Hash(hash), rest))
}

/// Counts the operations of a change out of its columns, and passes over them.
pub(super) fn operations(content: &mut Reader<'_>, most: u64) -> Result<u64, Refusal> {
    let malformed = || header(RefusalCode::Malformed);
    let count = content.unsigned().ok_or_else(malformed)?;
    let mut columns = Vec::new();
    for _ in 0..count {
        let column = content.unsigned().ok_or_else(malformed)?;
        let length = content.unsigned().ok_or_else(malformed)?;
        if column & DEFLATED_COLUMN != 0 {
            return Err(caps(RefusalCode::Deflated));
        }
        if !COLUMNS.contains(&column) || columns.last().is_some_and(|(last, _)| *last >= column) {
            return Err(malformed());
        }
        columns.push((column, length));
    }
    let mut operations = 0;
    for (column, length) in columns {
        let data = usize::try_from(length)
            .ok()
            .and_then(|n| content.take(n))
            .ok_or_else(malformed)?;
        // Lengths of runs are free to claim: one byte more is a million operations, or predecessors, more.
        if column == ACTION {
            operations = unfolded(data, |_| 1).ok_or_else(malformed)?;
        }
        let predecessors = column == PREDECESSORS;
        let unfolds = predecessors && unfolded(data, |each| each).ok_or_else(malformed)? > most;
        if unfolds || operations > most {
            return Err(caps(RefusalCode::Unfolds));
        }
    }
    Ok(operations)
}

/// Adds up a run-length encoded column of numbers without unfolding it: `worth` of each value, times its run.
fn unfolded(data: &[u8], worth: impl Fn(u64) -> u64) -> Option<u64> {
    added(data, worth(0), |rest| Some(worth(rest.unsigned()?)))
}

/// Adds up the runs of a column: what `worth` says of each value that it reads, and `nothing` for one that is none.
fn added(data: &[u8], nothing: u64, worth: impl Fn(&mut Reader<'_>) -> Option<u64>) -> Option<u64> {
    let mut rest = Reader(data);
    let mut sum: u64 = 0;
    while !rest.0.is_empty() {
        let run = rest.signed()?;
        match run {
            0 => sum = sum.saturating_add(rest.unsigned()?.saturating_mul(nothing)),
            1.. => sum = sum.saturating_add(worth(&mut rest)?.saturating_mul(run.unsigned_abs())),
            _ => {
                for _ in 0..run.unsigned_abs() {
                    sum = sum.saturating_add(worth(&mut rest)?);
                }
            }
        }
    }
    Some(sum)
}

/// How much a column of any kind unfolds to: its values, and of a column of counts what they count.
pub(super) fn weight(column: u64, data: &[u8]) -> Option<u64> {
    match column & 0x07 {
        0 => unfolded(data, |count| count.saturating_add(1)),
        3 => added(data, 1, |rest| rest.signed().map(|_| 1)),
        4 => {
            let mut rest = Reader(data);
            let mut sum: u64 = 0;
            while !rest.0.is_empty() {
                sum = sum.saturating_add(rest.unsigned()?);
            }
            Some(sum)
        }
        5 => added(data, 1, |rest| rest.prefixed().map(|_| 1)),
        7 => Some(0),
        _ => unfolded(data, |_| 1),
    }
}

/// Reads from the front of bytes; `None` when they end before, or when a number has no end.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let Some((taken, rest)) = self.0.split_at_checked(n) else {
            return None;
        };
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn unsigned(&mut self) -> Option<u64> {
        let mut number: u64 = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            let part = u64::from(byte & 0x7f);
            if part.checked_shl(shift)? >> shift != part {
                return None;
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn signed(&mut self) -> Option<i64> {
        let mut number: i64 = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            number |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let negative = byte & 0x40 != 0 && shift + 7 < 64;
                return Some(if negative { number | (-1 << (shift + 7)) } else { number });
            }
        }
        None
    }

    pub(super) fn prefixed(&mut self) -> Option<&'a [u8]> {
        let n = usize::try_from(self.unsigned()?).ok()?;
        self.take(n)
    }

    pub(super) fn hash(&mut self) -> Option<Hash> {
        self.take(32).and_then(Hash::from_slice)
    }
}

/// How many bytes the number takes in LEB128.
const fn shortest(number: u64) -> usize {
    (64 - (number | 1).leading_zeros()).div_ceil(7) as usize
}

#[cfg(test)]
mod tests {
    use super::{Reader, shortest, unfolded};

    #[test]
    fn numbers_are_read_to_their_end_and_no_further() {
        assert_eq!(Reader(&[0xe5, 0x8e, 0x26]).unsigned(), Some(624_485));
        assert_eq!(Reader(&[0xc0, 0xbb, 0x78]).signed(), Some(-123_456));
        assert_eq!(Reader(&[0x7f]).signed(), Some(-1));
        assert_eq!(Reader(&[0x80]).unsigned(), None);
        assert_eq!(Reader(&[0xff; 11]).unsigned(), None);
        assert_eq!(Reader(&[0xff; 11]).signed(), None);
        let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(Reader(&most).unsigned(), Some(u64::MAX));
        let least = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f];
        assert_eq!(Reader(&least).signed(), Some(i64::MIN));
        assert_eq!(
            (shortest(0), shortest(127), shortest(128), shortest(u64::MAX)),
            (1, 1, 2, 10)
        );
    }

    #[test]
    fn runs_are_added_up_without_unfolding_them() {
        // Three of 1; then literally 2, 5; then four nothings.
        let column = [3, 1, 0x7e, 2, 5, 0, 4];
        assert_eq!(unfolded(&column, |_| 1), Some(9));
        assert_eq!(unfolded(&column, |each| each), Some(10));
        // 2^62 times 1: nine bytes.
        let bomb = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0xc0, 0x00, 1];
        assert_eq!(unfolded(&bomb, |_| 1), Some(1 << 62));
        assert_eq!(unfolded(&[3], |_| 1), None);
    }
}
