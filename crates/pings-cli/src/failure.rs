//! What went wrong, and whose it is.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use pings_findings::failure;
use pings_registry::Source;
use serde_json::{Value as Json, json};

use crate::arguments::Format;
use crate::findings::{Item, Places, annotations, items, log, unreadable_log};
use crate::look;

/// What a command comes to.
pub(crate) type Outcome = Result<ExitCode, Failure>;

/// Why a command could not do what it was asked for.
pub(crate) enum Failure {
    /// The person at the keyboard can mend it.
    Input(String),
    /// None of theirs.
    Ours(String),
    /// The file of the registry cannot be read; with how to name another.
    NoFile {
        /// The file.
        path: PathBuf,
        /// The reason.
        message: String,
    },
    /// The registry has errors, or is not valid UTF-8.
    Registry(Box<pings_build::Failure>),
    /// The registry to compare with cannot be read by today's rules.
    OldRegistry(Box<pings_build::Failure>),
}

/// What to do about an old registry.
const OLD: &str = "the old registry does not pass today's rules, so nothing can be compared with it\n\
    help: compare with a newer one, or mend a copy of it";

impl Failure {
    /// Says so, to programs too, and the exit code.
    pub(crate) fn report(self, format: Format) -> ExitCode {
        match format {
            Format::Json => look::say_json(&self.json()),
            Format::Github => self.annotations().iter().for_each(|line| look::say(line)),
            Format::Markdown => look::say(&self.markdown()),
            Format::Sarif => look::say_json(&self.sarif()),
            Format::Human | Format::Csv => {}
        }
        match self {
            Self::Input(message) | Self::NoFile { message, .. } => {
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
            pings_build::Failure::Unreadable { ref path, .. } => Self::NoFile {
                path: path.clone(),
                message: format!(
                    "{}\nhelp: `--registry FILE` tells which registry, and PINGS_REGISTRY does",
                    failure.reason()
                ),
            },
            failure => Self::Registry(Box::new(failure)),
        }
    }

    /// The registry that cannot be read, if that is the reason.
    fn registry(&self) -> Option<&pings_build::Failure> {
        match self {
            Self::Registry(failure) | Self::OldRegistry(failure) => Some(failure),
            Self::Input(_) | Self::Ours(_) | Self::NoFile { .. } => None,
        }
    }

    /// The reason, and what to do, without colours.
    fn reason(&self) -> String {
        match self {
            Self::Input(message) | Self::Ours(message) | Self::NoFile { message, .. } => {
                message.clone()
            }
            Self::Registry(failure) => failure.reason(),
            Self::OldRegistry(failure) => format!("{}\n{OLD}", failure.reason()),
        }
    }

    /// For a workflow of GitHub: each mistake at its place, or the reason.
    fn annotations(&self) -> Vec<String> {
        // The lines of an old registry are not those of the file as it is.
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

    /// For a pull request.
    fn markdown(&self) -> String {
        let details = self.registry().map(|failure| failure.message(false));
        failure::markdown(&details.unwrap_or_else(|| self.reason()))
    }

    /// For code scanning.
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
            None => unreadable_log("pings.yaml", &self.reason()),
        }
    }

    /// The words alone, without what makes them an error on a terminal; mistakes one by one.
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
