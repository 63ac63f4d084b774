//! A phone as a child process.

use crate::failure::Failure;
use crate::phone::{Ask, Reply, Work};
use keyturn_client::facade::Recorded;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// The child; it ends when its input ends.
pub struct PhoneProcess {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl PhoneProcess {
    /// Starts `keyturn phone` on a folder of its own.
    ///
    /// # Errors
    /// When the system does not start it.
    pub fn start(folder: &Path, server: &str) -> Result<Self, Failure> {
        let program = std::env::current_exe().map_err(Failure::internal)?;
        let mut child = Command::new(program)
            .arg("phone")
            .arg("--data")
            .arg(folder)
            .args(["--server", server])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(Failure::internal)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Failure::internal("no pipes to the phone"));
        };
        Ok(Self {
            child,
            input,
            output: BufReader::new(output).lines(),
        })
    }

    /// Asks, and returns the answer.
    ///
    /// # Errors
    /// The code that the phone answered, or `internal` when it is gone.
    pub async fn ask<T: DeserializeOwned>(&mut self, ask: &Ask) -> Result<T, Failure> {
        let mut line = serde_json::to_string(ask).map_err(Failure::internal)?;
        line.push('\n');
        self.input.write_all(line.as_bytes()).await.map_err(Failure::internal)?;
        let answer = self.output.next_line().await.map_err(Failure::internal)?;
        let answer = answer.ok_or_else(|| Failure::internal("the phone's process ended"))?;
        match serde_json::from_str(&answer).map_err(Failure::internal)? {
            Reply::Ok(value) => serde_json::from_value(value).map_err(Failure::internal),
            Reply::Error { code, detail } => Err(Failure::of_code(&code, detail)),
        }
    }

    /// Records something; returns when it is durable.
    ///
    /// # Errors
    /// As [`PhoneProcess::ask`].
    pub async fn record(&mut self, record: &str, seen: &[String], work: Work) -> Result<Recorded, Failure> {
        self.ask(&Ask::Record {
            record: record.to_owned(),
            seen: seen.to_owned(),
            work,
        })
        .await
    }

    /// Returns the id of the process.
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Ends the phone's process.
    ///
    /// # Errors
    /// When it did not end well.
    pub async fn stop(self) -> Result<(), Failure> {
        let Self {
            mut child,
            input,
            output,
        } = self;
        drop((input, output));
        let ended = child.wait().await.map_err(Failure::internal)?;
        if ended.success() {
            Ok(())
        } else {
            Err(Failure::internal(format!("the phone ended with {ended}")))
        }
    }
}
