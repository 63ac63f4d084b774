//! Several real servers on one PostgreSQL database, which is taken away from them for a while.
//!
//! `tests/run postgres` makes the cluster. `KEYTURN_TEST_DATABASE` is its address, `KEYTURN_TEST_CLUSTER` a program
//! that takes `stop` (at once, as in a crash), `start`, and `sql` with a statement.

//! `KEYTURN_TEST_CERTIFICATES` is a folder of certificates, `KEYTURN_TEST_SMALL` one where a small tablespace lies.

mod cluster;
mod full;
mod handed_over;
mod newer;
mod restored;
mod several;
mod tls;
mod tools;
