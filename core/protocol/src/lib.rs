//! What goes over the wire, and the trait that phone and server both implement.

pub mod auth;
mod error;

pub use error::Code;
