//! Roles as the state machines know them, and who acts.
use std::fmt;

use keyturn_domain::UserId;
use keyturn_protocol::Code;

use crate::Error;

/// What a person may be on a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 工程师
    Engineer,
    /// 客户大使
    Ambassador,
    /// 后台
    Reviewer,
    /// 管理者
    Manager,
    /// 系统管理员
    Administrator,
    /// 分包班组
    Subcontractor,
    /// 其他员工: reports only
    Staff,
}

impl Role {
    /// Every role that a person may hold.
    pub const ALL: [Self; 7] = [
        Self::Engineer,
        Self::Ambassador,
        Self::Reviewer,
        Self::Manager,
        Self::Administrator,
        Self::Subcontractor,
        Self::Staff,
    ];

    /// Returns the code, as in `state_machines.json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Engineer => "engineer",
            Self::Ambassador => "ambassador",
            Self::Reviewer => "reviewer",
            Self::Manager => "manager",
            Self::Administrator => "administrator",
            Self::Subcontractor => "subcontractor",
            Self::Staff => "staff",
        }
    }

    /// Whether the role may be held on the whole server, with no project of its own.
    pub const fn may_be_server_wide(self) -> bool {
        matches!(self, Self::Reviewer | Self::Manager | Self::Administrator)
    }
}

impl std::str::FromStr for Role {
    type Err = Error;
    fn from_str(code: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == code);
        found.ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|role| role.as_str()).collect();
            Error::refused(Code::RoleUnknown, format!("{code}; there are {}", known.join(", ")))
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who does something to users, devices and grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Somebody at the machine, by the command line.
    Command,
    /// A person who is logged in.
    User(UserId),
    /// The server by itself, such as a task that was dispatched.
    Server,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command => f.write_str("command"),
            Self::User(user) => write!(f, "user:{user}"),
            Self::Server => f.write_str("server"),
        }
    }
}
