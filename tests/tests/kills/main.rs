//! Real processes: kills in the middle of writes, and every fault that a phone or a server meets, over real HTTP.

mod dice;
mod faults;
mod on_phone;
mod on_server;
mod phone;
mod project;
mod restore;
mod server;
