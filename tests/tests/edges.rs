//! Who may depend on whom (docs/adr/0001-workspace.md), read from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

/// Every member of the workspace and the members that it may depend on. `keyturn-tests` may use anything.
const ALLOWED: &[(&str, &[&str])] = &[
    ("keyturn-domain", &[]),
    ("keyturn-protocol", &["keyturn-domain"]),
    ("keyturn-store", &["keyturn-domain"]),
    (
        "keyturn-client",
        &["keyturn-domain", "keyturn-protocol", "keyturn-store"],
    ),
    ("keyturn-ffi", &["keyturn-client", "keyturn-domain"]),
    ("keyturn-server", &["keyturn-domain", "keyturn-protocol"]),
    ("keyturn", &["keyturn-client", "keyturn-server"]),
];

/// What must not be linked, however many steps away.
const NEVER_LINKED: &[(&str, &[&str])] = &[
    ("keyturn-domain", &["tokio", "rusqlite", "sqlx", "reqwest", "axum"]),
    // It reaches buckets by reqwest, as `object_store` brings it; a phone's way to a server it has not.
    ("keyturn-server", &["keyturn-store", "keyturn-client", "rusqlite"]),
    ("keyturn-ffi", &["keyturn-server", "axum", "sqlx", "clap"]),
    ("keyturn-client", &["keyturn-server", "axum", "sqlx", "clap"]),
];

#[test]
fn members_depend_only_where_allowed() {
    let metadata = metadata();
    let members: BTreeSet<&str> = metadata
        .workspace_packages()
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut wrong = Vec::new();
    for member in metadata.workspace_packages() {
        let name = member.name.as_str();
        if name == "keyturn-tests" {
            continue;
        }
        let Some(may) = allowed.get(name) else {
            wrong.push(format!("{name} has no row in ALLOWED"));
            continue;
        };
        let normal = member
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal);
        for dependency in normal.filter(|dependency| members.contains(dependency.name.as_str())) {
            if !may.contains(&dependency.name.as_str()) {
                wrong.push(format!("{name} must not depend on {}", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_binary_takes_the_client_for_the_demo_only() {
    let metadata = metadata();
    let binary = package(&metadata, "keyturn");
    for dependency in binary
        .dependencies
        .iter()
        .filter(|dependency| dependency.name == "keyturn-client")
    {
        assert!(dependency.optional, "keyturn-client must be optional");
    }
    for (feature, parts) in &binary.features {
        let takes = parts
            .iter()
            .any(|part| part.starts_with("dep:keyturn-client") || part.starts_with("keyturn-client/"));
        assert!(
            !takes || feature == "demo",
            "the feature {feature} must not bring the client"
        );
    }
}

#[test]
fn nothing_forbidden_is_linked() {
    let metadata = metadata();
    let mut wrong = Vec::new();
    for (root, forbidden) in NEVER_LINKED {
        let linked = linked(&metadata, &package(&metadata, root).id);
        for name in forbidden.iter().filter(|name| linked.contains(**name)) {
            wrong.push(format!("{root} links {name}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The workspace as cargo resolves it for this machine.
fn metadata() -> Metadata {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    MetadataCommand::new()
        .manifest_path(manifest)
        .other_options(["--locked".to_owned(), "--filter-platform".to_owned(), host()])
        .exec()
        .expect("cargo metadata")
}

fn host() -> String {
    let said = Command::new("rustc").arg("-vV").output().expect("rustc");
    let text = String::from_utf8(said.stdout).expect("UTF-8");
    let host = text
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("a host");
    host.to_owned()
}

fn package<'a>(metadata: &'a Metadata, name: &str) -> &'a Package {
    metadata
        .workspace_packages()
        .into_iter()
        .find(|member| member.name.as_str() == name)
        .expect("a member")
}

/// The names of all packages that normal dependencies reach from `root`.
fn linked(metadata: &Metadata, root: &PackageId) -> BTreeSet<String> {
    let resolve = metadata.resolve.as_ref().expect("a resolved graph");
    let nodes: BTreeMap<&PackageId, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut seen = BTreeSet::new();
    let mut next = vec![root];
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        for dependency in &nodes[id].deps {
            if dependency
                .dep_kinds
                .iter()
                .any(|kind| kind.kind == DependencyKind::Normal)
            {
                next.push(&dependency.pkg);
            }
        }
    }
    seen.into_iter().map(|id| metadata[id].name.to_string()).collect()
}
