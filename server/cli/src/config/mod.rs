//! Where settings come from: a file in TOML, then the environment, then flags; the later counts.
//!
//! The file becomes the defaults of the flags of the same name, so that there is one list of settings, and one place
//! that checks a value.

mod show;

pub use show::{ConfigArgs, run};

use crate::failure::Failure;
use clap::{ArgMatches, Command};
use keyturn_server::protocol::Code;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Names the file where no flag does.
pub const FILE_ENV: &str = "KEYTURN_CONFIG";

/// What the file may hold; each is the flag of that name.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    data: Option<String>,
    database: Option<String>,
    database_password_file: Option<String>,
    listen: Option<String>,
    public_url: Option<String>,
    log: Option<String>,
    metrics: Option<String>,
    tls_certificate: Option<String>,
    tls_key: Option<String>,
    backup_to: Option<String>,
    backup_every: Option<String>,
    backup_keep: Option<u32>,
    backup_recipients: Option<String>,
    backup_second: Option<String>,
    backup_second_keep: Option<u32>,
    s3_endpoint: Option<String>,
    s3_region: Option<String>,
    s3_access_key_file: Option<String>,
    s3_secret_key_file: Option<String>,
    traces: Option<String>,
    api_per_minute: Option<u32>,
    logins_per_minute: Option<u32>,
    trusted_proxies: Option<String>,
}

/// The settings of a file, by the name of their flag.
#[derive(Debug, Default)]
pub struct File {
    path: Option<PathBuf>,
    values: BTreeMap<&'static str, String>,
}

impl File {
    /// Reads the file that the command line or the environment names; none named: no settings.
    ///
    /// # Errors
    /// `config_bad` with line and column, for a file that is not there, no TOML, or has a name that is no setting.
    pub fn find(args: &[String], env: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let mut args = args.iter().take_while(|arg| *arg != "--");
        let mut named = None;
        while let Some(arg) = args.next() {
            match arg.strip_prefix("--config") {
                Some("") => named = args.next().cloned(),
                Some(rest) => named = rest.strip_prefix('=').map(str::to_owned).or(named),
                None => {}
            }
        }
        match named.or_else(|| env(FILE_ENV).filter(|path| !path.is_empty())) {
            Some(path) => Self::read(Path::new(&path)),
            None => Ok(Self::default()),
        }
    }

    fn read(path: &Path) -> Result<Self, Failure> {
        let bad = |error: &dyn std::fmt::Display| Failure::new(Code::ConfigBad, format!("{}: {error}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|e| bad(&e))?;
        let Settings {
            data,
            database,
            database_password_file,
            listen,
            public_url,
            log,
            metrics,
            tls_certificate,
            tls_key,
            backup_to,
            backup_every,
            backup_keep,
            backup_recipients,
            backup_second,
            backup_second_keep,
            s3_endpoint,
            s3_region,
            s3_access_key_file,
            s3_secret_key_file,
            traces,
            api_per_minute,
            logins_per_minute,
            trusted_proxies,
        } = toml::from_str(&text).map_err(|e| bad(&e))?;
        let all = [
            ("data", data),
            ("database", database),
            ("database_password_file", database_password_file),
            ("listen", listen),
            ("public_url", public_url),
            ("log", log),
            ("metrics", metrics),
            ("tls_certificate", tls_certificate),
            ("tls_key", tls_key),
            ("backup_to", backup_to),
            ("backup_every", backup_every),
            ("backup_keep", backup_keep.map(|n| n.to_string())),
            ("backup_recipients", backup_recipients),
            ("backup_second", backup_second),
            ("backup_second_keep", backup_second_keep.map(|n| n.to_string())),
            ("s3_endpoint", s3_endpoint),
            ("s3_region", s3_region),
            ("s3_access_key_file", s3_access_key_file),
            ("s3_secret_key_file", s3_secret_key_file),
            ("traces", traces),
            ("api_per_minute", api_per_minute.map(|n| n.to_string())),
            ("logins_per_minute", logins_per_minute.map(|n| n.to_string())),
            ("trusted_proxies", trusted_proxies),
        ];
        let values = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Ok(Self {
            path: Some(path.to_owned()),
            values: values.collect(),
        })
    }

    /// Makes the settings the defaults of the flags of the same name, in every command that has one.
    pub fn apply(&self, mut command: Command) -> Command {
        for (name, value) in &self.values {
            if command.get_arguments().any(|arg| arg.get_id() == name) {
                command = command.mut_arg(name, |arg| arg.default_value(value.clone()));
            }
        }
        let below: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
        for name in below {
            command = command.mut_subcommand(&name, |c| self.apply(c));
        }
        command
    }

    /// Tells where the value of a flag came from, for `keyturn config`.
    fn source(&self, matches: &ArgMatches, name: &str) -> Source {
        use clap::parser::ValueSource;
        match matches.value_source(name) {
            Some(ValueSource::CommandLine) => Source::Flag,
            Some(ValueSource::EnvVariable) => Source::Environment,
            _ => match self.path.as_ref().filter(|_| self.values.contains_key(name)) {
                Some(path) => Source::File(path.clone()),
                None => Source::BuiltIn,
            },
        }
    }
}

/// Where a value came from.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    BuiltIn,
    File(PathBuf),
    Environment,
    Flag,
}

#[cfg(test)]
mod tests {
    use super::File;

    fn find(args: &[&str], env: Option<&str>) -> Result<File, String> {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        File::find(&args, |_| env.map(str::to_owned)).map_err(|e| format!("{e:?}"))
    }

    #[test]
    fn a_file_is_named_by_flag_or_environment_and_mistakes_name_their_line() {
        let folder = tempfile::tempdir().unwrap();
        let good = folder.path().join("keyturn.toml");
        std::fs::write(&good, "listen = \"0.0.0.0:80\"\ndata = \"/数据\"\n").unwrap();
        let good = good.to_str().unwrap();
        let bad = folder.path().join("bad.toml");
        std::fs::write(&bad, "listen = \"x\"\nlissten = 1\n").unwrap();
        assert!(find(&["keyturn", "serve"], None).unwrap().values.is_empty());
        for args in [
            vec!["keyturn", "--config", good],
            vec!["keyturn", &format!("--config={good}")],
        ] {
            assert_eq!(find(&args, Some("/nowhere")).unwrap().values["data"], "/数据");
        }
        assert_eq!(find(&[], Some(good)).unwrap().values.len(), 2);
        let told = find(&[], bad.to_str()).unwrap_err();
        assert!(told.contains("line 2") && told.contains("lissten"), "{told}");
        assert!(find(&["keyturn", "--config", "/nowhere/at/all"], None).is_err());
    }
}
