//! Writes that come by the API: a change that the server makes for a person, and what phones ask as intents.

use keyturn_domain::document::{Author, Genesis};
use keyturn_domain::intents::Command;
use keyturn_domain::rows::kind;
use keyturn_domain::{DeviceId, DocumentId, ProjectId, ScopeId};
use keyturn_protocol::{Code, Intent, Push, Verdict};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::log::heads;
use super::rights::{Right, right};
use super::row_intents::facts;
use super::service::SyncService;
use crate::Error;
use crate::auth::Login;
use crate::users::Grant;

impl SyncService {
    /// Refuses whoever may read a record and not write it: a phone's change would be marked, a program is told.
    pub(crate) fn may_write(&self, grants: &[Grant], genesis: &Genesis, scope: ScopeId, now: i64) -> Result<(), Error> {
        match right(grants, genesis.project, scope, &genesis.kind, now) {
            Right::Fine => Ok(()),
            Right::Marked(_) | Right::TooLate => Err(Code::Forbidden.into()),
        }
    }

    /// Takes a change that this server made, on the way of every other: gate, log, projection, one transaction.
    pub(crate) async fn write_change(&self, me: Author, document: DocumentId, bytes: Vec<u8>) -> Result<(), Error> {
        let push = Push {
            document,
            genesis: None,
            changes: vec![ByteBuf::from(bytes)],
            wanted: false,
        };
        let (runs, _) = self.push(me, vec![push]).await?;
        match runs.into_iter().next().map(|run| run.verdict) {
            Some(Verdict::Accepted | Verdict::Duplicate) => Ok(()),
            Some(Verdict::Purged) => Err(Code::NotFound.into()),
            Some(verdict) => Err(Error::Internal(format!(
                "a change of this server was not taken: {verdict:?}"
            ))),
            None => Err(Error::Internal("a change without a verdict".into())),
        }
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
