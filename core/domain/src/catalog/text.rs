//! Words in both languages.

use serde::{Deserialize, Serialize};

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Chinese, what is shown unless something else was asked for.
    #[default]
    Zh,
    /// English.
    En,
}

/// A text in Chinese and English; neither is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "RawText")]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// Returns the text in one language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawText {
    zh: String,
    en: String,
}

impl TryFrom<RawText> for Text {
    type Error = &'static str;

    fn try_from(raw: RawText) -> Result<Self, Self::Error> {
        if raw.zh.trim().is_empty() || raw.en.trim().is_empty() {
            return Err("a text in both languages");
        }
        Ok(Self { zh: raw.zh, en: raw.en })
    }
}
