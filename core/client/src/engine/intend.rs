//! Commands about what the server owns: queued here, done there, once.

use super::Sync;
use crate::ClientError;
use keyturn_domain::intents::Command;
use keyturn_domain::rows::SubjectKeyRow;
use keyturn_domain::{DocumentId, Hash, ProjectId};
use keyturn_protocol::codec::to_cbor;
use keyturn_store::intents::{self, StoredIntent};
use serde::Serialize;
use uuid::Uuid;

/// The payload of `lift_mark`.
#[derive(Serialize)]
struct LiftMark {
    document: DocumentId,
    hash: Hash,
}

impl Sync {
    /// Asks the server to lift the mark of a change, so that it counts; the answer comes with a later exchange. Only
    /// reviewers and managers may; the server decides.
    ///
    /// # Errors
    /// [`ClientError::NotEnrolled`], [`ClientError::Revoked`], [`ClientError::Store`].
    pub fn lift_mark(&self, project: ProjectId, document: DocumentId, hash: Hash) -> Result<Uuid, ClientError> {
        self.queue(project, "lift_mark", to_cbor(&LiftMark { document, hash })?, None)
    }

    /// Queues a command about rows, durably; the server does it once, however often it is sent.
    pub(crate) fn intend(&self, project: ProjectId, command: &Command) -> Result<Uuid, ClientError> {
        let intent = self.prepare(project, command)?;
        self.put(&intent)
    }

    /// Prepares a command about rows, to be queued in the transaction of something else.
    pub(crate) fn prepare(&self, project: ProjectId, command: &Command) -> Result<StoredIntent, ClientError> {
        let payload = command.payload().map_err(|e| ClientError::refused(e.code()))?;
        let subject = command.subject().map(SubjectKeyRow::id_of);
        self.stored(project, command.kind(), payload, subject)
    }

    fn queue(
        &self,
        project: ProjectId,
        kind: &str,
        payload: Vec<u8>,
        subject_key: Option<Uuid>,
    ) -> Result<Uuid, ClientError> {
        let intent = self.stored(project, kind, payload, subject_key)?;
        self.put(&intent)
    }

    fn put(&self, intent: &StoredIntent) -> Result<Uuid, ClientError> {
        self.inner.store.write(|tx| intents::insert(tx, intent))?;
        // Somebody new, or called otherwise, is found before the verdict.
        self.inner.names.forget();
        self.inner.tell_status();
        Ok(intent.id)
    }

    fn stored(
        &self,
        project: ProjectId,
        kind: &str,
        payload: Vec<u8>,
        subject_key: Option<Uuid>,
    ) -> Result<StoredIntent, ClientError> {
        self.inner.session.me()?;
        if self.inner.session.is_revoked() {
            return Err(ClientError::Revoked);
        }
        let at_ms = self.inner.now_ms();
        let id = self.inner.ids.uuid_v7(at_ms);
        Ok(StoredIntent {
            id,
            project,
            kind: kind.to_owned(),
            payload,
            at_ms,
            state: "queued".to_owned(),
            code: String::new(),
            subject_key,
        })
    }
}
