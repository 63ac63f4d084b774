//! The server: prepared in this process, served by another one, so that its processor time and memory are its own.

use super::meter::Process;
use keyturn_domain::UserId;
use keyturn_domain::catalog::Catalog;
use keyturn_server::db::Database;
use keyturn_server::sync::{DemoLoaded, DemoOptions};
use keyturn_server::{Server, ServerConfig};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Running servers on one database, and codes for the phones that will be enrolled.
pub struct Office {
    children: Vec<Child>,
    /// Where the first of them listens.
    pub url: String,
    /// Where each of them listens.
    pub urls: Vec<String>,
    /// One code for each phone that was asked for.
    pub codes: Vec<String>,
}

/// The database at a path, or at the address of PostgreSQL.
pub fn database(place: &str) -> Database {
    if place.starts_with("postgres") {
        let folder = std::env::temp_dir().join("keyturn-measured");
        std::fs::create_dir_all(&folder).expect("a folder");
        return Database::parse(place, &folder, None).expect("an address");
    }
    Database::File(place.into())
}

impl Office {
    /// Loads the demo project, makes a code for each of `people`, and starts the server's process.
    pub async fn open(path: &Path, people: impl FnOnce(&DemoLoaded) -> Vec<UserId>) -> Self {
        Self::with(&path.to_string_lossy(), 1, people).await
    }

    /// As [`Office::open`], on any database, with so many servers.
    pub async fn with(place: &str, servers: usize, people: impl FnOnce(&DemoLoaded) -> Vec<UserId>) -> Self {
        let server = Server::open(ServerConfig::new(database(place)))
            .await
            .expect("a server");
        let catalog = Catalog::built_in().expect("sound data");
        let demo = server
            .sync()
            .load_demo(catalog, DemoOptions::default())
            .await
            .expect("the demo");
        let mut codes = Vec::new();
        for user in people(&demo) {
            codes.push(server.devices().create_enrolment(user).await.expect("a code").text);
        }
        server.close().await;
        drop(server);
        let mut office = Self::start(place, servers);
        office.codes = codes;
        office
    }

    /// Starts so many servers on a database that is there.
    pub fn start(place: &str, servers: usize) -> Self {
        let (children, urls): (Vec<Child>, Vec<String>) = (0..servers).map(|_| started(place)).unzip();
        Self {
            children,
            url: urls.first().expect("one server").clone(),
            urls,
            codes: Vec::new(),
        }
    }

    /// Processor time of all servers.
    pub fn cpu(&self) -> Duration {
        self.children.iter().map(|child| Process(child.id()).cpu()).sum()
    }

    /// The most memory that one of the servers ever had, in MB.
    pub fn peak_mb(&self) -> f64 {
        let peaks = self.children.iter().map(|child| Process(child.id()).peak_mb());
        peaks.fold(0.0, f64::max)
    }

    /// The server's process.
    pub fn process(&self) -> Process {
        Process(self.children.first().expect("one server").id())
    }

    /// The engineers of all teams, in the order of their first home.
    pub fn engineers(demo: &DemoLoaded) -> Vec<UserId> {
        let mut engineers: Vec<UserId> = Vec::new();
        for home in &demo.homes {
            let engineer = *home.assignees.first().expect("a team");
            if !engineers.contains(&engineer) {
                engineers.push(engineer);
            }
        }
        engineers
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        for child in &mut self.children {
            drop(child.stdin.take()); // the sign to stop
        }
        for child in &mut self.children {
            let _ = child.wait();
        }
    }
}

/// Starts a server and waits until it listens.
fn started(place: &str) -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["serve", place])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut url = String::new();
    let out = child.stdout.take().expect("its output");
    BufReader::new(out).read_line(&mut url).expect("its address");
    (child, url.trim().to_owned())
}

/// The other process: serves until its input ends.
pub async fn serve(place: &str) {
    let server = Server::open(ServerConfig::new(database(place)))
        .await
        .expect("a server");
    let listener = keyturn_server::bind("127.0.0.1:0").await.expect("a port");
    println!("http://{}", listener.local_addr().expect("an address"));
    std::io::stdout().flush().expect("an output");
    let stop = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    server
        .serve(listener, async {
            let _ = stop.await;
        })
        .await;
}
