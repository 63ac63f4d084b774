//! The storage base: one SQL text for SQLite and PostgreSQL through sqlx's `Any`.
//!
//! Functions that write take `&mut WriteTx`, functions that read take `&mut AnyConnection` (a `WriteTx` or a
//! `ReadTx` derefs to one), so that the signature states the contract. SQL that is longer than a line or two lives in
//! `.sql` files beside the Rust that runs it. Portable means: `$1` placeholders, BIGINT, TEXT, BYTEA and DOUBLE
//! PRECISION, flags as 0 and 1, time as i64 milliseconds, ids as 16 bytes, `CAST(SUM(x) AS BIGINT)`. What one engine has
//! alone stands in `open`, `copy`, `lock` (SQLite) and `postgres`.
mod cells;
mod copy;
mod database;
mod error;
mod lock;
mod migrate;
mod open;
mod postgres;
mod rows;
mod schema;
mod tables;
mod tx;

pub use cells::{bytes, bytes_n, flag, id, int, opt_bytes, opt_id, opt_int, opt_real, opt_text, text};
pub use copy::{checkpoint, open_copy};
pub use database::{Database, Postgres};
pub use error::DbError;
pub use lock::is_locked;
pub use open::{Db, DbOptions, Holder};
pub use postgres::{Job, JobName, Listener, Said};
pub(crate) use rows::insert_any;
pub use rows::{Cell, bind, fetch_in, in_list, insert_rows, numbered};
pub(crate) use schema::fresh;
pub use schema::{SchemaItem, expected_schema, expected_tables, is_postgres, known_version, schema_of, version_of};
pub use sqlx::AnyConnection;
pub use sqlx::any::AnyRow;
pub use tables::{Column, Table};
pub use tx::{ReadTx, WriteTx};

#[cfg(test)]
mod contract;
#[cfg(test)]
mod tests;
