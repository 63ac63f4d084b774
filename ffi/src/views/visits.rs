//! What is known of the home beside a visit, and what its commands take and give back.

use keyturn_client::facade::{
    FirstContactView, NewAppointment, NewArrival, NewRequest, OpenAtHome, PromiseCard, PromiseView, QuietView,
    RecordCard, Recorded, Requested, VisitScreen,
};
use keyturn_domain::record::view::TextView;
use keyturn_domain::record::visit::view::VisitView;

/// A time that is agreed with the owner.
#[uniffi::remote(Record)]
pub struct NewAppointment {
    /// When, in milliseconds.
    pub time_ms: i64,
    /// The owner agreed to this time.
    pub owner_consented: bool,
    /// The owner asked for it, so that quiet hours do not stand in the way.
    pub owner_asked: bool,
    /// The danger for which they do not either: a record that is one, or a code as `A` or `safety`; empty: none.
    pub danger: String,
}

/// A talk that begins.
#[uniffi::remote(Record)]
pub struct NewArrival {
    /// `phone`, `visit`, … (`answer_codes.csv`, group `contact_way`).
    pub way: String,
    /// Who was met: the id of a person's row, or nothing.
    pub met: String,
    /// The owner asked for it now, in spite of quiet hours.
    pub owner_asked: bool,
    /// The danger for which somebody comes in spite of them: a record that is one, or a code as `A` or `safety`; empty:
    /// none.
    pub danger: String,
}

/// Whether the household may be called now.
#[uniffi::remote(Record)]
pub struct QuietView {
    /// Now lies outside its quiet hours.
    pub may_call: bool,
    /// From when on it may be called; none: its hours cover the whole day.
    pub next_ms: Option<i64>,
    /// Records at that home that are a danger, for which somebody calls at any hour.
    pub dangers: Vec<String>,
}

/// How far the first contact with a household is.
#[uniffi::remote(Record)]
pub struct FirstContactView {
    /// The last day, `2026-12-04`.
    pub by_day: String,
    /// The day on which somebody was first spoken to; empty: not yet.
    pub on_day: String,
    /// It was in time, or can still be.
    pub in_time: bool,
}

/// What is open at a home.
#[uniffi::remote(Record)]
pub struct OpenAtHome {
    /// Defects that are not closed, the newest first.
    pub defects: Vec<RecordCard>,
    /// Cases that are not closed.
    pub cases: Vec<RecordCard>,
    /// Promises that were not kept yet, the next due first.
    pub promises: Vec<PromiseCard>,
}

/// A visit as one screen.
#[uniffi::remote(Record)]
pub struct VisitScreen {
    /// The record.
    pub visit: VisitView,
    /// Unit number, or the name of a public place.
    pub place_name: TextView,
    /// The day of its task; empty: it has none.
    pub day: String,
    /// The last day of its task; empty: it has none.
    pub due: String,
    /// The survey does not rate the person who holds this phone.
    pub may_ask: bool,
    /// Whether the household may be called now.
    pub quiet: QuietView,
    /// The first contact with this household; none: nobody said when it was assigned.
    pub first_contact: Option<FirstContactView>,
    /// What is open at that home.
    pub open: OpenAtHome,
    /// How far the own work on it is.
    pub promise: PromiseView,
}

/// Something that the owner asks for.
#[uniffi::remote(Record)]
pub struct NewRequest {
    /// `defect`, or the kind of a case: `enquiry`, `repair`, `complaint`, …
    pub kind: String,
    /// The owner's words.
    pub words: String,
    /// Code of the defect catalogue: needed for a defect, the ready phrase of a case.
    pub code: String,
    /// Severity; empty: that of the catalogue.
    pub severity: String,
    /// Code of the room, or `home`.
    pub room: String,
    /// What a case is about (group `complaint_category`), or nothing yet.
    pub category: String,
    /// Group `urgency`, or nothing yet.
    pub urgency: String,
    /// What they want (`complaint_profiles.json`), or nothing yet.
    pub wanted_outcome: String,
    /// Group `relation`, or nothing.
    pub relation: String,
}

/// What came of it.
#[uniffi::remote(Record)]
pub struct Requested {
    /// The new record.
    pub record: String,
    /// The visit.
    pub visit: Recorded,
}
