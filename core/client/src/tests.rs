//! Unit tests of the client against replies made by hand; what only a server shows is tested with the real one.

mod bench;
mod deadlines;
mod search;
mod sync;
mod visits;
mod wipe;
mod write;
