//! Where objects lie, as it is typed and as it is shown. Keys are in no text that anybody prints.

use std::fmt;
use std::path::{Path, PathBuf};

use keyturn_protocol::Code;

use crate::Error;

/// How the address of a bucket begins.
const SCHEME: &str = "s3://";

/// Where objects lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder; made when missing.
    Folder(PathBuf),
    /// A bucket that speaks S3.
    Bucket(Bucket),
}

/// A bucket, and the beginning of all names in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What stands before every name; may be empty.
    pub prefix: String,
}

/// How buckets are reached.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// The address of the service; without, that of AWS in the region.
    pub endpoint: Option<String>,
    /// The region; many services take any.
    pub region: Option<String>,
    /// The name of the key.
    pub access: Option<String>,
    /// The key itself.
    pub secret: Option<String>,
}

impl Place {
    /// Reads `s3://bucket/prefix`; anything else is the path of a folder.
    ///
    /// # Errors
    /// `config_bad` for an address without a bucket, or with what no name may hold.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let Some(rest) = text.strip_prefix(SCHEME) else {
            if text.is_empty() || text.contains("://") {
                let detail = format!("{text}: a folder, or an address like s3://bucket/prefix");
                return Err(Error::refused(Code::ConfigBad, detail));
            }
            return Ok(Self::Folder(PathBuf::from(text)));
        };
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_matches('/');
        let sound = is_name(name) && (prefix.is_empty() || prefix.split('/').all(is_name));
        if !sound {
            let detail = format!("{text}: an address is like s3://bucket/prefix");
            return Err(Error::refused(Code::ConfigBad, detail));
        }
        Ok(Self::Bucket(Bucket {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
        }))
    }

    /// Splits the last part off where it begins with `begin`: the place itself, and what is meant in it.
    #[must_use]
    pub fn split_last(self, begin: &str) -> (Self, Option<String>) {
        let last = |name: &str| name.starts_with(begin).then(|| name.to_owned());
        match self {
            Self::Folder(path) => match path.file_name().and_then(|name| name.to_str()).and_then(last) {
                Some(name) => (
                    Self::Folder(path.parent().map(Path::to_owned).unwrap_or_default()),
                    Some(name),
                ),
                None => (Self::Folder(path), None),
            },
            Self::Bucket(Bucket { name, prefix }) => {
                let (before, end) = prefix.rsplit_once('/').unwrap_or(("", &prefix));
                match last(end) {
                    Some(found) => {
                        let prefix = before.to_owned();
                        (Self::Bucket(Bucket { name, prefix }), Some(found))
                    }
                    None => (Self::Bucket(Bucket { name, prefix }), None),
                }
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Bucket(Bucket { name, prefix }) if prefix.is_empty() => write!(f, "{SCHEME}{name}"),
            Self::Bucket(Bucket { name, prefix }) => write!(f, "{SCHEME}{name}/{prefix}"),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// A part of a name, in which nothing else can hide.
fn is_name(part: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !part.is_empty() && part != "." && part != ".." && part.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_bucket_and_anything_else_a_folder() {
        let shown = |text: &str| Place::parse(text).map(|place| place.to_string()).map_err(|e| e.code());
        assert_eq!(shown("s3://estate"), Ok("s3://estate".to_owned()));
        assert_eq!(shown("s3://estate/a/b/"), Ok("s3://estate/a/b".to_owned()));
        assert_eq!(shown("/mnt/备份"), Ok("/mnt/备份".to_owned()));
        for wrong in [
            "",
            "s3://",
            "s3:///a",
            "s3://a/b c",
            "s3://a/../b",
            "s3://a/b//c",
            "gs://a",
            "https://a",
        ] {
            assert_eq!(shown(wrong), Err(Code::ConfigBad), "{wrong}");
        }
    }

    #[test]
    fn a_backup_is_told_from_the_place_that_it_lies_in() {
        let split = |text: &str| {
            let (place, name) = Place::parse(text).unwrap().split_last("keyturn-");
            (place.to_string(), name)
        };
        let name = Some("keyturn-1".to_owned());
        assert_eq!(split("s3://a/b/keyturn-1"), ("s3://a/b".to_owned(), name.clone()));
        assert_eq!(split("s3://a/keyturn-1"), ("s3://a".to_owned(), name.clone()));
        assert_eq!(split("/mnt/keyturn-1"), ("/mnt".to_owned(), name));
        assert_eq!(split("s3://a/b"), ("s3://a/b".to_owned(), None));
    }

    #[test]
    fn no_key_is_ever_shown() {
        let keys = Keys {
            access: Some("hush".to_owned()),
            secret: Some("hush-hush".to_owned()),
            ..Keys::default()
        };
        assert!(!format!("{keys:?}").contains("hush"));
    }
}
