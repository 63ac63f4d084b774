//! Why a command did not succeed: stable code, words, what to do next, exit code.

use crate::lang::Lang;
use crate::words;
use keyturn_server::Error;
use keyturn_server::db::DbError;
use keyturn_server::protocol::Code;
use std::io::Write as _;

/// What the process ends with; documented in `--help` and docs/cli.md. 2 is clap's, for wrong usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It went wrong.
    Failed = 1,
    /// What was named does not exist, or may not be done.
    Refused = 3,
    /// The database or the disk needs a person: locked, newer, damaged, full.
    Storage = 4,
    /// Nobody answers, or the port is taken.
    Network = 5,
    /// A check found something wrong: something was lost, phones disagree, an export is damaged.
    Check = 6,
    /// Ctrl-C, or nobody reads standard output any more: there is nothing to tell.
    Stopped = 130,
}

/// What was found stands on standard output already.
const FINDINGS: &str = "findings";

/// A failure as it is told.
#[derive(Clone, Debug)]
pub struct Failure {
    code: String,
    detail: Option<String>,
    exit: Exit,
    /// Every mistake, for persons and for programs.
    listed: Vec<(String, serde_json::Value)>,
}

impl Failure {
    /// A failure with a code of the table, and what exactly.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            code: code.as_str().to_owned(),
            detail: (!detail.is_empty()).then_some(detail),
            exit: exit_of(code),
            listed: Vec::new(),
        }
    }

    /// The same failure with every single mistake: as a line for persons, as a value for programs.
    pub fn listing(self, listed: Vec<(String, serde_json::Value)>) -> Self {
        Self { listed, ..self }
    }

    /// A code as it came over the wire; a newer server may have one that this program does not know.
    pub fn of_code(code: &str, detail: impl Into<String>) -> Self {
        match Code::parse(code) {
            Some(known) => Self::new(known, detail),
            None => Self {
                code: code.to_owned(),
                ..Self::new(Code::Internal, detail)
            },
        }
    }

    /// Something that no code stands for; the words are English and for whoever reads the report.
    pub fn internal(detail: impl std::fmt::Display) -> Self {
        Self::new(Code::Internal, detail.to_string())
    }

    /// Somebody ended it.
    pub fn stopped() -> Self {
        Self {
            code: "stopped".to_owned(),
            exit: Exit::Stopped,
            ..Self::new(Code::Internal, "")
        }
    }

    /// The doctor found something, and has told it.
    pub fn findings() -> Self {
        Self {
            code: FINDINGS.to_owned(),
            ..Self::new(Code::Internal, "")
        }
    }

    /// A check found something wrong.
    #[cfg(feature = "demo")]
    pub fn check(detail: impl Into<String>) -> Self {
        Self {
            code: "check_failed".to_owned(),
            exit: Exit::Check,
            ..Self::new(Code::Internal, detail)
        }
    }

    /// Returns the stable code.
    #[cfg(feature = "demo")]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns what the process ends with.
    pub const fn exit(&self) -> Exit {
        self.exit
    }

    /// Tells it on standard error, for a person or for a program.
    pub fn tell(&self, lang: Lang, json: bool) {
        if self.exit == Exit::Stopped || self.code == FINDINGS {
            return;
        }
        let known = Code::parse(&self.code);
        let said = match known {
            Some(Code::Internal) => lang.pick("出错了", "Something went wrong"),
            // The words of the table are for a phone, which tries again by itself.
            Some(Code::Offline) => lang.pick("服务器没有应答", "No answer from the server"),
            Some(code) => lang.pick(code.zh(), code.en()),
            None if self.exit == Exit::Check => lang.pick("检查没有通过", "A check did not pass"),
            None => lang.pick("操作没有完成", "It could not be done"),
        };
        let next = known.and_then(words::next).map(|w| lang.pick(w.zh, w.en));
        let mut lines = Vec::new();
        if json {
            let mut error =
                serde_json::json!({ "code": self.code, "message": said, "detail": self.detail, "next": next });
            if let Some(members) = error.as_object_mut().filter(|_| !self.listed.is_empty()) {
                let all = self.listed.iter().map(|(_, value)| value.clone()).collect();
                members.insert("problems".to_owned(), all);
            }
            lines.push(serde_json::json!({ "error": error }).to_string());
        } else {
            lines.extend(self.listed.iter().map(|(line, _)| line.clone()));
            lines.push(words::ERROR.fill(lang, &[&said, &self.code]));
            lines.extend(self.detail.as_ref().map(|d| words::ERROR_DETAIL.fill(lang, &[d])));
            lines.extend(next.map(|n| words::ERROR_NEXT.fill(lang, &[&n])));
        }
        let mut stderr = std::io::stderr().lock();
        for line in lines {
            // When nobody listens on standard error there is nobody left to tell.
            let _ = writeln!(stderr, "{line}");
        }
    }
}

const fn exit_of(code: Code) -> Exit {
    match code {
        Code::DbLocked
        | Code::DbNewer
        | Code::DbOlder
        | Code::DbDamaged
        | Code::DbUnusable
        | Code::DbBusy
        | Code::DbRefused
        | Code::DbNotEmpty
        | Code::DbEngine
        | Code::CopyDiffers
        | Code::FileUnusable
        | Code::DiskFull
        | Code::BackupUnusable
        | Code::BackupUnsound
        | Code::BackupDamaged
        | Code::BackupKeyMissing
        | Code::BackupKeyWrong
        | Code::ObjectsRefused => Exit::Storage,
        Code::PortInUse
        | Code::DbUnreachable
        | Code::ObjectsUnreachable
        | Code::Offline
        | Code::CaptivePortal
        | Code::Timeout
        | Code::NotReady
        | Code::ShuttingDown => Exit::Network,
        Code::Internal
        | Code::DataBroken
        | Code::Protocol
        | Code::ConfigBad
        | Code::ImportRefused
        | Code::EditionRefused => Exit::Failed,
        Code::ExportDamaged => Exit::Check,
        _ => Exit::Refused,
    }
}

/// The words of a code stand in the table; of a database only the path and what SQLite said are added.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = error.code();
        let detail = match error {
            Error::Db(error) => of_db(&error),
            Error::Refused { detail, .. } => detail.unwrap_or_default(),
            Error::Internal(words) => words,
            Error::Command { reason, detail } => format!("{reason} {detail}"),
            Error::Mistakes(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
            Error::Nonce(_) | Error::Changed(_) | Error::Later(_) => String::new(),
        };
        Self::new(code, detail)
    }
}

fn of_db(error: &DbError) -> String {
    match error {
        DbError::Locked { path } => path.display().to_string(),
        DbError::Newer { path, found, known } => format!("{}: schema {found} > {known}", path.display()),
        DbError::Older { path, found } => format!("{}: schema {found}", path.display()),
        DbError::Damaged { path, detail }
        | DbError::Unusable { path, detail }
        | DbError::Unreachable { path, detail }
        | DbError::Refused { path, detail } => {
            format!("{}: {detail}", path.display())
        }
        DbError::Full | DbError::Busy => String::new(),
        DbError::Constraint(words) | DbError::Shape(words) | DbError::Failed(words) => words.clone(),
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::from(Error::from(error))
    }
}
