//! Real phones and a real server, joined in memory and over HTTP.

mod bench;
mod going_back;
mod http;
mod story;
