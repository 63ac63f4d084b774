//! Backups in a bucket: real commands and a real server, a server that speaks S3, and a line between them that fails.
//!
//! `tests/run s3` starts it; `KEYTURN_TEST_S3` is its address.

mod line;
mod second;
mod store;

use std::path::{Path, PathBuf};

/// The address of the server that speaks S3.
fn s3() -> String {
    std::env::var("KEYTURN_TEST_S3").expect("tests/run s3 says where")
}

/// Makes a bucket.
async fn bucket(name: &str) {
    let made = keyturn_tests::harness::web()
        .put(format!("http://{}/{name}", s3()))
        .send()
        .await;
    assert!(made.unwrap().status().is_success(), "{name}");
}

/// The files of a key, as an administrator makes them.
fn keys(folder: &Path) -> [PathBuf; 2] {
    let files = [("access", "keyturn\n"), ("secret", "hush-hush\n")];
    files.map(|(name, text)| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    })
}

/// What tells a command how to reach buckets.
fn flags(endpoint: &str, folder: &Path) -> Vec<String> {
    let [access, secret] = keys(folder);
    let text = |path: PathBuf| path.to_str().unwrap().to_owned();
    [
        "--s3-endpoint",
        endpoint,
        "--s3-access-key-file",
        &text(access),
        "--s3-secret-key-file",
        &text(secret),
    ]
    .map(str::to_owned)
    .to_vec()
}
