//! Days of a project, in its time zone.

use super::ProjectRow;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

impl ProjectRow {
    /// Returns the time zone; UTC when the name is unknown.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }

    /// Returns the day at a moment.
    #[must_use]
    pub fn day_at(&self, at_ms: i64) -> NaiveDate {
        let at = DateTime::from_timestamp_millis(at_ms).unwrap_or_default();
        at.with_timezone(&self.zone()).date_naive()
    }

    /// Returns the last millisecond of a day.
    #[must_use]
    pub fn end_of(&self, day: NaiveDate) -> i64 {
        let midnight = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN);
        // Where clocks are put forward at midnight, the day ends when the next one begins an hour later.
        let next = self.zone().from_local_datetime(&midnight).earliest();
        let next = next.map_or_else(|| midnight.and_utc().timestamp_millis(), |at| at.timestamp_millis());
        next - 1
    }
}
