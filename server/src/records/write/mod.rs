//! The write side of the API. A write to a record is a change like a phone's: made by the commands of the domain, judged
//! by the gate, in the log, projected, in one transaction. Its author is the person of the token; the token stands where
//! a phone's device does, so that whoever looks sees which program it was.

mod act_terms;
mod acts;
mod begin;
mod commands;
mod deed;
mod desk;
mod gather;
mod keepers;
mod parts;
mod record;
mod rows;

pub use begin::{NewRecord, begin};
pub use deed::{Agreed, Deed};
pub use gather::{CaseRead, ClusterDecided, cluster};
pub use keepers::{
    EnrolmentMade, GrantMade, NewGrantAsked, NewUserAsked, UserMade, disable_user, end_grant, enrol, grant,
    revoke_device, user, wipe_device,
};
pub use parts::{Changed, Fact, FullName, Hours, Language, Next, Reached, Words};
pub use record::{Recorded, record};
pub use rows::{Order, Ordered, order};
