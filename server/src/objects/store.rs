//! An open store: written and read in pieces, so that a file of any size takes some megabytes of memory.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use keyturn_protocol::Code;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::prefix::PrefixStore;
use object_store::{
    BackoffConfig, ClientOptions, MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload, RetryConfig,
};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::failed::{failed, is_missing, of_file};
use super::{Keys, Place, StoredFile};
use crate::Error;

/// Buckets want pieces of five megabytes or more, all of one size but the last.
const PIECE: usize = 8 << 20;
/// Any region does where the service has none.
const REGION: &str = "us-east-1";
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// A piece over a slow line.
const ANSWER_WITHIN: Duration = Duration::from_secs(300);
/// So often and so long what fails in passing is tried again within one request.
const RETRIES: usize = 4;
const RETRY_WITHIN: Duration = Duration::from_secs(45);

/// An open store of objects; clones share it.
#[derive(Clone, Debug)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    place: Place,
}

impl Objects {
    /// Opens a place; nothing is asked of a bucket yet.
    ///
    /// # Errors
    /// `config_bad` for a bucket without keys or with an address that is none; `backup_unusable` for a folder that cannot
    /// be made.
    pub fn open(place: &Place, keys: &Keys) -> Result<Self, Error> {
        let store: Arc<dyn ObjectStore> = match place {
            Place::Folder(folder) => {
                let unusable = |detail: String| Error::refused(Code::BackupUnusable, format!("{place}: {detail}"));
                let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
                made.map_err(|e| unusable(e.to_string()))?;
                let store = LocalFileSystem::new_with_prefix(folder).map_err(|e| unusable(e.to_string()))?;
                Arc::new(store.with_fsync(true).with_automatic_cleanup(true))
            }
            Place::Bucket(bucket) => {
                let store = open_bucket(&bucket.name, keys)?;
                Arc::new(PrefixStore::new(store, bucket.prefix.as_str()))
            }
        };
        let place = place.clone();
        Ok(Self { store, place })
    }

