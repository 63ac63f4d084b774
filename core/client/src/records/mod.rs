//! Records on this phone: opened once, kept open, written durably.
//!
//! An open document is shared between screens; at most [`OPEN`] are kept. It writes under one random actor that lives
//! as long as it is open in this process and is never stored: a phone that is restored from a copy can then never use
//! an actor twice. After a failed or unknown commit the open document is thrown away and read anew.

mod editions;
mod listing;
mod load;
mod open;
mod phrases;
mod read;
mod write;

pub(crate) use editions::edition;
pub(crate) use keyturn_domain::record::titles::{room_mark, title};
pub(crate) use listing::{PROJECTED_BY, listing, listing_of, marks_of};
pub(crate) use load::{LoadError, load};
pub(crate) use open::OpenDocuments;
pub use write::{Recording, Saved, Target};

use crate::client::Inner;
use std::sync::Arc;

/// How many documents stay open.
const OPEN: usize = 12;

/// Records: what the small clients of each kind are built on.
#[derive(Clone)]
pub struct Records {
    pub(crate) inner: Arc<Inner>,
}
