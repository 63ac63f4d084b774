//! Losing a grant ends reading at once; own work that is not handed in yet stays until it is.

use super::apply::Applying;
use crate::ClientError;
use keyturn_domain::ProjectId;
use keyturn_store::outbox::State;
use keyturn_store::{documents, grants, outbox, progress, rows};

/// Ends the grants that a restored server lost, when all is quiet and nothing is to be offered back any more.
pub(super) fn end_lapsed(applying: &mut Applying<'_>) -> Result<(), ClientError> {
    if grants::end_lapsed(applying.tx)? > 0 {
        applying.report.session = true;
        for (project, _) in progress::projects(applying.tx)? {
            leave(applying, project)?;
        }
    }
    Ok(())
}

/// Removes what no grant of the project covers any longer.
pub(super) fn leave(applying: &mut Applying<'_>, project: ProjectId) -> Result<(), ClientError> {
    rows::delete_uncovered(applying.tx, project)?;
    for document in documents::uncovered(applying.tx, project)? {
        let open = outbox::open_of(applying.tx, document)?;
        if open.is_empty() {
            documents::forget(applying.tx, document)?;
        } else {
            documents::make_husk(applying.tx, document)?;
            // Nobody may read the server's copy now: what waits for it is offered once more as it is.
            for mut command in open.into_iter().filter(|c| c.state == State::Held) {
                command.state = State::Stuck;
                outbox::set(applying.tx, &command)?;
            }
        }
        applying.open.close(document);
        applying.report.records.insert(document);
    }
    Ok(())
}
