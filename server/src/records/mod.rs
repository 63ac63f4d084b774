//! The read side: merged records, tasks and places under `/api/v1`, cut to what the login may see.
//!
//! Authorisation is in the queries: `reach` turns what the login holds now into a condition of every statement.
//! Knowing an id opens nothing; what one may not see is not there (`not_found`).

mod ask;
mod figures;
mod list;
mod names;
mod notices;
mod open;
mod page;
mod people;
mod promises;
mod reach;
mod record;
mod rows;

pub use figures::{Figures, kpis, risk};
pub use list::{Listed, cases, defects, records, visits};
pub use notices::{NoticeShown, notices};
pub use open::Opened;
pub use page::Page;
pub use people::{contacts, households, persons};
pub use promises::{PromiseShown, promises, sales_promises};
pub(crate) use reach::Reach;
pub(crate) use record::show;
pub use record::{LineageStep, RecordShown, lineage, record};
pub(crate) use rows::json;
pub use rows::{homes, projects, tasks};
