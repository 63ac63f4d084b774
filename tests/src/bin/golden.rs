//! Writes the golden files of this version: `cargo run --bin golden -- tests/golden/v2`, once, when it is released.

use std::path::PathBuf;

#[tokio::main]
async fn main() {
    let folder = std::env::args().nth(1).map(PathBuf::from);
    let folder = folder.expect("usage: golden FOLDER (a new one)");
    keyturn_tests::golden::write(&folder).await;
}
