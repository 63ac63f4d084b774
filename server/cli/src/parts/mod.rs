//! What demo and simulator are built of: a server as a child process, phones as child processes, the air between them,
//! and a folder that vanishes.

mod air;
mod folder;
mod phone;
mod server;

pub use air::{Air, Faults, Traffic};
pub use folder::Folder;
pub use phone::PhoneProcess;
pub use server::{ServerProcess, begin_data};
