//! What went wrong, and whose it is.

use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use pings_registry::Source;
use serde_json::{Value as Json, json};

use crate::findings::{Item, Places, items};
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
            look::say_json(&self.json());
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

impl Failure {
    /// The failure of a registry; where its file cannot be read, with how to name another.
    pub(crate) fn of_registry(failure: pings_build::Failure) -> Self {
        match failure {
            pings_build::Failure::Unreadable { .. } => Self::Input(format!(
                "{}\nhelp: `--registry FILE` tells which registry, and PINGS_REGISTRY does",
                failure.reason()
            )),
            failure => Self::Registry(Box::new(failure)),
        }
    }

    /// The words alone, without what makes them an error on a terminal; mistakes one by one.
    fn json(&self) -> Json {
        let (message, failure) = match self {
            Self::Input(message) | Self::Ours(message) => (message.clone(), None),
            Self::Registry(failure) => (failure.reason(), Some(failure)),
            Self::OldRegistry(failure) => (format!("{}\n{OLD}", failure.reason()), Some(failure)),
        };
        let mut json = json!({ "ok": false, "error": message.replace("\nerror: ", "\n") });
        if let Some(pings_build::Failure::Mistakes {
            name,
            text,
            diagnostics,
        }) = failure.map(|it| &**it)
        {
            let mistakes: Vec<Item<'_>> = diagnostics.iter().map(Item::mistake).collect();
            json["mistakes"] = items(&Places::of(Source { name, text }), &mistakes).into();
        }
        json
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
