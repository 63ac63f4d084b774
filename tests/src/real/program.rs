//! The program `keyturn`, as it was built beside the tests.

use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The binary lies beside the folder of the test binaries.
fn program() -> PathBuf {
    let own = std::env::current_exe().expect("the path of the test");
    let folder = own.ancestors().nth(2).expect("the build's folder");
    let program = folder.join("keyturn");
    assert!(
        program.exists(),
        "{} is missing: cargo build --bin keyturn, or tests/run kills",
        program.display()
    );
    program
}

/// How a command ended.
#[derive(Debug)]
pub struct Outcome {
    /// Its exit code.
    pub exit: Option<i32>,
    /// Standard output as JSON; null when there was none.
    pub result: Value,
    /// The error as JSON: code, message, detail, next; null when there was none.
    pub error: Value,
}

impl Outcome {
    /// The stable code of the error.
    #[must_use]
    pub fn code(&self) -> &str {
        self.error["code"].as_str().unwrap_or_default()
    }
}

/// Runs a command to its end.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn keyturn(args: &[&str], data: &Path) -> Outcome {
    let address = crate::harness::address(&data.join("keyturn.db"));
    let data = data.to_str().expect("a path in UTF-8");
    let mut all = [args, &["--data", data]].concat();
    if let Some(address) = &address {
        all.extend(["--database", address]);
    }
    bare(&all)
}

/// Runs a command that needs no database to its end.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn bare(args: &[&str]) -> Outcome {
    let mut command = Command::new(program());
    command.args(["--json", "--lang", "en"]).args(args);
    let output = command.stdin(Stdio::null()).output().expect("keyturn");
    let said = String::from_utf8_lossy(&output.stderr);
    let error = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Outcome {
        exit: output.status.code(),
        result: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        error: error
            .map(|v| v["error"].clone())
            .rfind(|v| !v.is_null())
            .unwrap_or_default(),
    }
}

/// A running `keyturn serve`; killed when it is dropped.
#[derive(Debug)]
pub struct Serve {
    child: Child,
    /// Where it listens.
    pub url: String,
}

impl Serve {
    /// Starts it on a free port, and waits until it listens.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    pub fn start(data: &Path) -> Self {
        Self::start_at(data, "127.0.0.1:0")
    }

    /// Starts it at an address, and waits until it listens.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    pub fn start_at(data: &Path, listen: &str) -> Self {
        Self::listening(data, Self::spawn(data, listen))
    }

    /// Starts it on a free port with more arguments, which may name another database, and waits until it listens.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    pub fn start_with(data: &Path, more: &[&str]) -> Self {
        Self::start_at_with(data, "127.0.0.1:0", more)
    }

    /// The same at an address.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    pub fn start_at_with(data: &Path, listen: &str, more: &[&str]) -> Self {
        let mut command = Self::command(data, listen, !more.contains(&"--database"));
        Self::listening(data, command.args(more).spawn().expect("keyturn serve"))
    }

    fn listening(data: &Path, mut child: Child) -> Self {
        let stdout = child.stdout.take().expect("its output");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("its first line");
        let Ok(facts) = serde_json::from_str::<Value>(&line) else {
            let log = std::fs::read_to_string(log_of(data)).unwrap_or_default();
            panic!("keyturn serve said {line:?}, and logged\n{log}");
        };
        let url = facts["listening"].as_str().expect("an address").to_owned();
        Self { child, url }
    }

    /// Starts it, and waits for nothing.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn spawn(data: &Path, listen: &str) -> Child {
        Self::command(data, listen, true).spawn().expect("keyturn serve")
    }

    /// Returns the command; with the database of a test that would lie in the folder, or without one.
    fn command(data: &Path, listen: &str, with_database: bool) -> Command {
        let log = File::options()
            .create(true)
            .append(true)
            .open(log_of(data))
            .expect("a log");
        let mut command = Command::new(program());
        command.args([
            "--json", "--lang", "en", "serve", "--listen", listen, "--log", "json", "--data",
        ]);
        command.arg(data);
        if let Some(address) = crate::harness::address(&data.join("keyturn.db"))
            && with_database
        {
            command.args(["--database", &address]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        command
    }

    /// What a server in this folder logged so far.
    #[must_use]
    pub fn log(data: &Path) -> String {
        std::fs::read_to_string(log_of(data)).unwrap_or_default()
    }

    /// Where it listens, without `http://`.
    #[must_use]
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Stops it as a service manager does, and waits until it has ended well.
    ///
    /// # Panics
    /// When it has not.
    pub fn stop(mut self) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().expect("kill");
        assert!(told.success(), "SIGTERM");
        let ended = self.child.wait().expect("its end");
        assert!(ended.success(), "{ended}");
    }

    /// Kills it with SIGKILL.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(&mut self) {
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("its end");
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Beside the folder, so that a full disk in it does not stop the log.
fn log_of(data: &Path) -> PathBuf {
    data.with_extension("log")
}
