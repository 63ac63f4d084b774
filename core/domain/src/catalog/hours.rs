//! Times of day and zones as the data write them: `09:30`, `Asia/Shanghai`.

use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

/// Reads `09:30`.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    let time = NaiveTime::parse_from_str(&text, "%H:%M").ok();
    time.filter(|time| time.format("%H:%M").to_string() == text)
        .ok_or_else(|| D::Error::custom(format_args!("{text:?} is no time of day, as 09:30 is")))
}

/// Writes `09:30`.
pub(super) fn serialize<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.format("%H:%M"))
}

/// Reads the IANA name of a zone.
pub(super) fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    let name = String::deserialize(deserializer)?;
    name.parse()
        .map_err(|_| D::Error::custom(format_args!("{name:?} is no time zone, as Asia/Shanghai is")))
}
