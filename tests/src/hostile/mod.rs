//! Hostile changes, built by code: each names the step that must refuse it and its code, or why it passes there.
//!
//! The corpus goes three ways: to the gate, over HTTP to a server, and from a hostile server to a phone. [`World`] is
//! the honest part: a document of two authors, and what they and a third write next; whatever an [`Item`] did, that
//! must still be admitted, and the stored document must load.

mod bytes;
mod graph;
mod items;
mod raw;
mod work;
mod world;

pub use items::{Expect, Item, corpus};
pub use raw::{Raw, frame};
pub use world::World;
