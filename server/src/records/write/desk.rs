//! How a record is written: opened as it is, commands made on it in the first of the person's roles that may, and all of
//! their changes stored at once, or none.

use super::act_terms::terms_of;
use super::deed::Deed;
use crate::Error;
use crate::auth::Login;
use crate::db::DbError;
use crate::editions::edition;
use crate::records::Reach;
use crate::records::open::{Opened, open, version};
use crate::state::AppState;
use crate::sync::{Made, SyncService};
use keyturn_domain::catalog::edition::Edition;
use keyturn_domain::document::{Author, Genesis};
use keyturn_domain::record::case::desk;
use keyturn_domain::record::common::BECAME_DEFECT;
use keyturn_domain::record::defect::{self, Finding, Terms};
use keyturn_domain::record::{
    CommandError, Marks, Scene, Stamp, Who, defect_view, duplicates, edition_of, life, pinned, promises,
};
use keyturn_domain::{DeviceId, Document, DocumentError, DocumentId, Hash, ProjectId, ScopeId, Write};
use keyturn_protocol::Code;
use std::ops::Deref;
use std::sync::Arc;
use uuid::Uuid;

/// How often a command is made again because another record that it writes has moved meanwhile.
pub(super) const TRIES: usize = 8;

/// A person at the records, by a program.
pub(super) struct Desk {
    pub(super) state: AppState,
    pub(super) login: Arc<Login>,
    pub(super) reach: Reach,
    pub(super) sync: SyncService,
    pub(super) now: i64,
}

/// A record as it was read, and the edition of the data that it was begun with.
pub(super) struct Sheet {
    opened: Opened,
    pub(super) edition: Edition,
}

impl Deref for Sheet {
    type Target = Opened;

    fn deref(&self) -> &Opened {
        &self.opened
    }
}

/// A record with a change that is not stored yet.
pub(super) struct Draft {
    genesis: Genesis,
    stored: i64,
    change: Option<(Hash, Vec<u8>)>,
    /// The record as it will be.
    pub(super) version: String,
}

impl Draft {
    pub(super) fn record(&self) -> Uuid {
        self.genesis.document.0
    }

    pub(super) fn change(&self) -> Option<String> {
        self.change.as_ref().map(|(hash, _)| hash.to_string())
    }
}

impl Desk {
    pub(super) fn new(state: AppState, login: Arc<Login>) -> Self {
        let now = state.now();
        Self {
            reach: Reach::of(&login, now),
            sync: SyncService::new(state.clone()),
            state,
            login,
            now,
        }
    }

    /// Opens a record that the person may write.
    pub(super) async fn open(&self, record: Uuid) -> Result<Sheet, Error> {
        let opened = self.read(record).await?;
        self.may_write(&opened)?;
        Ok(opened)
    }

    async fn read(&self, record: Uuid) -> Result<Sheet, Error> {
        let mut tx = self.state.db.begin_read().await?;
        let opened = open(&self.state, &mut tx, &self.reach, record).await?;
        let of = &opened.document;
        let edition = edition(&mut tx, of.project(), Some(edition_of(of))).await?;
        Ok(Sheet { opened, edition })
    }

    /// The edition in force, with which what is new begins.
    pub(super) async fn in_force(&self, project: ProjectId) -> Result<Edition, Error> {
        edition(&mut *self.state.db.begin_read().await?, project, None).await
    }

    pub(super) fn may_write(&self, opened: &Sheet) -> Result<(), Error> {
        let genesis = opened.document.genesis();
        self.sync.may_write(&self.login.grants, genesis, opened.scope, self.now)
    }

