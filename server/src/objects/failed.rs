//! What a store says, as one of our codes.

use std::error::Error as _;
use std::io;

use keyturn_protocol::Code;
use object_store::Error as Said;

use super::Place;
use crate::Error;

/// So much of what a service answers is told; some answer with pages.
const MOST: usize = 300;

/// Sorts an error: refused, not answering, no room, or a folder that cannot be used.
pub(super) fn failed(place: &Place, name: &str, error: &Said) -> Error {
    let code = match error {
        Said::PermissionDenied { .. } | Said::Unauthenticated { .. } => Code::ObjectsRefused,
        // Of what was asked to be written: there is no such bucket.
        Said::NotFound { .. } if matches!(place, Place::Bucket(_)) => Code::ObjectsRefused,
        _ => match (io_kind(error), place) {
            (Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded), _) => Code::DiskFull,
            (_, Place::Folder(_)) => Code::BackupUnusable,
            (_, Place::Bucket(_)) if is_refusal(&error.to_string()) => Code::ObjectsRefused,
            (_, Place::Bucket(_)) => Code::ObjectsUnreachable,
        },
    };
    let mut said = error.to_string().replace(['\n', '\r'], " ");
    if let Some((end, _)) = said.char_indices().nth(MOST) {
        said.truncate(end);
        said.push('…');
    }
    Error::refused(code, format!("{place}/{name}: {said}"))
}

/// Says which file on this machine could not be read or written, and whether its disk is full.
pub(super) fn of_file(name: &str, error: &io::Error) -> Error {
    let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    let code = if full { Code::DiskFull } else { Code::BackupUnusable };
    Error::refused(code, format!("{name}: {error}"))
}

/// Tells whether it says that there is nothing of that name.
pub(super) const fn is_missing(error: &Said) -> bool {
    matches!(error, Said::NotFound { .. })
}

/// Tells whether the service answered that it will not, rather than that it cannot now. Of requests that have no name for
/// it (a list of a bucket that is not there), the library keeps the status in its words only.
fn is_refusal(said: &str) -> bool {
    const BEFORE: &str = "status code: ";
    let status = said
        .split_once(BEFORE)
        .and_then(|(_, rest)| rest.get(..3)?.parse().ok());
    matches!(status, Some(300..=407 | 409..=428 | 430..=499))
}

/// What the system said, somewhere below.
fn io_kind(error: &Said) -> Option<io::ErrorKind> {
    let mut below = error.source();
    while let Some(error) = below {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        below = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_will_not_is_told_from_one_that_cannot_now() {
        let said = |status: &str| is_refusal(&format!("Server returned non-2xx status code: {status}: <?xml …"));
        assert!(said("404 Not Found") && said("301 Moved") && said("400 Bad Request"));
        assert!(!said("503 Slow Down") && !said("429 Too Many Requests") && !said("408 Request Timeout"));
        assert!(!is_refusal("error sending request"));
    }
}
