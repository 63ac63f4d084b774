//! A caller who holds every answer against the description of the server.

use crate::cases::world::World;
use keyturn_domain::UserId;
use keyturn_server::users::Role;
use keyturn_tests::harness::{Description, web};
use serde_json::Value;

/// A program with a token.
pub(super) struct Caller {
    url: String,
    token: String,
    pub(super) description: Description,
}

/// What was answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) tag: String,
    pub(super) json: Value,
}

impl Caller {
    /// A program in the name of a person.
    pub(super) async fn of(world: &World, user: UserId) -> Self {
        let made = world.server.tokens().create_reader(user, "tests", 3_600_000).await;
        Self {
            url: world.url.clone(),
            token: made.expect("a token").secret.text,
            description: Description::of(&world.url).await,
        }
    }

    /// A program that may also write.
    pub(super) async fn writer(world: &World, user: UserId) -> Self {
        let made = world.server.tokens().create_writer(user, "tests", 3_600_000).await;
        Self {
            token: made.expect("a token").secret.text,
            ..Self::of(world, user).await
        }
    }

    /// A program that may look after the server.
    pub(super) async fn keeper(world: &World) -> Self {
        let user = world.server.users().create("keeper", "").await.expect("a user").id;
        let grants = world.server.grants();
        grants
            .grant_server_wide(user, Role::Administrator)
            .await
            .expect("a role");
        Self::writer(world, user).await
    }

    /// A program of somebody who administers the server.
    pub(super) async fn administrator(world: &World) -> Self {
        let user = world.server.users().create("admin", "").await.expect("a user").id;
        for role in [Role::Administrator, Role::Manager] {
            world
                .server
                .grants()
                .grant_server_wide(user, role)
                .await
                .expect("a role");
        }
        Self::of(world, user).await
    }

    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let method: reqwest::Method = method.parse().expect("a method");
        let mut request = web()
            .request(method.clone(), format!("{}{path}", self.url))
            .bearer_auth(&self.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = |name: &str| {
            let value = answer.headers().get(name);
            value
                .map(|value| value.to_str().expect("text").to_owned())
                .unwrap_or_default()
        };
        let (kind, tag) = (text("content-type"), text("etag"));
        let bytes = answer.bytes().await.expect("a body");
        self.description.check(method.as_str(), path, status, &kind, &bytes);
        Answer {
            status,
            tag,
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        let answer = self.send("GET", path, &[], None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.json);
        answer.json
    }

    /// Reads a list to its end, page by page.
    pub(super) async fn all(&self, path: &str, limit: usize) -> Vec<Value> {
        let sign = if path.contains('?') { '&' } else { '?' };
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}{sign}limit={limit}{after}")).await;
            all.extend(page["items"].as_array().expect("items").iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return all,
            }
        }
    }

    /// Reads a record, then does something to it as it was read.
    pub(super) async fn act(&self, record: &str, deed: &Value) -> Answer {
        let path = format!("/api/v1/records/{record}");
        let read = self.send("GET", &path, &[], None).await;
        assert_eq!(read.status, 200, "{path}: {}", read.json);
        let headers = [("if-match", read.tag.as_str())];
        self.send("POST", &format!("{path}/commands"), &headers, Some(deed))
            .await
    }

    /// As [`Caller::act`], when it must succeed.
    pub(super) async fn done(&self, record: &str, deed: &Value) -> Value {
        let answer = self.act(record, deed).await;
        assert_eq!(answer.status, 200, "{deed}: {}", answer.json);
        answer.json
    }

    /// Posts what must succeed.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.send("POST", path, &[], Some(body)).await;
        assert!((200..300).contains(&answer.status), "{path} {body}: {}", answer.json);
        answer.json
    }

    /// The code of a problem.
    pub(super) async fn refused(&self, method: &str, path: &str) -> (u16, String) {
        let answer = self.send(method, path, &[], None).await;
        (
            answer.status,
            answer.json["code"].as_str().unwrap_or_default().to_owned(),
        )
    }
}
