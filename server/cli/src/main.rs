//! The `keyturn` binary.

fn main() {}
