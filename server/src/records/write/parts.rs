//! The parts of commands on rows.

use crate::Error;
use keyturn_domain::Value;
use keyturn_domain::catalog::{Lang, Text};
use keyturn_domain::rows::{Quiet, quiet_of};
use keyturn_protocol::Code;
use schemars::JsonSchema;
use serde::Deserialize;

/// What a part was when it was read, and what it shall be.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Changed<T> {
    /// None: nothing stood there.
    pub(super) was: Option<T>,
    /// What shall stand there.
    pub(super) to: T,
}

/// What a person is called.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FullName {
    /// As the person writes it.
    pub(super) name: String,
    /// In Latin letters, if that is different.
    #[serde(default)]
    pub(super) latin: String,
}

/// How a person is reached.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reached {
    /// Telephone.
    #[serde(default)]
    pub(super) phone: String,
    /// E-mail.
    #[serde(default)]
    pub(super) email: String,
}

/// Hours of a day; they may pass midnight.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// `21:00`.
    #[schemars(regex(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    from: String,
    /// `08:00`.
    #[schemars(regex(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    to: String,
}

impl Hours {
    pub(super) fn read(&self) -> Result<Quiet, Error> {
        quiet_of(&self.from, &self.to).ok_or_else(|| Error::refused(Code::BadValue, "hours are like 21:00"))
    }
}

/// The household that comes after another.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Next {
    /// Its code.
    pub(super) code: String,
    /// `zh` or `en`.
    pub(super) language: Language,
}

/// Words in both languages.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Chinese.
    zh: String,
    /// English.
    en: String,
}

impl Words {
    /// Returns the text, unless a language says nothing.
    pub(super) fn text(self) -> Result<Text, Error> {
        if self.zh.trim().is_empty() || self.en.trim().is_empty() {
            return Err(Error::reason("missing", "words in both languages"));
        }
        Ok(Text {
            zh: self.zh,
            en: self.en,
        })
    }
}

/// A language that households are written to in.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Zh => Self::Zh,
            Language::En => Self::En,
        }
    }
}

/// A fact of an event.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Fact {
    /// Yes or no.
    Flag(bool),
    /// A number, such as a time in milliseconds.
    Int(i64),
    /// Words, a code, an id.
    Text(String),
}

impl From<&Fact> for Value {
    fn from(fact: &Fact) -> Self {
        match fact {
            Fact::Flag(flag) => (*flag).into(),
            Fact::Int(n) => (*n).into(),
            Fact::Text(text) => text.as_str().into(),
        }
    }
}
