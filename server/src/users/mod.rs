//! People, their roles and their devices: library calls for the command line, later for the console.
mod devices;
mod grants;
mod people;
mod qr;
mod role;
mod tokens;

pub use devices::{Contact, Device, Devices, ENROLMENT_LIFE_MS, EnrolmentCode};
pub use grants::{Access, Grant, Grants, NewGrant, end_grant, find_grant, grants_ever_of, grants_of, insert_grant};
pub use people::{User, Users};
pub use qr::{enrolment_url, svg};
pub use role::{Actor, Role};
pub use tokens::{ReaderToken, TokenListed, Tokens};

#[cfg(test)]
mod tests;
