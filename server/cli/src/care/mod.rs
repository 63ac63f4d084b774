//! What keeps a server alive: backups, restores, the doctor.

pub mod backup;
mod bar;
pub mod copy;
pub mod doctor;
mod kinds;
pub mod plan;
pub mod restore;
mod size;
pub mod store;
pub mod words;
