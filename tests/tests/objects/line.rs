//! The line to the store: it passes on, or answers 503 by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const BUSY: &[u8] = b"HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
/// Every connection, until somebody says otherwise.
pub const ALL: u32 = u32::MAX;

/// A line that listens.
#[derive(Clone)]
pub struct Line {
    /// Its address, with `http://`.
    pub url: String,
    failing: Arc<AtomicU32>,
    failed: Arc<AtomicU32>,
}

impl Line {
    /// Begins to pass on to the store.
    pub async fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            failing: Arc::default(),
            failed: Arc::default(),
        };
        let own = line.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(own.clone().pass(client));
            }
        });
        line
    }

    /// Lets the next connections fail.
    pub fn fail(&self, connections: u32) {
        self.failing.store(connections, Ordering::SeqCst);
    }

    /// How many failed.
    pub fn failed(&self) -> u32 {
        self.failed.load(Ordering::SeqCst)
    }

    async fn pass(self, mut client: TcpStream) {
        let left = |n: u32| if n == ALL { Some(n) } else { n.checked_sub(1) };
        if self
            .failing
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, left)
            .is_ok()
        {
            self.failed.fetch_add(1, Ordering::SeqCst);
            // The request first, or its sender sees a reset instead of an answer.
            let mut head = [0; 4_096];
            let _ = client.read(&mut head).await;
            let _ = client.write_all(BUSY).await;
            let _ = client.shutdown().await;
            return;
        }
        let mut server = TcpStream::connect(super::s3()).await.unwrap();
        // Either side may go first.
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    }
}
