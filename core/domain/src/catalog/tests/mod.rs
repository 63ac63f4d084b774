//! Tests of the data as a whole: test vectors, the table of the README, broken rows, properties.

mod broken;
mod data;
mod properties;
mod vectors;

use super::Catalog;

fn catalog() -> &'static Catalog {
    Catalog::built_in().unwrap()
}
