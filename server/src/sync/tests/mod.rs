//! Several named devices and one server, joined in memory.
mod backup;
mod demo;
mod doctor;
#[cfg(feature = "encryption")]
mod encrypted;
mod exchange;
mod going_back;
mod people;
mod phone;
mod plan;
mod scopes;
mod second;
mod world;