    /// Returns where it is.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Writes a small object.
    ///
    /// # Errors
    /// `objects_refused`, `objects_unreachable`, `disk_full`, `backup_unusable`.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), Error> {
        self.prepare(name)?;
        let put = self.store.put(&Name::from(name), PutPayload::from(bytes)).await;
        put.map(drop).map_err(|e| failed(&self.place, name, &e))
    }

    /// Writes an object of any size; returns what passed.
    ///
    /// # Errors
    /// As [`Objects::put`], and what `from` says. Then there is no such object, and no piece of it.
    pub async fn put_all(&self, name: &str, from: &mut (impl AsyncRead + Unpin + Send)) -> Result<StoredFile, Error> {
        let at = |e: &object_store::Error| failed(&self.place, name, e);
        self.prepare(name)?;
        let mut sum = Sum::default();
        let first = read_piece(from, name).await?;
        sum.pass(&first);
        if first.len() < PIECE {
            let put = self.store.put(&Name::from(name), PutPayload::from(first)).await;
            put.map_err(|e| at(&e))?;
            return Ok(sum.end());
        }
        let mut upload = self.store.put_multipart(&Name::from(name)).await.map_err(|e| at(&e))?;
        let sent = send(&mut *upload, first, from, &mut sum, name, &at).await;
        let done = match sent {
            Ok(()) => upload.complete().await.map(drop).map_err(|e| at(&e)),
            Err(error) => Err(error),
        };
        if done.is_err() && upload.abort().await.is_err() {
            tracing::warn!(place = %self.place, name, "Pieces of an upload that failed could not be taken away");
        }
        done.map(|()| sum.end())
    }

    /// Reads a small object; `None` when there is none.
    ///
    /// # Errors
    /// `backup_damaged` for one that is longer than `most`; `objects_refused`, `objects_unreachable`, `backup_unusable`.
    pub async fn get(&self, name: &str, most: u64) -> Result<Option<Vec<u8>>, Error> {
        let got = match self.store.get(&Name::from(name)).await {
            Err(error) if is_missing(&error) => return Ok(None),
            got => got.map_err(|e| failed(&self.place, name, &e))?,
        };
        if got.meta.size > most {
            let detail = format!("{}/{name}: {} bytes", self.place, got.meta.size);
            return Err(Error::refused(Code::BackupDamaged, detail));
        }
        let bytes = got.bytes().await.map_err(|e| failed(&self.place, name, &e))?;
        Ok(Some(bytes.to_vec()))
    }

    /// Reads an object of any size into `to`; `None` when there is none.
    ///
    /// # Errors
    /// As [`Objects::get`], and what `to` says.
    pub async fn get_all(
        &self,
        name: &str,
        to: &mut (impl AsyncWrite + Unpin + Send),
    ) -> Result<Option<StoredFile>, Error> {
        let got = match self.store.get(&Name::from(name)).await {
            Err(error) if is_missing(&error) => return Ok(None),
            got => got.map_err(|e| failed(&self.place, name, &e))?,
        };
        let (mut pieces, mut sum) = (got.into_stream(), Sum::default());
        while let Some(piece) = pieces.try_next().await.map_err(|e| failed(&self.place, name, &e))? {
            sum.pass(&piece);
            to.write_all(&piece).await.map_err(|e| of_file(name, &e))?;
        }
        to.flush().await.map_err(|e| of_file(name, &e))?;
        Ok(Some(sum.end()))
    }

    /// Reads an object to its end, to know what is there; `None` when there is none.
    ///
    /// # Errors
    /// As [`Objects::get`].
    pub async fn hash_of(&self, name: &str) -> Result<Option<StoredFile>, Error> {
        self.get_all(name, &mut tokio::io::sink()).await
    }

    /// Returns the first parts of all names that have several, sorted.
    ///
    /// # Errors
    /// As [`Objects::get`].
    pub async fn folders(&self) -> Result<Vec<String>, Error> {
        let listed = self.store.list_with_delimiter(None).await;
        let listed = listed.map_err(|e| failed(&self.place, "", &e))?;
        let mut names: Vec<String> = listed
            .common_prefixes
            .iter()
            .filter_map(|prefix| prefix.filename().map(str::to_owned))
            .collect();
        names.sort();
        Ok(names)
    }

    /// Returns the names that begin with a folder, sorted.
    ///
    /// # Errors
    /// As [`Objects::get`].
    pub async fn names_in(&self, folder: &str) -> Result<Vec<String>, Error> {
        let listed: Result<Vec<_>, _> = self.store.list(Some(&Name::from(folder))).try_collect().await;
        let listed = listed.map_err(|e| failed(&self.place, folder, &e))?;
        let mut names: Vec<String> = listed.into_iter().map(|meta| meta.location.to_string()).collect();
        names.sort();
        Ok(names)
    }

    /// Takes an object away; it may be gone already.
    ///
    /// # Errors
    /// As [`Objects::put`].
    pub async fn delete(&self, name: &str) -> Result<(), Error> {
        match self.store.delete(&Name::from(name)).await {
            Err(error) if !is_missing(&error) => Err(failed(&self.place, name, &error)),
            _ => Ok(()),
        }
    }

    /// In a folder, what is inside of a name is for its owner only.
    fn prepare(&self, name: &str) -> Result<(), Error> {
        let (Place::Folder(folder), Some((inside, _))) = (&self.place, name.rsplit_once('/')) else {
            return Ok(());
        };
        let folder = folder.join(inside);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.map_err(|e| of_file(&folder.to_string_lossy(), &e))
    }
}

fn open_bucket(bucket: &str, keys: &Keys) -> Result<impl ObjectStore, Error> {
    let (Some(access), Some(secret)) = (&keys.access, &keys.secret) else {
        let detail = format!("s3://{bucket}: it takes the two files of its key");
        return Err(Error::refused(Code::ConfigBad, detail));
    };
    // Fails only when a provider is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let plain = keys.endpoint.as_deref().is_some_and(|at| at.starts_with("http://"));
    let client = ClientOptions::new()
        .with_allow_http(plain)
        .with_connect_timeout(CONNECT_WITHIN)
        .with_timeout(ANSWER_WITHIN);
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: RETRIES,
        retry_timeout: RETRY_WITHIN,
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(keys.region.as_deref().unwrap_or(REGION))
        .with_access_key_id(access)
        .with_secret_access_key(secret)
        .with_client_options(client)
        .with_retry(retry);
    if let Some(endpoint) = &keys.endpoint {
        builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
    }
    builder
        .build()
        .map_err(|e| Error::refused(Code::ConfigBad, format!("s3://{bucket}: {e}")))
}

