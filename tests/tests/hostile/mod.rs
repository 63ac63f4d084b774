//! The hostile corpus, three ways: to the gate, over HTTP to a server, from a hostile server to a phone.

mod gate;
mod mutations;
mod phone;
mod server;
