//! The one error that crosses.

use keyturn_client::{Action, ClientError};

/// What the app can do, and the stable code that the app shows in its own words. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum CoreError {
    /// Try again later; nobody has to do anything.
    #[error("{code}")]
    Retry {
        /// The stable code.
        code: String,
    },
    /// Enrol this phone.
    #[error("{code}")]
    Enrol {
        /// The stable code.
        code: String,
    },
    /// Make room on the disk.
    #[error("{code}")]
    MakeRoom {
        /// The stable code.
        code: String,
    },
    /// Draw the screen anew and let the person decide again.
    #[error("{code}")]
    Redraw {
        /// The stable code.
        code: String,
    },
    /// Update the app.
    #[error("{code}")]
    Update {
        /// The stable code.
        code: String,
    },
    /// Show the code; nothing helps by itself.
    #[error("{code}")]
    Show {
        /// The stable code.
        code: String,
    },
}

impl From<ClientError> for CoreError {
    fn from(error: ClientError) -> Self {
        let code = error.code().to_owned();
        match error.action() {
            Action::Retry => Self::Retry { code },
            Action::Enrol => Self::Enrol { code },
            Action::MakeRoom => Self::MakeRoom { code },
            Action::Redraw => Self::Redraw { code },
            Action::Update => Self::Update { code },
            Action::Show => Self::Show { code },
        }
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for CoreError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Show {
            code: "callback_failed".to_owned(),
        }
    }
}
