//! Times as people read them: in the zone that `TZ` names, else Chinese time.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// Returns `2026-11-22 09:14:05`.
pub fn full(at_ms: i64) -> String {
    format(at_ms, "%Y-%m-%d %H:%M:%S")
}

/// Returns `2026-11-22 09:14`.
pub fn minute(at_ms: i64) -> String {
    format(at_ms, "%Y-%m-%d %H:%M")
}

/// Returns `09:14`.
pub fn clock(at_ms: i64) -> String {
    format(at_ms, "%H:%M")
}

fn format(at_ms: i64, form: &str) -> String {
    let zone: Tz = std::env::var("TZ")
        .ok()
        .and_then(|name| name.parse().ok())
        .unwrap_or(Tz::Asia__Shanghai);
    let Some(at) = DateTime::<Utc>::from_timestamp_millis(at_ms) else {
        return "-".to_owned();
    };
    at.with_timezone(&zone).format(form).to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_time_that_is_none_is_a_dash() {
        assert_eq!(super::full(i64::MAX), "-");
        assert_eq!(super::minute(0).len(), 16);
    }
}
