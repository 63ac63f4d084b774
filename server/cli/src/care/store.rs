//! How buckets are reached, for every command that reads or writes one.

use crate::failure::Failure;
use clap::Args;
use keyturn_server::objects::{Keys, Objects, Place};
use keyturn_server::protocol::Code;
use std::path::{Path, PathBuf};

/// The service that keeps buckets; its keys come from files.
#[derive(Args, Debug, Clone)]
pub struct StoreArgs {
    /// Address of the service that keeps buckets; without, AWS
    #[arg(long, value_name = "URL", env = "KEYTURN_S3_ENDPOINT", hide_env = true)]
    pub s3_endpoint: Option<String>,
    /// Region of the bucket, where the service has them
    #[arg(long, value_name = "NAME", env = "KEYTURN_S3_REGION", hide_env = true)]
    pub s3_region: Option<String>,
    /// File that holds the name of the key (access key id)
    #[arg(long, value_name = "FILE", env = "KEYTURN_S3_ACCESS_KEY_FILE", hide_env = true)]
    pub s3_access_key_file: Option<PathBuf>,
    /// File that holds the secret key
    #[arg(long, value_name = "FILE", env = "KEYTURN_S3_SECRET_KEY_FILE", hide_env = true)]
    pub s3_secret_key_file: Option<PathBuf>,
}

impl StoreArgs {
    /// Opens a folder or a bucket.
    ///
    /// # Errors
    /// `config_bad` for keys that cannot be read; what the store says.
    pub fn open(&self, place: &Place) -> Result<Objects, Failure> {
        let keys = match place {
            Place::Folder(_) => Keys::default(),
            Place::Bucket(_) => self.keys()?,
        };
        Ok(Objects::open(place, &keys)?)
    }

    fn keys(&self) -> Result<Keys, Failure> {
        let secret = |path: &Option<PathBuf>| path.as_deref().map(read).transpose();
        Ok(Keys {
            endpoint: self.s3_endpoint.clone(),
            region: self.s3_region.clone(),
            access: secret(&self.s3_access_key_file)?,
            secret: secret(&self.s3_secret_key_file)?,
        })
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|e| Failure::new(Code::ConfigBad, format!("{}: {e}", path.display())))?;
    Ok(text.trim().to_owned())
}
