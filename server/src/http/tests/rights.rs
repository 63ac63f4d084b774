//! The matrix of callers and routes: made from the table, compared with the page, and asked over HTTP.
use std::collections::BTreeSet;
use std::fmt::Write as _;

use keyturn_protocol::Code;

use super::wire::Wire;
use crate::http::{Permission, routes};
use crate::users::Role;

/// A caller: its name, and its token if it has one.
type Callers = Vec<(String, Option<String>)>;

async fn callers(wire: &Wire) -> Callers {
    let mut callers: Callers = vec![("nobody".to_owned(), None)];
    for (n, role) in Role::ALL.into_iter().enumerate() {
        let user = wire.bench.user_with(role).await;
        let phone = wire.phone(n as u8 + 1);
        wire.bench.enrol(&user, &phone).await;
        callers.push((format!("{role}"), Some(wire.token(&phone).await)));
        let reader = wire
            .bench
            .server
            .tokens()
            .create_reader(user.id, "curl", 3_600_000)
            .await
            .unwrap();
        callers.push((format!("{role} by reader's token"), Some(reader.secret.text)));
        let writer = wire
            .bench
            .server
            .tokens()
            .create_writer(user.id, "curl", 3_600_000)
            .await
            .unwrap();
        callers.push((format!("{role} by writer's token"), Some(writer.secret.text)));
    }
    for role in [Role::Reviewer, Role::Manager, Role::Administrator] {
        let user = wire.bench.user(&format!("{role}.of.all")).await;
        wire.bench
            .server
            .grants()
            .grant_server_wide(user.id, role)
            .await
            .unwrap();
        let token = wire
            .bench
            .server
            .tokens()
            .create_reader(user.id, "curl", 3_600_000)
            .await
            .unwrap();
        callers.push((format!("{role} of the server"), Some(token.secret.text)));
        let token = wire
            .bench
            .server
            .tokens()
            .create_writer(user.id, "curl", 3_600_000)
            .await
            .unwrap();
        callers.push((
            format!("{role} of the server by writer's token"),
            Some(token.secret.text),
        ));
    }
    let user = wire.bench.user("without.grant").await;
    wire.bench.enrol(&user, &wire.phone(100)).await;
    callers.push(("no grant".to_owned(), Some(wire.token(&wire.phone(100)).await)));
    let user = wire.bench.user("withdrawn").await;
    let grant = wire
        .bench
        .server
        .grants()
        .grant_server_wide(user.id, Role::Administrator)
        .await
        .unwrap();
    let device = wire.bench.enrol(&user, &wire.phone(101)).await.device;
    wire.bench
        .server
        .devices()
        .revoke(keyturn_domain::DeviceId(device))
        .await
        .unwrap();
    callers.push((
        format!("{} on a withdrawn device", grant.role),
        Some(wire.token(&wire.phone(101)).await),
    ));
    callers
}

/// What the page says: one line per route with who may call it.
fn page(lines: &[String]) -> String {
    let mut page = String::from(
        "# Rights\n\nWho may call which route, made from the table in `server/src/http/table/` and asked over HTTP by a \
         test.\nWhatever a route shows or changes is cut to its owner: `Proven` is whom the request itself proves to \
         be,\n`Scopes` the scopes that the login holds at that moment.\n\n| route | owner | callers |\n|---|---|---|\n",
    );
    for line in lines {
        writeln!(page, "{line}").unwrap();
    }
    page
}

#[tokio::test]
async fn the_matrix_is_what_the_page_says_and_what_the_server_does() {
    let wire = Wire::new().await;
    let callers = callers(&wire).await;
    let state = wire.bench.server.state();
    let mut lines = Vec::new();
    for route in routes() {
        let mut may = BTreeSet::new();
        for (name, token) in &callers {
            let login = match token {
                Some(token) => Some(state.login(token).await.unwrap()),
                None => None,
            };
            let expected = route
                .permission
                .check(login.as_deref(), state.now())
                .err()
                .map(|error| error.code());
            if expected.is_none() {
                may.insert(name.clone());
            }
            let path = route.path.replace(['{', '}'], "0");
            let bearer = token.as_ref().map(|token| format!("Bearer {token}"));
            let headers: Vec<(&str, &str)> = bearer.iter().map(|value| ("authorization", value.as_str())).collect();
            let answer = wire.send(route.method.as_str(), &path, &headers, b"").await;
            match expected {
                Some(code) => assert_eq!(answer.code(), Some(code), "{name} at {path}"),
                None => {
                    let refused = [Code::TokenMissing, Code::Forbidden, Code::Revoked];
                    assert!(
                        answer.code().is_none_or(|code| !refused.contains(&code)),
                        "{name} at {path}"
                    );
                }
            }
        }
        let names = match route.permission {
            Permission::Anyone => "anyone".to_owned(),
            _ => may.into_iter().collect::<Vec<_>>().join(", "),
        };
        lines.push(format!(
            "| `{} {}` | {:?} | {names} |",
            route.method, route.path, route.owner
        ));
    }
    let expected = page(&lines);
    assert_eq!(
        include_str!("../../../../docs/rights.md"),
        expected,
        "docs/rights.md should be:\n{expected}"
    );
}

#[test]
fn every_route_stands_once_has_a_filter_and_an_owner() {
    let mut seen = BTreeSet::new();
    for route in routes() {
        assert!(
            seen.insert((route.method.to_string(), route.path)),
            "{} {} stands twice",
            route.method,
            route.path
        );
        axum::routing::MethodFilter::try_from(route.method.clone()).unwrap();
        // Whoever is not asked who they are is shown nothing of anybody, or proves it by the request itself.
        let open = route.permission == Permission::Anyone;
        assert_eq!(
            open,
            route.owner != crate::http::Owner::Scopes,
            "{} {}",
            route.method,
            route.path
        );
        // What changes something by the API asks for a token that may.
        let asks = matches!(route.permission, Permission::Writers(_) | Permission::Keepers(_));
        assert_eq!(route.is_write(), asks, "{} {}", route.method, route.path);
    }
}
