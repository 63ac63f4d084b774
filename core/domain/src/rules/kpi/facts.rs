//! What figures are counted from.

use uuid::Uuid;

use crate::catalog::Catalog;
use crate::ids::{DocumentId, PlaceId};
use crate::record::Projection;
use crate::record::promises::ProjectedPromise;
use crate::rows::{MilestoneRow, TaskRow};
use crate::rules::ProjectCalendar;

/// A record as it is counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The record.
    pub id: DocumentId,
    /// Where.
    pub place: PlaceId,
    /// What lists know of it.
    pub projection: Projection,
}

/// How well records come in. What a side cannot know is none: a phone knows its own, the server that of all devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Health {
    /// Records that wait to be sent for more than 24 hours.
    pub records_waiting: Option<u32>,
    /// Photos that wait to be sent.
    pub photos_waiting: Option<u32>,
    /// Devices of which nothing was heard for more than 24 hours.
    pub devices_silent: Option<u32>,
}

/// Everything that the figures of a project are counted from.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The data with the definitions.
    pub catalog: &'a Catalog,
    /// The project's calendar: days are meant in its zone.
    pub calendar: &'a ProjectCalendar,
    /// Begin of the period, in milliseconds.
    pub from_ms: i64,
    /// End of the period; what happens at it belongs to the next one.
    pub to_ms: i64,
    /// The moment of counting.
    pub now_ms: i64,
    /// The records.
    pub records: &'a [Recorded],
    /// The tasks.
    pub tasks: &'a [TaskRow],
    /// What happened on which day.
    pub milestones: &'a [MilestoneRow],
    /// When which household was spoken to.
    pub contacts: &'a [(Uuid, i64)],
    /// Promises made in sales.
    pub sales_promises: &'a [ProjectedPromise],
    /// How well records come in.
    pub health: Health,
}
