//! A defect as one screen.

use keyturn_domain::record::RepairView;
use keyturn_domain::record::view::{ContestedView, DefectView, EntryShown, FieldView, LifeView, TextView};

/// A defect as one screen.
#[uniffi::remote(Record)]
pub struct DefectView {
    /// The record.
    pub record: String,
    /// The place.
    pub place: String,
    /// What this screen was drawn from.
    pub seen: Vec<String>,
    /// The edition of the project's data that it was begun with.
    pub edition: u32,
    /// That edition is not here yet: another one gives the words, and what it does not know is shown by its codes.
    pub edition_waiting: bool,
    /// Catalogue code.
    pub code: FieldView,
    /// Its name in the catalogue.
    pub text: TextView,
    /// Severity.
    pub severity: FieldView,
    /// Room.
    pub room: FieldView,
    /// Pin on the plan: `x,y` in parts per 10,000.
    pub pin: FieldView,
    /// The words of those on site.
    pub description: String,
    /// The inspection in which it was found, or nothing.
    pub inspection: String,
    /// The question that it answers, or nothing.
    pub question: String,
    /// The building part.
    pub part: String,
    /// The defect that goes on instead of this one, or nothing.
    pub duplicate_of: FieldView,
    /// Its repair.
    pub repair: RepairView,
    /// Where it stands.
    pub life: LifeView,
    /// What people disagree on.
    pub contested: Vec<ContestedView>,
    /// Photos, remarks.
    pub entries: Vec<EntryShown>,
}
