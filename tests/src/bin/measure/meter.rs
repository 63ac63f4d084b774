//! What is measured: processor time and memory of a process, bytes on a socket, medians.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A process of this machine, seen through `/proc`.
#[derive(Clone, Copy)]
pub struct Process(pub u32);

impl Process {
    /// Returns the processor time of all threads that live; the scheduler counts it in nanoseconds.
    pub fn cpu(self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.0)).expect("a process");
        let of = |task: std::fs::DirEntry| nanoseconds(&task.path()).unwrap_or(0);
        Duration::from_nanos(tasks.map(|task| of(task.expect("a thread"))).sum())
    }

    /// Returns the most memory that it ever had, in MB.
    pub fn peak_mb(self) -> f64 {
        self.status_mb("VmHWM:")
    }

    /// Returns the memory that it has now, in MB.
    pub fn memory_mb(self) -> f64 {
        self.status_mb("VmRSS:")
    }

    fn status_mb(self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0)).expect("a process");
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kb = line.and_then(|l| l.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        kb.expect("a number") / 1_024.0
    }
}

/// A thread may end while it is looked at.
fn nanoseconds(task: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(task.join("schedstat")).ok()?;
    text.split(' ').next()?.parse().ok()
}

/// Counts every byte between phone and server, in both directions, heads included.
#[derive(Clone)]
pub struct Wire {
    /// Where phones find it.
    pub url: String,
    up: Arc<AtomicU64>,
    down: Arc<AtomicU64>,
}

impl Wire {
    /// Stands before the server at `url`.
    pub async fn before(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = url.trim_start_matches("http://").to_owned();
        let wire = Self {
            url: format!("http://{}", listener.local_addr().expect("an address")),
            up: Arc::default(),
            down: Arc::default(),
        };
        let (up, down) = (wire.up.clone(), wire.down.clone());
        tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.expect("the server");
                let (from_phone, to_phone) = phone.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(carry(from_phone, to_server, up.clone()));
                tokio::spawn(carry(from_server, to_phone, down.clone()));
            }
        });
        wire
    }

    /// Returns the bytes that went up and down until now.
    pub fn bytes(&self) -> (u64, u64) {
        (self.up.load(Ordering::SeqCst), self.down.load(Ordering::SeqCst))
    }
}

async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, count: Arc<AtomicU64>) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(n) = from.read(&mut buffer).await
        && n > 0
    {
        count.fetch_add(n as u64, Ordering::SeqCst);
        if to.write_all(&buffer[..n]).await.is_err() {
            break;
        }
    }
}

/// Returns the middle value.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Milliseconds of a duration.
pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
