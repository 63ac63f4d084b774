//! The server: prepared in this process, served by another one, so that its processor time and memory are its own.

use super::meter::Process;
use keyturn_domain::UserId;
use keyturn_domain::catalog::Catalog;
use keyturn_server::sync::{DemoLoaded, DemoOptions};
use keyturn_server::{Server, ServerConfig};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running server with the demo project, and codes for the phones that will be enrolled.
pub struct Office {
    child: Child,
    /// Where it listens.
    pub url: String,
    /// One code for each phone that was asked for.
    pub codes: Vec<String>,
}

impl Office {
    /// Loads the demo project, makes a code for each of `people`, and starts the server's process.
    pub async fn open(database: &Path, people: impl FnOnce(&DemoLoaded) -> Vec<UserId>) -> Self {
        let server = Server::open(ServerConfig::new(database.to_owned()))
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
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .arg("serve")
            .arg(database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut url = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut url).expect("its address");
        let url = url.trim().to_owned();
        Self { child, url, codes }
    }

    /// The server's process.
    pub fn process(&self) -> Process {
        Process(self.child.id())
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
        drop(self.child.stdin.take()); // the sign to stop
        let _ = self.child.wait();
    }
}

/// The other process: serves until its input ends.
pub async fn serve(database: &Path) {
    let server = Server::open(ServerConfig::new(database.to_owned()))
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
