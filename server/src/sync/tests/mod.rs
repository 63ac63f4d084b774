//! Several named devices and one server, joined in memory.
mod backup;
mod demo;
mod doctor;
mod exchange;
mod going_back;
mod people;
mod phone;
mod plan;
mod scopes;
mod world;
