//! What went wrong, and whose it is.

use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};

use crate::look;

/// What a command comes to.
pub(crate) type Outcome = Result<ExitCode, Failure>;

/// Why a command could not do what it was asked for.
pub(crate) enum Failure {
    /// The person at the keyboard can mend it.
    Input(String),
    /// None of theirs.
    Ours(String),
    /// The registry cannot be read.
    Registry(Box<pings_build::Failure>),
    /// The registry to compare with cannot be read by today's rules.
    OldRegistry(Box<pings_build::Failure>),
}

/// What to do about an old registry.
const OLD: &str = "the old registry does not pass today's rules, so nothing can be compared with it\n\
    help: compare with a newer one, or mend a copy of it";

impl Failure {
    /// Says so, to programs too, and the exit code.
    pub(crate) fn report(self, is_json: bool) -> ExitCode {
        if is_json {
            let message = match &self {
                Self::Input(message) | Self::Ours(message) => message.clone(),
                Self::Registry(failure) => failure.message(false),
                Self::OldRegistry(failure) => format!("{}\n{OLD}", failure.message(false)),
            };
            look::say_json(&serde_json::json!({ "ok": false, "error": message }));
        }
        match self {
            Self::Input(message) => {
                look::error(&message);
                ExitCode::from(1)
            }
            Self::Ours(message) => {
                look::error(&message);
                ExitCode::from(2)
            }
            Self::OldRegistry(failure) => {
                let colour = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
                look::complain(&failure.message(colour));
                look::error(OLD);
                ExitCode::from(1)
            }
            Self::Registry(failure) => {
                let colour = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
                look::complain(&failure.message(colour));
                ExitCode::from(1)
            }
        }
    }
}

impl From<pings_payload::NotAWeek> for Failure {
    fn from(error: pings_payload::NotAWeek) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<pings_runtime::Error> for Failure {
    fn from(error: pings_runtime::Error) -> Self {
        if error.is_input() {
            Self::Input(error.to_string())
        } else {
            Self::Ours(error.to_string())
        }
    }
}
