//! Writes that come by the API: a change that the server makes for a person, and what phones ask as intents.

use keyturn_domain::document::{Author, Genesis};
use keyturn_domain::intents::Command;
use keyturn_domain::rows::kind;
use keyturn_domain::{DeviceId, DocumentId, ProjectId, ScopeId};
use keyturn_protocol::{Code, Intent, Push, Verdict};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;
use uuid::Uuid;

use super::commit::All;
use super::gather::by_document;
use super::judge::Judged;
use super::log::heads;
use super::push::TooLate;
use super::rights::{Right, right};
use super::row_intents::facts;
use super::service::SyncService;
use crate::Error;
use crate::auth::Login;
use crate::users::Grant;

/// A change that this server made for a person.
pub(crate) struct Made {
    /// What the document is.
    pub(crate) genesis: Genesis,
    /// The version of the document that it was made on; 0: it begins.
    pub(crate) version: i64,
    /// The change.
    pub(crate) bytes: Vec<u8>,
}

/// Refuses a change whose author may not write there any longer, and one that the gate does not take.
fn sound(one: &Judged) -> Result<(), Error> {
    if one.accepted.iter().any(|change| change.mark.is_some()) {
        return Err(Code::Forbidden.into());
    }
    if let Some((_, verdict)) = one.verdicts.first() {
        return Err(match verdict {
            Verdict::Quarantined(code) if code == "too_late" => Code::Forbidden.into(),
            verdict => not_taken(verdict),
        });
    }
    if one.accepted.len() + one.duplicates.len() == 1 {
        Ok(())
    } else {
        Err(Error::Internal("a change of this server has no verdict".into()))
    }
}

fn not_taken(verdict: &Verdict) -> Error {
    Error::Internal(format!("a change of this server was not taken: {verdict:?}"))
}

impl SyncService {
    /// Refuses whoever may read a record and not write it: a phone's change would be marked, a program is told.
    pub(crate) fn may_write(&self, grants: &[Grant], genesis: &Genesis, scope: ScopeId, now: i64) -> Result<(), Error> {
        match right(grants, genesis.project, scope, &genesis.kind, now) {
            Right::Fine => Ok(()),
            Right::Marked(_) | Right::TooLate => Err(Code::Forbidden.into()),
        }
    }

    /// Takes changes that this server made, on the way of every other: gate, log, projection. All of them in one
    /// transaction, each on the version of its document that it was made on, or none: false when one has moved since.
    pub(crate) async fn write_changes(&self, me: Author, made: Vec<Made>) -> Result<bool, Error> {
        let on: BTreeMap<DocumentId, i64> = made.iter().map(|m| (m.genesis.document, m.version)).collect();
        let push = made.into_iter().map(|made| Push {
            document: made.genesis.document,
            genesis: (made.version == 0).then_some(made.genesis),
            changes: vec![ByteBuf::from(made.bytes)],
            wanted: false,
        });
        let (judged, said) = self
            .judge_all(me, by_document(push.collect()), TooLate::Refused)
            .await?;
        if let Some((_, verdict)) = said.into_iter().next() {
            return Err(match verdict {
                Verdict::Purged => Code::NotFound.into(),
                verdict => not_taken(&verdict),
            });
        }
        for one in &judged {
            if on.get(&one.genesis.document) != Some(&one.version) {
                return Ok(false);
            }
            sound(one)?;
        }
        let done = self.commit(me, judged, All::OrNone).await?;
        if !done.lost.is_empty() {
            return Ok(false);
        }
        for project in done.projects {
            self.state.poke(project);
        }
        Ok(true)
    }

    /// Does what a phone would ask as an intent; returns the seat of the log at or below which it stands.
    pub(crate) async fn order(
        &self,
        login: &Login,
        project: ProjectId,
        id: Uuid,
        command: &Command,
    ) -> Result<u64, Error> {
        let payload = command.payload().map_err(|refusal| Error::reason(refusal.code(), ""))?;
        let me = Author {
            user: login.user,
            device: DeviceId(login.token),
        };
        let intent = Intent {
            id,
            project,
            kind: command.kind().to_owned(),
            payload: ByteBuf::from(payload),
        };
        let reply = self.intent(me, intent).await?;
        match reply.refused {
            None => Ok(reply.seq),
            Some(code) => Err(Error::reason(&code, "")),
        }
    }

    /// Refuses a project that is not there.
    pub(crate) async fn known_project(&self, project: ProjectId) -> Result<(), Error> {
        let mut tx = self.state.db.begin_read().await?;
        if heads(&mut tx, &[project]).await?.is_empty() {
            return Err(Code::ProjectUnknown.into());
        }
        Ok(())
    }

    /// Refuses a scope of which the project has nothing: neither a building nor a home nor its public places.
    pub(crate) async fn known_scope(&self, project: ProjectId, scope: ScopeId) -> Result<(), Error> {
        if [ScopeId::project(project), ScopeId::public_places(project)].contains(&scope) {
            return Ok(());
        }
        let mut tx = self.state.db.begin_read().await?;
        let rows = facts(&mut tx, project, &[(*scope.as_bytes()).into()]).await?;
        if rows
            .values()
            .any(|row| [kind::BUILDING, kind::HOME].contains(&row.kind.as_str()))
        {
            return Ok(());
        }
        Err(Code::NotFound.into())
    }
}
