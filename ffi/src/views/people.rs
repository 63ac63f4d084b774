//! People: households, persons, contacts, agreed times, and the commands about them.

use keyturn_client::facade::{
    BookingView, CollisionView, ContactView, HouseholdView, IntentView, NewBooking, NewContact, NewPerson, PersonEdit,
    PersonView, QuietHours, SalesPromiseView,
};
use keyturn_domain::record::view::TextView;

/// A command about rows that the server has not done, or has refused.
#[uniffi::remote(Record)]
pub struct IntentView {
    /// The intent.
    pub intent: String,
    /// Its kind.
    pub kind: String,
    /// The place that it is about.
    pub place: String,
    /// The household or person.
    pub subject: String,
    /// Device time.
    pub at_ms: i64,
    /// `queued`, `refused`.
    pub state: String,
    /// Why it was refused.
    pub code: String,
}

/// Hours in which somebody does not want to be called: `21:00` to `08:00`.
#[uniffi::remote(Record)]
pub struct QuietHours {
    /// From.
    pub from: String,
    /// To; it may pass midnight.
    pub to: String,
}

/// A person, as far as the reader's role may see.
#[uniffi::remote(Record)]
pub struct PersonView {
    /// The person.
    pub person: String,
    /// What the row is now: a change brings it back, so that nobody overwrites what nobody saw.
    pub version: String,
    /// Owner, tenant …
    pub relation: String,
    /// The name; empty: not known, not for this role, or erased.
    pub name: String,
    /// The name in Latin letters.
    pub latin: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// The preferred way.
    pub way: String,
    /// When this person does not want to be called.
    pub quiet: Vec<QuietHours>,
    /// Left the household.
    pub left: bool,
    /// Something about it waits for the server.
    pub pending: bool,
}

/// A contact with a household.
#[uniffi::remote(Record)]
pub struct ContactView {
    /// The contact.
    pub contact: String,
    /// With whom; empty: not known.
    pub person: String,
    /// How.
    pub way: String,
    /// They came to us.
    pub incoming: bool,
    /// Whether somebody was reached.
    pub reached: bool,
    /// When.
    pub at_ms: i64,
    /// When they want to be called again; none: not asked for.
    pub again_ms: Option<i64>,
    /// Who of us.
    pub by: String,
    /// The record that it belongs to.
    pub record: String,
    /// Why it could not wait for the end of quiet hours: list and code, `severity/A`; empty: no danger.
    pub danger: String,
    /// What was said.
    pub words: String,
    /// Waits for the server.
    pub pending: bool,
}

/// An agreed time.
#[uniffi::remote(Record)]
pub struct BookingView {
    /// The appointment.
    pub appointment: String,
    /// With whom; empty: the household.
    pub person: String,
    /// What for.
    pub purpose: String,
    /// The record that it belongs to.
    pub record: String,
    /// Begin.
    pub from_ms: i64,
    /// End.
    pub to_ms: i64,
    /// Who comes.
    pub by: String,
    /// Why it was called off; empty: it holds.
    pub cancelled: String,
    /// Waits for the server.
    pub pending: bool,
}

/// Something promised in sales.
#[uniffi::remote(Record)]
pub struct SalesPromiseView {
    /// The promise.
    pub promise: String,
    /// What.
    pub text: TextView,
    /// The state by machine `promise`, overdue included.
    pub state: String,
    /// The date that counts.
    pub due_ms: i64,
    /// The date that was promised first.
    pub first_due_ms: i64,
    /// Waits for the server.
    pub pending: bool,
}

/// Who lives in a home.
#[uniffi::remote(Record)]
pub struct HouseholdView {
    /// The home.
    pub place: String,
    /// The household; empty: nobody lives there as far as is known.
    pub household: String,
    /// Its code.
    pub code: String,
    /// `zh`, `en`.
    pub language: String,
    /// The ambassador who looks after it.
    pub ambassador: String,
    /// When none of it wants to be called.
    pub quiet: Vec<QuietHours>,
    /// It may be called now, as far as its quiet hours go; a danger waits for nobody.
    pub may_call: bool,
    /// From when on it may be called; none: its hours cover the whole day.
    pub next_call_ms: Option<i64>,
    /// Its persons, those who left last.
    pub persons: Vec<PersonView>,
    /// The log of contacts, the last one first.
    pub contacts: Vec<ContactView>,
    /// Agreed times, the next one first.
    pub appointments: Vec<BookingView>,
    /// What was promised in sales.
    pub sales: Vec<SalesPromiseView>,
    /// Commands of this phone that wait or were refused.
    pub intents: Vec<IntentView>,
    /// The household waits for the server.
    pub pending: bool,
}

/// Two people said different things; the office decides.
#[uniffi::remote(Record)]
pub struct CollisionView {
    /// The task.
    pub task: String,
    /// The home.
    pub place: String,
    /// The kind of the refused intent.
    pub kind: String,
    /// The household or person.
    pub subject: String,
    /// The refused telephone, if it was one and may be seen.
    pub phone: String,
    /// The refused name, likewise.
    pub name: String,
    /// The day.
    pub day: String,
}

/// What is known of a new person or caller; only the relation is needed.
#[uniffi::remote(Record)]
pub struct NewPerson {
    /// The home. One that this phone does not hold can still be reported for.
    pub place: String,
    /// Owner, tenant …
    pub relation: String,
    /// The name.
    pub name: String,
    /// The name in Latin letters.
    pub latin: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// The preferred way; empty: not said.
    pub way: String,
}

/// What shall be different about a person; what is none stays.
#[uniffi::remote(Record)]
pub struct PersonEdit {
    /// The home.
    pub place: String,
    /// The person.
    pub person: String,
    /// The version that the screen showed.
    pub version: String,
    /// The name, with its Latin spelling.
    pub name: Option<String>,
    /// The Latin spelling; only together with the name.
    pub latin: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// The relation.
    pub relation: Option<String>,
    /// The preferred way.
    pub way: Option<String>,
    /// The quiet hours.
    pub quiet: Option<Vec<QuietHours>>,
    /// Left the household.
    pub left: bool,
}

/// A contact to be logged.
#[uniffi::remote(Record)]
pub struct NewContact {
    /// The home.
    pub place: String,
    /// With whom; empty: not known.
    pub person: String,
    /// How.
    pub way: String,
    /// They came to us.
    pub incoming: bool,
    /// Whether somebody was reached.
    pub reached: bool,
    /// When they want to be called again.
    pub again_ms: Option<i64>,
    /// The record that it belongs to; empty: none.
    pub record: String,
    /// Why it could not wait for the end of quiet hours: a record that is a danger, or a code as `A` or `safety`; empty: no
    /// danger.
    pub danger: String,
    /// What was said.
    pub words: String,
}

/// A time to be agreed, moved or called off.
#[uniffi::remote(Record)]
pub struct NewBooking {
    /// The home.
    pub place: String,
    /// The appointment that is changed; empty: a new one.
    pub appointment: String,
    /// With whom; empty: the household.
    pub person: String,
    /// What for: a task kind.
    pub purpose: String,
    /// The record that it belongs to; empty: none.
    pub record: String,
    /// Begin.
    pub from_ms: i64,
    /// End.
    pub to_ms: i64,
    /// Who comes; empty: I.
    pub by: String,
    /// Why it is called off; empty: it holds.
    pub cancelled: String,
}
