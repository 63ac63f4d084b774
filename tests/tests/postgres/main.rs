//! Several real servers on one PostgreSQL database, which is taken away from them for a while.
//!
//! `tests/run postgres` makes the cluster. `KEYTURN_TEST_DATABASE` is its address, `KEYTURN_TEST_CLUSTER` a program
//! that takes `stop` (at once, as in a crash) and `start`.

mod several;
mod tools;
