//! The read side: merged records, tasks and places under `/api/v1`, cut to what the login may see.
//!
//! Authorisation is in the queries: `reach` turns what the login holds now into a condition of every statement.
//! Knowing an id opens nothing; what one may not see is not there (`not_found`).

pub(crate) mod ask;
mod changes;
mod clusters;
mod figures;
mod history;
mod life;
mod list;
mod names;
mod notices;
mod office;
mod open;
mod page;
mod people;
mod promises;
mod quarantine;
mod reach;
mod record;
mod rows;
mod search;
pub mod shapes;
pub mod write;

pub use changes::{Feed, OfChanges, changes};
pub use clusters::{Clusters, OfClusters, clusters};
pub use figures::{Figures, OfFigures, OfRisk, kpis, risk};
pub use history::{ChangeShown, OfHistory, history};
pub use life::{timeline, warranty};
pub use list::{Listed, Wanted, cases, defects, inspections, records, visits};
pub use notices::{NoticeShown, OfNotices, notices};
pub use office::{AuditShown, DeviceShown, OfAll, OfAudit, OfDevices, UserShown, audit, devices, users};
pub use open::Opened;
pub use page::{Cursor, Limit, Page};
pub use people::{OfPeople, contacts, households, persons};
pub use promises::{OfPromises, PromiseShown, promises, sales_promises};
pub use quarantine::{
    Discard, Discarded, KeptShown, OfKept, OfQuarantine, QuarantineShown, Release, Released, discard, kept, quarantine,
    release,
};
pub(crate) use reach::Reach;
pub(crate) use record::show;
pub use record::{LineageStep, OfField, RecordShown, lineage, record};
pub(crate) use rows::json;
pub use rows::{
    OfAppointments, OfDecisions, OfHomes, OfMilestones, OfProject, OfTasks, appointments, buildings, homes, layouts,
    milestones, places, projects, risk_decisions, staff, tasks, teams,
};
pub use search::{Found, OfSearch, search};
