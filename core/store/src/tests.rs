//! The database itself; what the engine does with it is tested there.