    /// Makes a command on a record; what writes others, too, makes theirs behind it.
    pub(super) async fn act(&self, opened: &Sheet, deed: &Deed) -> Result<Vec<Draft>, Error> {
        match deed {
            Deed::Link { record, reason } => {
                let to = record.to_string();
                let other = Some(self.named(*record).await?);
                self.hand_over(opened, other, |s, taken| desk::link(s, &to, reason, taken))
            }
            Deed::Merge { record, reason } => {
                let to = record.to_string();
                let other = Some(self.named(*record).await?);
                self.hand_over(opened, other, |s, taken| desk::merge(s, &to, reason, taken))
            }
            Deed::Mention { record } => {
                self.named(*record).await?;
                self.alone(opened, deed, &Terms::default())
            }
            Deed::ProposeDuplicate { record } => {
                self.named(*record).await?;
                self.alone(opened, deed, &Terms::default())
            }
            Deed::ConfirmDuplicate { proposal } => self.confirm_duplicate(opened, proposal).await,
            Deed::HandOnPromises {} => self.hand_on(opened).await,
            Deed::BecomeDefect {
                code,
                severity,
                room,
                description,
            } => {
                let finding = Finding {
                    code: code.clone(),
                    severity: severity.clone(),
                    room: room.clone(),
                    description: description.clone(),
                    ..Finding::default()
                };
                self.become_defect(opened, &finding).await
            }
            Deed::Submit { .. } => {
                let terms = terms_of(&self.state, opened, None, self.now).await?;
                self.alone(opened, deed, &terms)
            }
            Deed::Severity { severity } => {
                let terms = terms_of(&self.state, opened, Some(severity), self.now).await?;
                self.alone(opened, deed, &terms)
            }
            _ => self.alone(opened, deed, &Terms::default()),
        }
    }

    fn alone(&self, opened: &Sheet, deed: &Deed, terms: &Terms) -> Result<Vec<Draft>, Error> {
        Ok(vec![self.make(opened, |scene| deed.writes(scene, terms))?])
    }

    /// A record that a command names: what one may not read is not there.
    pub(super) async fn named(&self, record: Uuid) -> Result<Sheet, Error> {
        match self.read(record).await {
            Err(error) if error.code() == Code::NotFound => Err(Error::reason("unknown_record", "")),
            other => other,
        }
    }

