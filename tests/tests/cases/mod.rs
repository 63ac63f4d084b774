//! Cases and repairs through all layers: what people do with the calls of the facade, on phones that meet over HTTP.

mod complaint;
mod journey;
mod late;
mod repair;
mod report;
pub(crate) mod world;