/// Sends the first piece and all that follow it.
async fn send(
    upload: &mut dyn MultipartUpload,
    first: Vec<u8>,
    from: &mut (impl AsyncRead + Unpin + Send),
    sum: &mut Sum,
    name: &str,
    at: &(impl Fn(&object_store::Error) -> Error + Sync),
) -> Result<(), Error> {
    let mut piece = first;
    while !piece.is_empty() {
        let sent = upload.put_part(PutPayload::from(piece)).await;
        sent.map_err(|e| at(&e))?;
        piece = read_piece(from, name).await?;
        sum.pass(&piece);
    }
    Ok(())
}

/// Reads a whole piece, or what is left.
async fn read_piece(from: &mut (impl AsyncRead + Unpin + Send), name: &str) -> Result<Vec<u8>, Error> {
    let mut piece = Vec::with_capacity(PIECE);
    let read = from.take(PIECE as u64).read_to_end(&mut piece).await;
    read.map_err(|e| of_file(name, &e))?;
    Ok(piece)
}

/// Counts and hashes what passes.
#[derive(Default)]
struct Sum {
    hash: Sha256,
    bytes: u64,
}

impl Sum {
    fn pass(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    fn end(self) -> StoredFile {
        StoredFile {
            bytes: self.bytes,
            sha256: hex::encode(self.hash.finalize()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &std::path::Path) -> Objects {
        Objects::open(&Place::Folder(folder.to_owned()), &Keys::default()).unwrap()
    }

    #[tokio::test]
    async fn what_was_written_is_read_back_whole_whatever_its_size() {
        let dir = tempfile::tempdir().unwrap();
        let objects = open(&dir.path().join("new"));
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE] {
            let bytes: Vec<u8> = (0..size).map(|n| u8::try_from(n % 251).unwrap()).collect();
            let name = format!("a-{size}/file");
            let written = objects.put_all(&name, &mut &bytes[..]).await.unwrap();
            assert_eq!(written.bytes, size as u64);
            assert_eq!(objects.hash_of(&name).await.unwrap(), Some(written.clone()));
            let mut back = Vec::new();
            assert_eq!(objects.get_all(&name, &mut back).await.unwrap(), Some(written));
            assert!(back == bytes, "{size}");
        }
        assert_eq!(objects.folders().await.unwrap().len(), 6);
        assert_eq!(objects.names_in("a-1").await.unwrap(), ["a-1/file"]);
        objects.delete("a-1/file").await.unwrap();
        objects.delete("a-1/file").await.unwrap();
        assert_eq!(objects.get("a-1/file", 10).await.unwrap(), None);
        assert_eq!(objects.hash_of("a-1/file").await.unwrap(), None);
        assert_eq!(objects.folders().await.unwrap().len(), 5, "an empty folder goes, too");
    }

    #[tokio::test]
    async fn a_small_object_is_small() {
        let dir = tempfile::tempdir().unwrap();
        let objects = open(dir.path());
        objects.put("list", b"12345".to_vec()).await.unwrap();
        assert_eq!(objects.get("list", 5).await.unwrap(), Some(b"12345".to_vec()));
        assert_eq!(objects.get("list", 4).await.unwrap_err().code(), Code::BackupDamaged);
    }

    #[tokio::test]
    async fn a_place_that_cannot_be_used_is_told() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("file"), b"").unwrap();
        let place = Place::Folder(dir.path().join("file/below"));
        let error = Objects::open(&place, &Keys::default()).unwrap_err();
        assert_eq!(error.code(), Code::BackupUnusable);
        let bucket = Place::parse("s3://estate").unwrap();
        let error = Objects::open(&bucket, &Keys::default()).unwrap_err();
        assert_eq!(error.code(), Code::ConfigBad);
        let keys = Keys {
            endpoint: Some("http://127.0.0.1:1".to_owned()),
            access: Some("a".to_owned()),
            secret: Some("hush-hush".to_owned()),
            ..Keys::default()
        };
        let objects = Objects::open(&bucket, &keys).unwrap();
        assert!(!format!("{objects:?}").contains("hush-hush"));
    }
}
