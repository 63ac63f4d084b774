//! What a run measured.

use super::words;
use crate::failure::Failure;
use crate::out::Out;
use crate::words::Words;
use serde::Serialize;

/// The figures of one run.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Phones that recorded.
    pub phones: u32,
    /// Changes recorded.
    pub changes: u64,
    /// Of those, received by the server, as the phones know it.
    pub acknowledged: u64,
    /// Of the acknowledged changes, those that a new phone did not get.
    pub lost: u64,
    /// From the first sync to the last receipt, in seconds.
    pub upload_seconds: f64,
    /// A new phone that fetches everything, in seconds.
    pub download_seconds: f64,
    /// Requests of the upload, counted on the socket.
    pub requests: u64,
    /// Bytes from phones in the upload, heads included.
    pub bytes_up: u64,
    /// Bytes to phones in the upload, heads included.
    pub bytes_down: u64,
    /// Bytes to the new phone.
    pub download_bytes: u64,
    /// Both ways, of one idle sync.
    pub idle_bytes: u64,
    /// CPU of the server in ten idle syncs, in seconds.
    pub idle_server_cpu_seconds: f64,
    /// Requests and replies that the network lost on purpose.
    pub faults: u64,
    /// CPU of the server in the upload, user and system.
    pub upload_server_cpu_seconds: f64,
    /// CPU of the server in the whole run, user and system.
    pub server_cpu_seconds: f64,
    /// The most memory that the server had at once.
    pub server_peak_rss_bytes: u64,
}

impl Report {
    /// Prints the summary table.
    ///
    /// # Errors
    /// When standard output is gone.
    pub fn tell(&self, out: &Out) -> Result<(), Failure> {
        let seconds = |s: f64| format!("{s:.2}");
        let rate = |n: u64, s: f64| format!("{:.0}", int(n) / s.max(0.001));
        let rows: [(Words, String); 14] = [
            (words::PHONES, self.phones.to_string()),
            (words::CHANGES, self.changes.to_string()),
            (words::ACKNOWLEDGED, self.acknowledged.to_string()),
            (words::LOST, self.lost.to_string()),
            (words::UPLOAD_SECONDS, seconds(self.upload_seconds)),
            (words::CHANGES_PER_SECOND, rate(self.acknowledged, self.upload_seconds)),
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

#[expect(clippy::cast_precision_loss, reason = "figures for people, far below 2^52")]
fn int(n: u64) -> f64 {
    n as f64
}
