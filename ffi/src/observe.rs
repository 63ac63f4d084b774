//! Observers: a callback in, a handle out that cancels when it is destroyed; the first value comes at once.

use keyturn_client::{Erased, Event, SyncStatus};
use keyturn_domain::DocumentId;
use std::sync::Arc;

#[uniffi::remote(Enum)]
pub enum Event {
    Status(SyncStatus),
    Records(Vec<DocumentId>),
    Rows(Vec<String>),
    Session,
    Waiting(u64),
    Wiped(Erased),
}

/// Somebody who wants to know. Called on the thread that made the change; must return soon.
#[uniffi::export(with_foreign)]
pub trait Observer: Send + Sync {
    /// Something changed.
    fn changed(&self, event: Event);
}

/// Hands what the client tells to the other side.
pub(crate) struct Told(pub(crate) Arc<dyn Observer>);

impl keyturn_client::Observer for Told {
    fn changed(&self, event: &Event) {
        self.0.changed(event.clone());
    }
}

/// Cancels the observation when it is destroyed.
#[derive(Debug, uniffi::Object)]
pub struct Subscription {
    #[expect(dead_code, reason = "held, so that dropping this ends it")]
    pub(crate) held: keyturn_client::Subscription,
}
