//! `keyturn config`: what is in force, and where it came from.

use super::{File, Source};
use crate::failure::Failure;
use crate::out::Out;
use crate::serve::ServeArgs;
use crate::words;
use clap::{ArgMatches, Args};
use std::path::Path;

/// Show the settings of `serve`, and where each came from
#[derive(Args, Debug)]
pub struct ConfigArgs {
    #[command(flatten)]
    serve: ServeArgs,
}

/// Runs the command; `matches` are those of this command.
///
/// # Errors
/// When nothing can be printed.
pub fn run(args: &ConfigArgs, file: &File, matches: &ArgMatches, out: &Out) -> Result<(), Failure> {
    let serve = &args.serve;
    let store = &serve.backup.store;
    let path = |path: Option<&Path>| path.map(|path| path.display().to_string()).unwrap_or_default();
    // Without a password, also where one stands in the address.
    let database = match &serve.data.database {
        Some(_) => serve.data.database()?.shown(),
        None => String::new(),
    };
    let all = [
        ("data", serve.data.data.display().to_string()),
        ("database", database),
        (
            "database_password_file",
            path(serve.data.database_password_file.as_deref()),
        ),
        ("listen", serve.listen.clone()),
        ("public_url", serve.public_url.clone().unwrap_or_default()),
        ("log", serve.log.to_string()),
        ("metrics", serve.metrics.clone().unwrap_or_default()),
        ("tls_certificate", path(serve.tls_certificate.as_deref())),
        ("tls_key", path(serve.tls_key.as_deref())),
        ("backup_to", path(serve.backup.backup_to.as_deref())),
        ("backup_every", serve.backup.backup_every.clone()),
        (
            "backup_keep",
            serve.backup.backup_keep.map(|n| n.to_string()).unwrap_or_default(),
        ),
        ("backup_recipients", path(serve.backup.backup_recipients.as_deref())),
        ("backup_second", serve.backup.backup_second.clone().unwrap_or_default()),
        (
            "backup_second_keep",
            serve
                .backup
                .backup_second_keep
                .map(|n| n.to_string())
                .unwrap_or_default(),
        ),
        ("s3_endpoint", store.s3_endpoint.clone().unwrap_or_default()),
        ("s3_region", store.s3_region.clone().unwrap_or_default()),
        ("s3_access_key_file", path(store.s3_access_key_file.as_deref())),
        ("s3_secret_key_file", path(store.s3_secret_key_file.as_deref())),
        ("traces", serve.traces.clone().unwrap_or_default()),
        ("api_per_minute", serve.api_per_minute.to_string()),
        ("logins_per_minute", serve.logins_per_minute.to_string()),
        ("trusted_proxies", serve.trusted_proxies.clone()),
    ];
    let from = |name: &str| match file.source(matches, name) {
        Source::BuiltIn => out.text(words::CONFIG_BUILT_IN, &[]),
        Source::File(path) => path.display().to_string(),
        Source::Environment => format!("KEYTURN_{}", name.to_uppercase()),
        Source::Flag => format!("--{}", name.replace('_', "-")),
    };
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|(name, value)| vec![(*name).to_owned(), value.clone(), from(name)])
        .collect();
    out.table(&[words::CONFIG_NAME, words::CONFIG_VALUE, words::CONFIG_FROM], &rows)?;
    let facts: serde_json::Map<String, serde_json::Value> = all
        .iter()
        .map(|(name, value)| {
            (
                (*name).to_owned(),
                serde_json::json!({ "value": value, "from": from(name) }),
            )
        })
        .collect();
    out.result(&facts)
}
