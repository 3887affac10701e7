//! Failures of commands, and who can fix them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use pings_findings::check::{Item, Places, annotations, failed_log, items, log, unreadable_log};
use pings_findings::failure;
use pings_registry::Source;
use serde_json::{Value as Json, json};

use crate::arguments::FailureFormat;
use crate::output;

/// The result of a command.
pub(crate) type Outcome = Result<ExitCode, Failure>;

/// The reason why a command failed.
pub(crate) enum Failure {
    /// A mistake in the user's input.
    Input(String),
    /// An internal or environment failure.
    Ours(String),
    /// The registry file cannot be read. The message says how to name another file.
    NoFile {
        /// The file.
        path: PathBuf,
        /// The reason.
        message: String,
    },
    /// The registry has errors, or is not valid UTF-8.
    Registry(Box<pings_build::Failure>),
    /// The registry to compare with does not pass the current rules.
    OldRegistry(Box<pings_build::Failure>),
}

/// The help for an old registry that does not pass the current rules.
const OLD: &str = "the old registry does not pass the current rules, so it cannot be compared\n\
    help: compare with a newer registry, or fix a copy of the old registry";

impl Failure {
    /// Reports the failure in a format, and returns the exit code.
    pub(crate) fn report(self, format: FailureFormat) -> ExitCode {
        match format {
            FailureFormat::Json => output::say_json(&self.json()),
            FailureFormat::Github => self.annotations().iter().for_each(|line| output::say(line)),
            FailureFormat::Markdown => output::say(&self.markdown()),
            FailureFormat::Sarif => output::say_json(&self.sarif()),
            FailureFormat::Human => {}
        }
        match self {
            Self::Input(message) | Self::NoFile { message, .. } => {
                output::error(&message);
                ExitCode::from(1)
            }
            Self::Ours(message) => {
                output::error(&message);
                ExitCode::from(2)
            }
            Self::OldRegistry(failure) => {
                let colour = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
                output::complain(&failure.message(colour));
                output::error(OLD);
                ExitCode::from(1)
            }
            Self::Registry(failure) => {
                let colour = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
                output::complain(&failure.message(colour));
                ExitCode::from(1)
            }
        }
    }
}

impl Failure {
    /// Converts the failure of a registry. If the file cannot be read, the message says how to name
    /// another file.
    pub(crate) fn of_registry(failure: pings_build::Failure) -> Self {
        match failure {
            pings_build::Failure::Unreadable { ref path, .. } => Self::NoFile {
                path: path.clone(),
                message: format!(
                    "{}\nhelp: start a registry with `pings init`, or name its file with `--registry FILE` or PINGS_REGISTRY",
                    failure.reason()
                ),
            },
            failure => Self::Registry(Box::new(failure)),
        }
    }

    /// Converts an error. If something is missing, `help` says how to create it.
    pub(crate) fn with_help(error: pings_runtime::Error, help: &str) -> Self {
        let is_input = error.is_input();
        let mut message = error.to_string();
        if error.is_missing() {
            message = format!("{message}\nhelp: {help}");
        }
        match is_input {
            true => Self::Input(message),
            false => Self::Ours(message),
        }
    }

    /// Returns the failure of the registry, if that is the reason.
    fn registry(&self) -> Option<&pings_build::Failure> {
        match self {
            Self::Registry(failure) | Self::OldRegistry(failure) => Some(failure),
            Self::Input(_) | Self::Ours(_) | Self::NoFile { .. } => None,
        }
    }

    /// Returns the complete message, with all mistakes of a registry, without colours.
    pub(crate) fn message(&self) -> String {
        match self.registry() {
            Some(failure) => failure.message(false),
            None => self.reason(),
        }
    }

    /// Returns the reason and the help, without colours.
    fn reason(&self) -> String {
        match self {
            Self::Input(message) | Self::Ours(message) | Self::NoFile { message, .. } => {
                message.clone()
            }
            Self::Registry(failure) => failure.reason(),
            Self::OldRegistry(failure) => format!("{}\n{OLD}", failure.reason()),
        }
    }

    /// Returns annotations for GitHub: one for each mistake at its position, or one with the
    /// reason.
    fn annotations(&self) -> Vec<String> {
        // The line numbers of an old registry do not match the current file.
        if let Self::Registry(failure) = self
            && let pings_build::Failure::Mistakes {
                name,
                text,
                diagnostics,
            } = &**failure
        {
            let file = pings_build::from_root(Path::new(name));
            let mistakes: Vec<Item<'_>> = diagnostics.iter().map(Item::mistake).collect();
            return annotations(&Places::of(Source { name: &file, text }), &mistakes);
        }
        vec![failure::github(&self.reason())]
    }

    /// Returns Markdown for a pull request.
    fn markdown(&self) -> String {
        let details = self.registry().map(|failure| failure.message(false));
        failure::markdown(&details.unwrap_or_else(|| self.reason()))
    }

    /// Returns SARIF for code scanning.
    fn sarif(&self) -> Json {
        if let Self::NoFile { path, message } = self {
            return unreadable_log(&pings_build::from_root(path), message);
        }
        match self.registry() {
            Some(pings_build::Failure::Mistakes {
                name,
                text,
                diagnostics,
            }) => {
                let file = pings_build::from_root(Path::new(name));
                let mistakes: Vec<Item<'_>> = diagnostics.iter().map(Item::mistake).collect();
                log(&Places::of(Source { name: &file, text }), &mistakes)
            }
            Some(
                pings_build::Failure::Unreadable { path, .. }
                | pings_build::Failure::NotUtf8 { path, .. },
            ) => unreadable_log(&pings_build::from_root(path), &self.reason()),
            None => failed_log(&self.reason()),
        }
    }

    /// Returns JSON with the plain message, and with each mistake separately.
    fn json(&self) -> Json {
        let (message, failure) = (self.reason(), self.registry());
        let mut json = json!({ "ok": false, "error": message.replace("\nerror: ", "\n") });
        if let Some(pings_build::Failure::Mistakes {
            name,
            text,
            diagnostics,
        }) = failure
        {
            let mistakes: Vec<Item<'_>> = diagnostics.iter().map(Item::mistake).collect();
            json["mistakes"] = items(&Places::of(Source { name, text }), &mistakes).into();
        }
        json
    }
}

impl From<pings_payload::WeekError> for Failure {
    fn from(error: pings_payload::WeekError) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<pings_runtime::Error> for Failure {
    fn from(error: pings_runtime::Error) -> Self {
        Self::with_help(error, "create it with `pings init`")
    }
}
