//! A registry from a file.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use pings_model::Registry;
use pings_registry::{Diagnostic, Finding, Levels, Source, render};

use crate::findings::counted;

/// A registry and the text that it was read from.
#[derive(Debug)]
pub struct Loaded {
    /// The text of the file.
    pub text: String,
    /// What it says.
    pub registry: Registry,
}

/// A registry, and what its lints found.
#[derive(Debug)]
pub struct Linted {
    /// The registry.
    pub loaded: Loaded,
    /// What the lints found, also what the registry suppresses.
    pub findings: Vec<Finding>,
}

/// Why there is no registry.
#[derive(Debug)]
pub enum Failure {
    /// The file cannot be read.
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file is not UTF-8.
    NotUtf8 {
        /// Which.
        path: PathBuf,
        /// The first byte that is not.
        byte: usize,
    },
    /// The registry has mistakes.
    Mistakes {
        /// What the messages call the file.
        name: String,
        /// Its text.
        text: String,
        /// All of them.
        diagnostics: Vec<Diagnostic>,
    },
}

/// Reads the registry of a file.
///
/// # Errors
///
/// Where the file cannot be read, or the registry has mistakes.
pub fn load(path: &Path) -> Result<Loaded, Failure> {
    read(&path.display().to_string(), text_of(path)?)
}

/// Reads the registry of a text; messages call it by that name.
///
/// # Errors
///
/// Where the registry has mistakes.
pub fn read(name: &str, text: String) -> Result<Loaded, Failure> {
    match pings_registry::parse(&text) {
        Ok(registry) => Ok(Loaded { text, registry }),
        Err(diagnostics) => Err(mistakes(name, text, diagnostics)),
    }
}

/// Reads the registry of a file, and looks for what is seldom meant.
///
/// # Errors
///
/// As of [`load`]: what lints find is no failure.
pub fn lint(path: &Path, levels: &Levels) -> Result<Linted, Failure> {
    let text = text_of(path)?;
    match pings_registry::check(&text, levels) {
        Ok(checked) => Ok(Linted {
            loaded: Loaded {
                text,
                registry: checked.registry,
            },
            findings: checked.findings,
        }),
        Err(diagnostics) => Err(mistakes(&path.display().to_string(), text, diagnostics)),
    }
}

fn text_of(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::Unreadable {
        path: path.to_owned(),
        error,
    })?;
    String::from_utf8(bytes).map_err(|error| Failure::NotUtf8 {
        path: path.to_owned(),
        byte: error.utf8_error().valid_up_to(),
    })
}

fn mistakes(name: &str, text: String, diagnostics: Vec<Diagnostic>) -> Failure {
    Failure::Mistakes {
        name: name.to_owned(),
        text,
        diagnostics,
    }
}

impl Failure {
    /// What is wrong, in one sentence and what to do; of mistakes only how many they are.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Unreadable { path, error } => {
                format!("cannot read {}: {error}", path.display())
            }
            Self::NotUtf8 { path, byte } => format!(
                "{} is not UTF-8 text: its byte {byte} is not\nhelp: save it as UTF-8",
                path.display(),
            ),
            Self::Mistakes {
                name, diagnostics, ..
            } => format!("{name} has {}", counted(diagnostics.len(), "mistake")),
        }
    }

    /// The whole message, several lines; in colour if wanted.
    #[must_use]
    pub fn message(&self, colour: bool) -> String {
        let mut message = String::new();
        if let Self::Mistakes {
            name,
            text,
            diagnostics,
        } = self
        {
            let source = Source { name, text };
            for diagnostic in diagnostics {
                message.push_str(&render(source, diagnostic, colour));
                message.push_str("\n\n");
            }
        }
        message + &format!("error: {}", self.reason())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(false))
    }
}

impl std::error::Error for Failure {}
