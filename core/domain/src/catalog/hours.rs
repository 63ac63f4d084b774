//! Times of day and zones as the data write them: `09:30`, `Asia/Shanghai`.

use std::fmt;

use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::{Deserializer, Serializer, de};

/// Reads `09:30`.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
    deserializer.deserialize_str(Read("a time of day, as 09:30 is", |text| {
        let time = NaiveTime::parse_from_str(text, "%H:%M").ok()?;
        (time.format("%H:%M").to_string() == text).then_some(time)
    }))
}

/// Writes `09:30`.
pub(super) fn serialize<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.format("%H:%M"))
}

/// Reads the IANA name of a zone.
pub(super) fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    deserializer.deserialize_str(Read("the name of a time zone, as Asia/Shanghai is", |text| {
        text.parse().ok()
    }))
}

/// Reads a text where it stands: an error that comes any later would name the line of what follows.
struct Read<T>(&'static str, fn(&str) -> Option<T>);

impl<T> de::Visitor<'_> for Read<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.1)(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}
