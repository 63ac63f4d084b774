//! A real server as a child process.

use crate::failure::Failure;
use keyturn_server::sync::DemoLoaded;
use keyturn_server::{Server, ServerConfig};
use serde::Serialize;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};

/// Makes the server's data with the demo project in it.
///
/// # Errors
/// What the server's library says.
pub async fn begin_data(folder: &Path, homes: Option<usize>) -> Result<DemoLoaded, Failure> {
    std::fs::create_dir_all(folder).map_err(Failure::internal)?;
    let server = Server::open(ServerConfig::new(folder.join("keyturn.db"))).await?;
    let loaded = crate::project::load(&server, homes).await;
    server.close().await;
    loaded
}

/// What a server used.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Usage {
    /// CPU seconds, user and system.
    pub cpu_seconds: f64,
    /// The most memory that it had at once.
    pub peak_rss_bytes: u64,
}

/// The child. It stops cleanly when this is stopped or dropped, and also when this process is killed.
pub struct ServerProcess {
    child: Child,
    stdin: Option<ChildStdin>,
    url: String,
}

impl ServerProcess {
    /// Starts `keyturn serve` on a free port and waits until it listens; its log goes to `server.log` in the folder.
    ///
    /// # Errors
    /// When it ends before it listens: what it said.
    pub async fn start(folder: &Path) -> Result<Self, Failure> {
        let log_path = folder.join("server.log");
        let log = std::fs::File::create(&log_path).map_err(Failure::internal)?;
        let program = std::env::current_exe().map_err(Failure::internal)?;
        let mut child = Command::new(program)
            .args([
                "serve",
                "--json",
                "--listen",
                "127.0.0.1:0",
                "--with-parent",
                "--log",
                "json",
                "--data",
            ])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(Failure::internal)?;
        let stdin = child.stdin.take();
        let stdout = child
            .stdout
            .take()
            .ok_or_else(|| Failure::internal("no output of the server"))?;
        let first = BufReader::new(stdout)
            .lines()
            .next_line()
            .await
            .map_err(Failure::internal)?;
        let facts: serde_json::Value = first
            .as_deref()
            .and_then(|l| serde_json::from_str(l).ok())
            .unwrap_or_default();
        let Some(url) = facts.get("listening").and_then(|url| url.as_str()) else {
            let said = std::fs::read_to_string(&log_path).unwrap_or_default();
            return Err(Failure::internal(
                said.lines().last().unwrap_or("the server did not start").to_owned(),
            ));
        };
        Ok(Self {
            url: url.to_owned(),
            child,
            stdin,
        })
    }

    /// Returns where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the id of the process.
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Returns what it used so far, from `/proc`; nothing on systems without.
    pub fn usage(&self) -> Usage {
        let read = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", self.pid())).unwrap_or_default();
        // The name of the program may hold spaces; what follows its closing bracket does not.
        let stat = read("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|t| t.parse::<f64>().ok()).unwrap_or_default();
        let status = read("status");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak
            .and_then(|p| p.split_whitespace().next())
            .and_then(|n| n.parse::<u64>().ok());
        // USER_HZ is 100 on every Linux that there is.
        Usage {
            cpu_seconds: (ticks(11) + ticks(12)) / 100.0,
            peak_rss_bytes: kib.unwrap_or_default() * 1_024,
        }
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// When the system does not say.
    pub async fn wait(&mut self) -> Result<(), Failure> {
        self.child.wait().await.map_err(Failure::internal)?;
        Ok(())
    }

    /// Lets it finish what it acknowledged, and waits.
    ///
    /// # Errors
    /// When it did not end well.
    pub async fn stop(mut self) -> Result<(), Failure> {
        drop(self.stdin.take());
        let ended = self.child.wait().await.map_err(Failure::internal)?;
        if ended.success() {
            Ok(())
        } else {
            Err(Failure::internal(format!("the server ended with {ended}")))
        }
    }
}
