//! Why an intent was not done.

/// Why an intent was not done. The code is stable; no text of the intent stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the intent was refused: {}", self.code())]
pub enum Refusal {
    /// The kind is of another version.
    UnknownKind,
    /// The payload is not of its form.
    Payload,
    /// More than an intent may carry.
    TooLarge,
    /// The place, row or subject is not there, or not for whoever asks.
    Unknown,
    /// Not in this role.
    Role,
    /// Something that is needed is missing.
    Missing(&'static str),
    /// A code of no list.
    UnknownCode,
    /// The machine does not allow the event now.
    Illegal,
    /// Somebody else did the same differently: the office decides.
    Collides,
    /// The subject was erased.
    Erased,
}

impl Refusal {
    /// Returns the stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownKind => "unknown_intent",
            Self::Payload => "bad_payload",
            Self::TooLarge => "too_large",
            Self::Unknown => "unknown_subject",
            Self::Role => "role",
            Self::Missing(_) => "missing",
            Self::UnknownCode => "unknown_code",
            Self::Illegal => "illegal",
            Self::Collides => "collides",
            Self::Erased => "erased",
        }
    }
}

impl From<crate::catalog::Illegal> for Refusal {
    fn from(why: crate::catalog::Illegal) -> Self {
        if why == crate::catalog::Illegal::Role {
            Self::Role
        } else {
            Self::Illegal
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn every_code_is_documented() {
        let page = include_str!("../../../../docs/errors.md");
        let all = [
            Refusal::UnknownKind,
            Refusal::Payload,
            Refusal::TooLarge,
            Refusal::Unknown,
            Refusal::Role,
            Refusal::Missing(""),
            Refusal::UnknownCode,
            Refusal::Illegal,
            Refusal::Collides,
            Refusal::Erased,
        ];
        for refusal in all {
            let code = format!("- `{}`", refusal.code());
            assert!(page.contains(&code), "docs/errors.md lacks {code}");
        }
    }
}
