//! Which database: a SQLite file, or PostgreSQL by its address. The password is in no text that anybody prints.
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use keyturn_protocol::Code;
use sqlx::any::AnyConnectOptions;

use crate::Error;

/// Where the data of a server are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file of SQLite; made when missing.
    File(PathBuf),
    /// A database of PostgreSQL.
    Postgres(Postgres),
}

/// The address of a PostgreSQL database, and the folder of what stands in files beside it.
#[derive(Clone, PartialEq, Eq)]
pub struct Postgres {
    url: String,
    shown: String,
    schema: Option<String>,
    folder: PathBuf,
}

impl Database {
    /// Reads `postgres://user@host:port/database`, optionally with `?schema=name`, or `sqlite:path`. What a server keeps
    /// in files beside PostgreSQL lies in `folder`. A password may stand in the address, better in a file of its own.
    ///
    /// # Errors
    /// `config_bad` for anything else; the words never hold the password.
    pub fn parse(text: &str, folder: &Path, password: Option<&str>) -> Result<Self, Error> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(bad("sqlite: wants a path behind it"));
            }
            return Ok(Self::File(PathBuf::from(path)));
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(bad("an address is like postgres://user@host/database or sqlite:path"));
        }
        let unreadable = || bad("the address of the database cannot be read");
        let mut url = AnyConnectOptions::from_str(text)
            .map_err(|_| unreadable())?
            .database_url;
        if let Some(password) = password {
            url.set_password(Some(password)).map_err(|()| unreadable())?;
        }
        let mut schema = None;
        let mut rest = Vec::new();
        for (name, value) in url.query_pairs() {
            match &*name {
                "schema" => schema = Some(value.into_owned()),
                // Told here: the driver would say that nobody answers.
                "sslrootcert" | "sslcert" | "sslkey" if !value.starts_with("-----BEGIN") => {
                    let read = std::fs::metadata(&*value);
                    read.map_err(|e| bad(&format!("{name}: {value}: {e}")))?;
                    rest.push((name.into_owned(), value.into_owned()));
                }
                // Sizes and statements are ours; what else there is, the driver knows.
                _ => rest.push((name.into_owned(), value.into_owned())),
            }
        }
        if schema.as_deref().is_some_and(|name| !is_plain(name)) {
            return Err(bad("a schema is named by small letters, digits and _"));
        }
        url.set_query(None);
        let mut shown = url.clone();
        // Fails only for addresses that could hold no password.
        let _ = shown.set_password(None);
        if !rest.is_empty() {
            url.query_pairs_mut().extend_pairs(rest);
        }
        let mut shown = shown.to_string();
        if let Some(schema) = &schema {
            shown.push_str("?schema=");
            shown.push_str(schema);
        }
        Ok(Self::Postgres(Postgres {
            url: url.to_string(),
            shown,
            schema,
            folder: folder.to_owned(),
        }))
    }

    /// Returns what may be shown of it: a path, or an address without its password.
    pub fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Postgres(postgres) => postgres.shown.clone(),
        }
    }

    /// The same as a path, for errors.
    pub(super) fn as_path(&self) -> PathBuf {
        PathBuf::from(self.shown())
    }

    /// Returns the file; where PostgreSQL is, one that is not there, in the folder of files beside it.
    pub(super) fn file(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Postgres(postgres) => postgres.folder.join("keyturn.db"),
        }
    }
}

impl Postgres {
    /// Returns how to connect.
    pub(super) fn connect_options(&self) -> Result<AnyConnectOptions, super::DbError> {
        use sqlx::ConnectOptions as _;
        let options = AnyConnectOptions::from_str(&self.url).map_err(super::DbError::from)?;
        Ok(options.disable_statement_logging())
    }

    /// Returns how to connect by the engine's own driver.
    pub(super) fn own_options(&self) -> Result<sqlx::postgres::PgConnectOptions, super::DbError> {
        use sqlx::ConnectOptions as _;
        let options = sqlx::postgres::PgConnectOptions::from_str(&self.url).map_err(super::DbError::from)?;
        Ok(options.disable_statement_logging())
    }

    /// Returns the schema that the address names.
    pub(super) fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl From<PathBuf> for Database {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<&Path> for Database {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

/// A name that needs no quotes, in which nothing else can hide.
fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    let first = chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_');
    first && name.len() <= 60 && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn bad(words: &str) -> Error {
    Error::refused(Code::ConfigBad, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, password: Option<&str>) -> Result<Database, String> {
        Database::parse(text, Path::new("/data"), password).map_err(|e| e.to_string())
    }

    #[test]
    fn an_address_is_read_and_its_password_never_shown() {
        let with = parse(
            "postgres://kt:s3cret%2F@db.example:5433/estate?schema=reed&sslmode=disable",
            None,
        )
        .unwrap();
        assert_eq!(with.shown(), "postgres://kt@db.example:5433/estate?schema=reed");
        assert!(!format!("{with:?} {:?}", with.as_path()).contains("s3cret"));
        let Database::Postgres(place) = &with else {
            panic!("no file")
        };
        assert_eq!(place.schema(), Some("reed"));
        assert!(
            place.url.contains("s3cret%2F") && place.url.contains("sslmode=disable") && !place.url.contains("reed")
        );
        let Database::Postgres(place) = parse("postgresql://kt@h/estate", Some("a/b c")).unwrap() else {
            panic!()
        };
        assert!(place.url.contains("a%2Fb%20c"), "{}", place.url);
        assert_eq!(parse("sqlite:/a/b.db", None), Ok(Database::File("/a/b.db".into())));
        assert_eq!(parse("sqlite:b.db", None), Ok(Database::File("b.db".into())));
        for wrong in [
            "",
            "sqlite:",
            "mysql://x/y",
            "postgres://kt:s3cret@[/x",
            "postgres://h/x?schema=A;drop",
        ] {
            let said = parse(wrong, None).unwrap_err();
            assert!(!said.contains("s3cret"), "{said}");
        }
    }
}
