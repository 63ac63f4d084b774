//! The built-in data, typed.
