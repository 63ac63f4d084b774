//! The repair of a defect, and two reports of one.

use keyturn_client::facade::{DuplicateView, PromiseView, PromisedView, RepairCard};
use keyturn_domain::record::view::TextView;
use keyturn_domain::record::{GivenView, NamedView, ProposalView, RepairView};

/// Once somebody was named.
#[uniffi::remote(Record)]
pub struct NamedView {
    /// The event.
    pub event: String,
    /// Who was named.
    pub person: String,
    /// By whom.
    pub by: String,
    /// When, by the device's clock.
    pub at_ms: i64,
    /// Why; empty: the first time.
    pub reason: String,
    /// The owner was told.
    pub owner_told: bool,
}

/// A time that the owner was given.
#[uniffi::remote(Record)]
pub struct GivenView {
    /// The event that gave it.
    pub event: String,
    /// The time.
    pub at_ms: i64,
    /// Who gave it.
    pub person: String,
    /// It counts: the first one, or one that the owner agreed to.
    pub counts: bool,
    /// The event that pushed it aside; empty: none did.
    pub displaced_by: String,
}

/// A proposal that it is the same as another defect.
#[uniffi::remote(Record)]
pub struct ProposalView {
    /// The event that proposed it; confirming and rejecting name it.
    pub proposal: String,
    /// The other defect.
    pub target: String,
    /// Who proposed it.
    pub by: String,
    /// `open`, `confirmed`, `rejected`.
    pub state: String,
    /// Why it was rejected.
    pub reason: String,
}

/// The repair of a defect.
#[uniffi::remote(Record)]
pub struct RepairView {
    /// Everybody who answered for it, the present one last.
    pub named: Vec<NamedView>,
    /// How often it went to somebody else.
    pub reassignments: u32,
    /// Events that would have named somebody and were not legal: kept, and nothing changed.
    pub flagged: Vec<String>,
    /// The times that the owner was given, in their order.
    pub given: Vec<GivenView>,
    /// The time that the owner was given first.
    pub first_promise_ms: Option<i64>,
    /// The time that counts.
    pub promise_ms: Option<i64>,
    /// Who worked on it: none of them verifies it.
    pub repairers: Vec<String>,
    /// Until when the person named has answered.
    pub contact_by_ms: Option<i64>,
    /// Until when somebody was there.
    pub visit_by_ms: Option<i64>,
    /// Until when there is a plan.
    pub plan_by_ms: Option<i64>,
    /// Until when it is fixed.
    pub fix_by_ms: Option<i64>,
    /// Rule of the warranty.
    pub warranty_rule: String,
    /// Its profile.
    pub warranty_profile: String,
    /// The last day of the warranty.
    pub warranty_last_day: String,
    /// It was covered when it was handed in; none: nobody could say.
    pub covered: Option<bool>,
    /// Why no photo of the protection is asked for; empty: one is.
    pub waived: String,
    /// Proposals that it is the same as another.
    pub proposals: Vec<ProposalView>,
}

/// A time that the owner is given.
#[uniffi::remote(Record)]
pub struct PromisedView {
    /// When.
    pub at_ms: i64,
    /// The owner was told.
    pub owner_told: bool,
    /// The owner agreed to it instead of a time that was promised before.
    pub owner_agreed: bool,
    /// To whom: the id of a household or a person, or nothing.
    pub to: String,
}

/// A defect in a list of repairs.
#[uniffi::remote(Record)]
pub struct RepairCard {
    /// The record.
    pub record: String,
    /// The place.
    pub place: String,
    /// Unit number, or the name of a public place.
    pub place_name: TextView,
    /// Catalogue code.
    pub code: String,
    /// Its name in the catalogue.
    pub text: TextView,
    /// The building part.
    pub part: String,
    /// Room.
    pub room: String,
    /// Severity.
    pub severity: String,
    /// State.
    pub state: String,
    /// Who answers for it; empty: nobody yet.
    pub person: String,
    /// When it was recorded.
    pub recorded_ms: i64,
    /// What is due next, if the record knows.
    pub due_ms: Option<i64>,
    /// That time has passed.
    pub overdue: bool,
    /// How often it went to somebody else.
    pub reassignments: u32,
    /// Fields on which people disagree.
    pub contested: u32,
    /// How far the own work on it is.
    pub promise: PromiseView,
}

/// Two defects that may be one: the later report, and the earlier one that would go on.
#[uniffi::remote(Record)]
pub struct DuplicateView {
    /// The later report.
    pub record: String,
    /// The earlier one.
    pub target: String,
    /// The building part of both.
    pub part: String,
    /// The room of the later one.
    pub room: String,
    /// Somebody proposed it already; a person has to decide.
    pub proposed: bool,
}
