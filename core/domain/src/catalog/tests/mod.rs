//! Tests of the data as a whole: the table of the README, broken rows, properties.

mod broken;
mod broken_time;
mod data;
mod properties;

use super::Catalog;

fn catalog() -> &'static Catalog {
    Catalog::built_in().unwrap()
}
