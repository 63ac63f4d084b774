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

/// Reads a span of time such as `24h`, in milliseconds: `s`, `m`, `h` or `d` behind a number.
///
/// # Errors
/// What is expected instead.
pub fn span(text: &str) -> Result<i64, String> {
    let units = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];
    let read = |(unit, seconds): (&str, i64)| {
        let n: i64 = text.strip_suffix(unit)?.parse().ok()?;
        n.checked_mul(seconds * 1_000).filter(|ms| *ms > 0)
    };
    let found = units.into_iter().find_map(read);
    found.ok_or_else(|| "30m, 24h, 7d".to_owned())
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
    fn spans_have_a_unit() {
        assert_eq!(super::span("24h"), Ok(86_400_000));
        assert_eq!(super::span("90s"), Ok(90_000));
        for wrong in ["", "24", "h", "0h", "-1d", "1.5h", "99999999999999999d"] {
            assert!(super::span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_that_is_none_is_a_dash() {
        assert_eq!(super::full(i64::MAX), "-");
        assert_eq!(super::minute(0).len(), 16);
    }
}
