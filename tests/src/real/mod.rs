//! Real processes on loopback: the program `keyturn`, phones that speak HTTP, each with a folder of its own.
//!
//! [`Office`] is what a person at the server's machine does, [`Serve`] a running `keyturn serve`, `phone` opens the
//! real client over HTTP, [`record`] makes one durable record with it.

mod office;
mod phone;
mod program;

pub use office::{Office, PROJECT, document, home};
pub use phone::{DATABASE, PhoneClock, genesis, open_phone, phone_with, record, settle};
pub use program::{Outcome, Serve, bare, keyturn};
