//! The server over HTTP.

mod answer;
mod api;
mod pokes;

pub use api::HttpApi;
pub use pokes::{Poke, Pokes};
