//! Losing a grant ends reading at once; own work that is not handed in yet stays until it is.

use super::apply::Applying;
use crate::ClientError;
use keyturn_domain::{ProjectId, ScopeId};
use keyturn_store::outbox::State;
use keyturn_store::{documents, grants, intents, outbox, progress, rows};

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
    cut_rows(applying, project)?;
    intents::forget_uncovered(applying.tx, project)?;
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

/// Cuts what is left to the roles that are left: who was an ambassador here and now only repairs keeps no number.
fn cut_rows(applying: &Applying<'_>, project: ProjectId) -> Result<(), ClientError> {
    let held = grants::every(applying.tx)?;
    for kind in keyturn_domain::rows::CUT_KINDS {
        for row in rows::of_kind(applying.tx, project, kind)? {
            let covers = |scope: ScopeId| scope == row.scope || scope == ScopeId::project(project);
            let roles = held.iter().filter(|g| g.project == project && covers(g.scope));
            let roles: Vec<&str> = roles.map(|g| g.role.as_str()).collect();
            match keyturn_domain::rows::cut(kind, &row.body, &roles) {
                None => rows::delete(applying.tx, project, kind, row.id, row.seq)?,
                Some(body) if body != row.body => rows::put(applying.tx, &rows::Row { body, ..row })?,
                Some(_) => {}
            }
        }
    }
    Ok(())
}
