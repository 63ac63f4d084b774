//! The air between phones and the server: a TCP relay that counts what passes on the socket, heads included, can be
//! cut, and loses what it is told to lose.

use crate::failure::Failure;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What goes wrong on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Faults {
    /// Nothing.
    #[default]
    None,
    /// One request in ten never arrives, one reply in ten neither.
    Loss,
    /// Every request and reply takes up to 200 ms.
    Slow,
    /// Both.
    All,
}

impl Faults {
    const fn loses(self) -> bool {
        matches!(self, Self::Loss | Self::All)
    }

    const fn is_slow(self) -> bool {
        matches!(self, Self::Slow | Self::All)
    }
}

/// What passed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic {
    /// Requests.
    pub requests: u64,
    /// Bytes from phones.
    pub up: u64,
    /// Bytes to phones.
    pub down: u64,
    /// Requests and replies that were lost on purpose.
    pub lost: u64,
}

#[derive(Default)]
struct Counts {
    requests: AtomicU64,
    up: AtomicU64,
    down: AtomicU64,
    lost: AtomicU64,
}

struct Shared {
    counts: Counts,
    faults: Faults,
    dice: Mutex<StdRng>,
    server: String,
}

/// The relay.
pub struct Air {
    url: String,
    shared: Arc<Shared>,
    reachable: watch::Sender<bool>,
}

impl Air {
    /// Begins to relay from a free port of this machine to the server.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn open(server: &str, faults: Faults, seed: u64) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Failure::internal)?;
        let url = format!("http://{}", listener.local_addr().map_err(Failure::internal)?);
        let shared = Arc::new(Shared {
            counts: Counts::default(),
            faults,
            dice: Mutex::new(StdRng::seed_from_u64(seed)),
            server: server.trim_start_matches("http://").to_owned(),
        });
        let (reachable, seen) = watch::channel(true);
        tokio::spawn(accept(listener, Arc::clone(&shared), seen));
        Ok(Self { url, shared, reachable })
    }

    /// Returns where phones reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Cuts every connection, and lets none begin.
    pub fn cut(&self) {
        self.reachable.send_replace(false);
    }

    /// Lets connections begin again.
    pub fn restore(&self) {
        self.reachable.send_replace(true);
    }

    /// Returns what passed so far.
    pub fn traffic(&self) -> Traffic {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let counts = &self.shared.counts;
        Traffic {
            requests: read(&counts.requests),
            up: read(&counts.up),
            down: read(&counts.down),
            lost: read(&counts.lost),
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, reachable: watch::Receiver<bool>) {
    loop {
        let Ok((phone, _)) = listener.accept().await else {
            continue;
        };
        if !*reachable.borrow() {
            // Closed at once: for a phone there is no signal.
            drop(phone);
            continue;
        }
        let (shared, mut cut) = (Arc::clone(&shared), reachable.clone());
        tokio::spawn(async move {
            tokio::select! {
                _ = relay(phone, &shared) => {}
                _ = cut.wait_for(|reachable| !*reachable) => {}
            }
        });
    }
}

/// Relays one connection. HTTP/1.1 without pipelining: bytes from the phone behind bytes from the server are a request.
async fn relay(mut phone: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut server = TcpStream::connect(&shared.server).await?;
    phone.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut up, mut down) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    let mut asking = false;
    let mut lose_reply = false;
    loop {
        tokio::select! {
            read = phone.read(&mut up) => {
                let n = read?;
                if n == 0 { return Ok(()); }
                if !asking {
                    asking = true;
                    shared.counts.requests.fetch_add(1, Ordering::Relaxed);
                    shared.delay().await;
                    if shared.loses() { return Ok(()); }
                    lose_reply = shared.loses();
                }
                shared.counts.up.fetch_add(n as u64, Ordering::Relaxed);
                server.write_all(up.get(..n).unwrap_or_default()).await?;
            }
            read = server.read(&mut down) => {
                let n = read?;
                if n == 0 || lose_reply { return Ok(()); }
                if asking { shared.delay().await; }
                asking = false;
                shared.counts.down.fetch_add(n as u64, Ordering::Relaxed);
                phone.write_all(down.get(..n).unwrap_or_default()).await?;
            }
        }
    }
}

impl Shared {
    fn loses(&self) -> bool {
        let lost = self.faults.loses() && self.dice().random_ratio(1, 10);
        self.counts.lost.fetch_add(u64::from(lost), Ordering::Relaxed);
        lost
    }

    async fn delay(&self) {
        if self.faults.is_slow() {
            let ms = self.dice().random_range(0..200);
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
    }

    fn dice(&self) -> std::sync::MutexGuard<'_, StdRng> {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
