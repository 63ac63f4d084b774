//! What a run measured.

use super::done::{Counts, Kind};
use super::words;
use crate::failure::Failure;
use crate::out::Out;
use crate::words::Words;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// The figures of one run.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Phones that recorded.
    pub phones: u32,
    /// Days that each of them played.
    pub days: u32,
    /// What was done, by kind.
    #[serde(serialize_with = "by_kind")]
    pub done: Counts,
    /// What of it a new phone shows, by kind.
    #[serde(serialize_with = "by_kind")]
    pub there: Counts,
    /// Changes recorded.
    pub changes: u64,
    /// Of those, received by the server, as the phones know it.
    pub acknowledged: u64,
    /// What phones saved and the server does not have.
    pub lost: u64,
    /// Commands about people and times that the server refused, by code; phones show them.
    pub refused: Vec<String>,
    /// From the first home to the last receipt, in seconds.
    pub seconds: f64,
    /// Exchanges that succeeded.
    pub exchanges: u64,
    /// The middle of what an exchange took on a phone, in milliseconds.
    pub exchange_p50_ms: f64,
    /// Of a hundred exchanges, 99 were as fast or faster, in milliseconds.
    pub exchange_p99_ms: f64,
    /// A new phone that fetches everything, in seconds.
    pub download_seconds: f64,
    /// Requests of the days, counted on the socket.
    pub requests: u64,
    /// Bytes from phones in the days, heads included.
    pub bytes_up: u64,
    /// Bytes to phones in the days, heads included.
    pub bytes_down: u64,
    /// Bytes to the new phone.
    pub download_bytes: u64,
    /// Both ways, of one idle sync.
    pub idle_bytes: u64,
    /// CPU of the server in ten idle syncs, in seconds.
    pub idle_server_cpu_seconds: f64,
    /// Requests and replies that the network lost on purpose.
    pub faults: u64,
    /// CPU of the server in the days, user and system.
    pub days_server_cpu_seconds: f64,
    /// CPU of the server in the whole run, user and system.
    pub server_cpu_seconds: f64,
    /// The most memory that the server had at once.
    pub server_peak_rss_bytes: u64,
}

impl Report {
    /// Takes in how long each exchange took, in seconds.
    pub fn times(&mut self, mut all: Vec<f64>) {
        all.sort_by(f64::total_cmp);
        self.exchanges = all.len() as u64;
        let at = |percent: usize| {
            let rank = (all.len() * percent).div_ceil(100).saturating_sub(1);
            all.get(rank).copied().unwrap_or_default() * 1e3
        };
        (self.exchange_p50_ms, self.exchange_p99_ms) = (at(50), at(99));
    }

    /// Prints what was done, and the summary table.
    ///
    /// # Errors
    /// When standard output is gone.
    pub fn tell(&self, out: &Out) -> Result<(), Failure> {
        let rows: Vec<Vec<String>> = Kind::ALL
            .iter()
            .map(|(kind, name)| {
                let (done, there) = (self.done.of(*kind), self.there.of(*kind));
                let lost = done.saturating_sub(there);
                vec![
                    out.text(*name, &[]),
                    done.to_string(),
                    there.to_string(),
                    lost.to_string(),
                ]
            })
            .collect();
        out.table(
            &[words::COL_DONE, words::COL_ON_PHONES, words::COL_THERE, words::LOST],
            &rows,
        )?;
        out.line("")?;
        let seconds = |s: f64| format!("{s:.2}");
        let rate = |n: u64, s: f64| format!("{:.0}", int(n) / s.max(0.001));
        let rows: [(Words, String); 19] = [
            (words::PHONES, self.phones.to_string()),
            (words::DAYS, self.days.to_string()),
            (words::CHANGES, self.changes.to_string()),
            (words::ACKNOWLEDGED, self.acknowledged.to_string()),
            (words::REFUSED, self.refused.len().to_string()),
            (words::LOST, self.lost.to_string()),
            (words::SECONDS, seconds(self.seconds)),
            (words::CHANGES_PER_SECOND, rate(self.acknowledged, self.seconds)),
            (words::EXCHANGES, self.exchanges.to_string()),
            (words::EXCHANGE_P50, format!("{:.0}", self.exchange_p50_ms)),
            (words::EXCHANGE_P99, format!("{:.0}", self.exchange_p99_ms)),
            (words::DOWNLOAD_SECONDS, seconds(self.download_seconds)),
            (words::REQUESTS, self.requests.to_string()),
            (words::BYTES_UP, self.bytes_up.to_string()),
            (words::BYTES_DOWN, self.bytes_down.to_string()),
            (words::IDLE_BYTES, self.idle_bytes.to_string()),
            (words::FAULTS, self.faults.to_string()),
            (words::SERVER_CPU, seconds(self.server_cpu_seconds)),
            (
                words::SERVER_RSS,
                format!("{:.0}", int(self.server_peak_rss_bytes) / 1e6),
            ),
        ];
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|(words, value)| vec![out.text(*words, &[]), value.clone()])
            .collect();
        out.table(&[words::COL_WHAT, words::COL_VALUE], &rows)
    }
}

fn by_kind<S: Serializer>(counts: &Counts, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(Kind::ALL.len()))?;
    for (kind, _) in Kind::ALL {
        map.serialize_entry(&kind, &counts.of(kind))?;
    }
    map.end()
}

#[expect(clippy::cast_precision_loss, reason = "figures for people, far below 2^52")]
fn int(n: u64) -> f64 {
    n as f64
}
