//! A whole document that a server sent: judged change by change, as if each had come alone.

use super::chunk::{Reader, caps, header, weight};
use super::limits::Limits;
use super::{Batch, ChangeVerdict, MergeEngine, Refusal, RefusalCode, Step};
use crate::document::{Document, Genesis};
use automerge::Automerge;
use std::panic::{AssertUnwindSafe, catch_unwind};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const DOCUMENT: u8 = 0;
const DEFLATED_COLUMN: u64 = 0x08;
/// Values and counts of one column, for each operation that a document may have.
const WEIGHT: u64 = 4;

/// Opens a snapshot: its frame is checked before the library sees it, then every change in it passes `gate`.
///
/// # Errors
/// The first refusal; the bytes hold nothing of use then, for changes that build on a bad one are lost with it.
pub fn open_snapshot(gate: &dyn MergeEngine, genesis: &Genesis, bytes: &[u8]) -> Result<Document, Refusal> {
    frame(bytes, &Limits::PHONE)?;
    let load = || {
        Automerge::load(bytes).ok().map(|doc| {
            let changes = doc.get_changes(&[]);
            changes.iter().map(|c| c.raw_bytes().to_vec()).collect::<Vec<_>>()
        })
    };
    let apply = |code| Refusal {
        step: Step::Apply,
        code,
    };
    let changes = catch_unwind(AssertUnwindSafe(load)).map_err(|_| apply(RefusalCode::NotReproduced))?;
    let changes = changes.ok_or_else(|| apply(RefusalCode::NotLoadable))?;
    let changes: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    let outcome = gate.admit(Batch {
        genesis,
        current: None,
        changes: &changes,
    });
    for verdict in &outcome.verdicts {
        match verdict {
            ChangeVerdict::Admitted(_) => {}
            ChangeVerdict::Refused { refusal, .. } => return Err(*refusal),
            // A document holds each change once and with everything that it builds on.
            _ => return Err(header(RefusalCode::Malformed)),
        }
    }
    outcome.document.ok_or_else(|| header(RefusalCode::WrongDocument))
}

/// Magic, checksum, kind, length; actors, heads, and columns none of which is deflated or has runs without end: a small
/// one unfolds into gigabytes.
fn frame(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let truncated = || caps(RefusalCode::Truncated);
    let malformed = || caps(RefusalCode::Malformed);
    if bytes.len() > limits.document_bytes {
        return Err(caps(RefusalCode::TooLarge));
    }
    let mut rest = Reader(bytes);
    if rest.take(4) != Some(&MAGIC) {
        return Err(caps(RefusalCode::NotAChange));
    }
    rest.take(4).ok_or_else(truncated)?;
    if rest.take(1) != Some(&[DOCUMENT]) {
        return Err(caps(RefusalCode::NotAChange));
    }
    let length = rest.unsigned().ok_or_else(truncated)?;
    match (rest.0.len() as u64).cmp(&length) {
        std::cmp::Ordering::Less => return Err(truncated()),
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Greater => return Err(malformed()),
    }
    for _ in 0..rest.unsigned().ok_or_else(malformed)? {
        rest.prefixed().ok_or_else(malformed)?;
    }
    for _ in 0..rest.unsigned().ok_or_else(malformed)? {
        rest.hash().ok_or_else(malformed)?;
    }
    // What columns there are of the changes, then of the operations; then their data, in the same order.
    let mut columns = Vec::new();
    for _ in 0..2 {
        for _ in 0..rest.unsigned().ok_or_else(malformed)? {
            let column = rest.unsigned().ok_or_else(malformed)?;
            let length = rest.unsigned().ok_or_else(malformed)?;
            if column & DEFLATED_COLUMN != 0 {
                return Err(caps(RefusalCode::Deflated));
            }
            columns.push((column, length));
        }
    }
    for (column, length) in columns {
        let length = usize::try_from(length).map_err(|_| malformed())?;
        let data = rest.take(length).ok_or_else(malformed)?;
        if weight(column, data).ok_or_else(malformed)? > limits.operations.saturating_mul(WEIGHT) {
            return Err(caps(RefusalCode::Unfolds));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Gate;
    use super::*;
    use crate::{Container, DeviceId, DocumentId, PlaceId, ProjectId, UserId, Write};

    fn written() -> Document {
        let genesis = Genesis {
            document: DocumentId::from_bytes([1; 16]),
            project: ProjectId::from_bytes([2; 16]),
            place: PlaceId::from_bytes([3; 16]),
            kind: "inspection".into(),
        };
        let mut document = Document::begin(&genesis).unwrap();
        document.write_as([9; 16], UserId::from_bytes([4; 16]), DeviceId::from_bytes([5; 16]));
        for n in 0..40 {
            let (key, value) = (format!("win-{n:02}/r03/1/result"), "ok".into());
            let write = Write::Put {
                container: Container::Answers,
                key,
                value,
            };
            document.write(&[], 5, &[write]).unwrap();
        }
        document
    }

    #[test]
    fn a_sound_snapshot_opens_as_what_it_was() {
        let document = written();
        let opened = open_snapshot(&Gate::phone(), document.genesis(), &document.save()).unwrap();
        assert_eq!(opened.heads(), document.heads());
    }

    #[test]
    fn what_is_no_sound_snapshot_is_refused_before_it_is_unfolded() {
        let document = written();
        let open = |bytes: &[u8]| {
            open_snapshot(&Gate::phone(), document.genesis(), bytes)
                .err()
                .unwrap()
                .code
        };
        let bytes = document.save();
        assert_eq!(open(&bytes[..bytes.len() - 1]), RefusalCode::Truncated);
        assert_eq!(open(&[bytes.as_slice(), &[0]].concat()), RefusalCode::Malformed);
        assert_eq!(open(b"<html>"), RefusalCode::NotAChange);
        assert_eq!(open(&document.automerge().save()), RefusalCode::Deflated);
        let other = Genesis {
            kind: "defect".into(),
            ..document.genesis().clone()
        };
        assert!(open_snapshot(&Gate::phone(), &other, &bytes).is_err());
        let mut changed = bytes;
        let last = changed.len() - 1;
        changed[last] ^= 1;
        assert_eq!(open(&changed), RefusalCode::NotLoadable);
    }

    /// Makes the run of the first column of operations as long as can be.
    #[test]
    fn a_column_of_endless_runs_is_refused_before_it_is_read() {
        let endless = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 1];
        for (column, data) in [
            (0x42, &endless[..]),
            (0x43, &endless),
            (0x34, &endless),
            (0x80, &[1, 0xff, 0xff, 0x7f]),
        ] {
            // No actors, no heads, no columns of changes, one of operations.
            let mut content = vec![0, 0, 0, 1, column, 0];
            if column >= 0x80 {
                content = vec![0, 0, 0, 1, column, 1, 0];
            }
            *content.last_mut().unwrap() = u8::try_from(data.len()).unwrap();
            content.extend(data);
            let mut bytes = [&MAGIC[..], &[0; 4], &[DOCUMENT]].concat();
            bytes.push(u8::try_from(content.len()).unwrap());
            bytes.extend(content);
            assert_eq!(
                frame(&bytes, &Limits::PHONE),
                Err(caps(RefusalCode::Unfolds)),
                "{column:#x}"
            );
        }
    }
}