    /// Ends a record in favour of another: what was promised in it goes on there, where the person may write that one.
    fn hand_over(
        &self,
        opened: &Sheet,
        other: Option<Sheet>,
        end: impl Fn(&Scene<'_>, bool) -> Result<Vec<Write>, CommandError>,
    ) -> Result<Vec<Draft>, Error> {
        let own = opened.document.id();
        let other = other.filter(|other| other.document.id() != own && self.may_write(other).is_ok());
        let open = promises::open(&opened.document, &opened.document.heads()).map_err(|e| refused(&e))?;
        let mut drafts = vec![self.make(opened, |scene| end(scene, other.is_some()))?];
        if let Some(other) = other.filter(|_| !open.is_empty()) {
            let into = other.document.genesis().kind.clone();
            drafts.push(self.make(&other, |s| promises::take_over(&into, own, &open, s.who, s.stamp))?);
        }
        Ok(drafts)
    }

    async fn confirm_duplicate(&self, opened: &Sheet, proposal: &str) -> Result<Vec<Draft>, Error> {
        let shown = defect_view(&opened.document, &opened.edition.catalog, &opened.marks).map_err(|e| refused(&e))?;
        let named = shown.repair.proposals.iter().find(|p| p.proposal == proposal);
        let other = match named.and_then(|named| named.target.parse().ok()) {
            Some(target) => Some(self.named(target).await?),
            None => None,
        };
        if let Some(other) = &other
            && life(&other.document, &other.marks).map_err(|e| refused(&e))?.state == "duplicate"
        {
            return Err(refused(&CommandError::Value("target")));
        }
        self.hand_over(opened, other, |s, taken| duplicates::confirm(s, proposal, taken))
    }

    async fn hand_on(&self, opened: &Sheet) -> Result<Vec<Draft>, Error> {
        let stands = life(&opened.document, &opened.marks).map_err(|e| refused(&e))?;
        let target = promises::goes_on_in(&stands).ok_or_else(|| Error::reason("illegal", ""))?;
        let other = target.parse().map_err(|_| Error::reason("unknown_record", ""))?;
        let other = self.named(other).await?;
        self.may_write(&other)?;
        self.hand_over(opened, Some(other), |s, _| promises::hand_on(s, &target))
    }

    /// Makes a defect out of a case: both are stored, or neither. Where the role may not say that the defect goes on with
    /// the matter, the case stays, with what was promised in it, and mentions the defect.
    async fn become_defect(&self, opened: &Sheet, finding: &Finding) -> Result<Vec<Draft>, Error> {
        let case = opened.document.id();
        let genesis = Genesis {
            document: DocumentId(self.state.ids.uuid_v7(self.now)),
            kind: "defect".to_owned(),
            ..opened.document.genesis().clone()
        };
        let new = blank(&genesis, opened.scope, self.in_force(genesis.project).await?)?;
        self.may_write(&new)?;
        let defect = genesis.document.to_string();
        let open = promises::open(&opened.document, &opened.document.heads()).map_err(|e| refused(&e))?;
        let linked = self.make(opened, |s| desk::link(s, &defect, BECAME_DEFECT, true));
        let (first, goes_on) = match linked {
            Err(Error::Command { reason, .. }) if reason == "illegal" => {
                (self.make(opened, |s| desk::mention(s, &defect))?, false)
            }
            linked => (linked?, true),
        };
        let second = self.make(&new, |s| {
            let mut writes = pinned(
                defect::record(s.document, s.seen, s.catalog, finding)?,
                new.edition.number,
            );
            if goes_on {
                writes.extend(promises::take_over("defect", case, &open, s.who, s.stamp)?);
            }
            Ok(writes)
        })?;
        Ok(vec![first, second])
    }

    /// Makes a change in the first of the person's roles that may.
    pub(super) fn make(
        &self,
        opened: &Sheet,
        writes: impl Fn(&Scene<'_>) -> Result<Vec<Write>, CommandError>,
    ) -> Result<Draft, Error> {
        let stamp = Stamp {
            at_ms: self.now,
            key: self.state.ids.key(),
        };
        let (catalog, seen) = (&opened.edition.catalog, opened.document.heads());
        let mut outcome = Err(Code::Forbidden.into());
        for role in self.roles(opened) {
            let who = Who {
                user: self.login.user,
                role: role.to_owned(),
            };
            let scene = Scene {
                document: &opened.document,
                seen: &seen,
                catalog,
                who: &who,
                stamp: &stamp,
            };
            outcome = writes(&scene).map_err(|error| refused(&error));
            if outcome.is_ok() {
                break;
            }
        }
        let writes = outcome?;
        let mut document = opened.document.clone();
        // The token stands where a phone's device does.
        document.write_as(self.state.ids.bytes16(), self.login.user, DeviceId(self.login.token));
        let change = document.write(&seen, self.now, &writes);
        let change = change.map_err(|error| refused(&CommandError::from(error)))?;
        Ok(Draft {
            genesis: document.genesis().clone(),
            stored: opened.stored,
            change: change.map(|change| (change.hash, change.bytes)),
            version: version(&document, &opened.marks),
        })
    }

    /// The roles that count for a record. Anybody may report a case: where they hold nothing, as one of the staff.
    fn roles(&self, opened: &Sheet) -> Vec<&'static str> {
        let genesis = opened.document.genesis();
        let roles = self.reach.roles(genesis.project, opened.scope);
        if roles.is_empty() && genesis.kind == "case" {
            return vec!["staff"];
        }
        roles
    }

    /// Stores drafts, all of them or none; false when a record has moved since it was read.
    pub(super) async fn store(&self, drafts: &[Draft]) -> Result<bool, Error> {
        let me = Author {
            user: self.login.user,
            device: DeviceId(self.login.token),
        };
        let made = drafts.iter().filter_map(|draft| {
            let (_, bytes) = draft.change.as_ref()?;
            Some(Made {
                genesis: draft.genesis.clone(),
                version: draft.stored,
                bytes: bytes.clone(),
            })
        });
        let made: Vec<Made> = made.collect();
        if made.is_empty() {
            return Ok(true);
        }
        self.sync.write_changes(me, made).await
    }
}

/// A record that begins.
pub(super) fn blank(genesis: &Genesis, scope: ScopeId, edition: Edition) -> Result<Sheet, Error> {
    let opened = Opened {
        document: Document::begin(genesis).map_err(|error| Error::Internal(error.to_string()))?,
        scope,
        marks: Marks::default(),
        stored: 0,
        made_at: 0,
        changed_at: 0,
    };
    Ok(Sheet { opened, edition })
}

/// Why a command was refused. A value that no document takes is the caller's.
pub(super) fn refused(error: &CommandError) -> Error {
    match error {
        CommandError::Document(DocumentError::Form(words)) => Error::reason("bad_value", words),
        error => Error::command(error),
    }
}

/// When a command was made again often enough.
pub(super) fn busy() -> Error {
    DbError::Busy.into()
}
