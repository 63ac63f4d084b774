//! Over real HTTP, on a port that the system gives.
mod faults;
mod flow;
mod logs;
mod rights;
mod stop;
mod wire;
