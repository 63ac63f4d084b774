//! What whole-system tests share: a server and phones in one process, joined in memory, on folders of their own, with
//! clocks that jump, ids that repeat with the seed and a network that fails on demand.
//!
//! Nothing here is a mock: the server is the real service over its real database, a phone is the real client over its
//! real database; between them stands [`Net`], which implements the same trait as both. [`World`] holds all of them;
//! it begins as a copy of a [`Template`], in which a small project is loaded and seven phones are enrolled.

mod clock;
mod database;
mod described;
mod disk;
mod ids;
mod net;
mod peek;
mod phone;
mod project;
mod server;
mod template;
mod web;
mod world;

pub use clock::{DAY_MS, START_MS, SimClock, YEAR_MS};
pub use database::{address, database, on_postgres};
pub use described::Description;
pub use disk::{Disk, Trouble};
pub use ids::SimIds;
pub use net::{Fault, Net, Seen};
pub use peek::{Content, Judged, OnPhone, OnServer, PhoneDb, Put, Refused, ServerDb, Wanted};
pub use phone::SimPhone;
pub use project::{Home, Project, TOLD_DAY, catalog, questions};
pub use server::SimServer;
pub use template::{PEOPLE, Person, Template, scratch};
pub use web::web;
pub use world::{Office, Restored, World};
