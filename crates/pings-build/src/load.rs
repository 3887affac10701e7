//! Loading of registries from files.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use pings_codegen::{Origin, ValueFiles};
use pings_model::Registry;
use pings_registry::{Diagnostics, Files, Finding, Levels, Lines, counted, render_in};

/// A registry with its source text.
#[derive(Debug)]
pub struct Loaded {
    /// The text of the file.
    pub text: String,
    /// The registry.
    pub registry: Registry,
    /// The files that the registry names, if it names any.
    pub values: Option<ValueFiles>,
}

impl Loaded {
    /// Returns the origin of files that a command generates from the registry at this path.
    #[must_use]
    pub fn origin<'a>(&'a self, path: &'a str, command: &'a str) -> Origin<'a> {
        Origin {
            registry_path: path,
            registry_text: &self.text,
            values: self.values.as_ref(),
            command,
        }
    }
}

/// A registry with its lint findings.
#[derive(Debug)]
pub struct Linted {
    /// The registry.
    pub loaded: Loaded,
    /// The lint findings, including those that the registry suppresses.
    pub findings: Vec<Finding>,
}

/// The reason why a registry could not be loaded.
#[derive(Debug)]
pub enum Failure {
    /// The file cannot be read.
    Unreadable {
        /// The path of the file.
        path: PathBuf,
        /// The I/O error.
        error: io::Error,
    },
    /// The file is not UTF-8.
    NotUtf8 {
        /// The path of the file.
        path: PathBuf,
        /// The position of the first invalid byte.
        byte: usize,
    },
    /// The registry is invalid.
    Mistakes {
        /// The name of the file in messages.
        name: String,
        /// The text of the file.
        text: String,
        /// All problems.
        diagnostics: Diagnostics,
    },
}

/// Loads a registry from a file.
///
/// # Errors
///
/// Returns an error if the file cannot be read or the registry is invalid.
pub fn load(path: &Path) -> Result<Loaded, Failure> {
    let files = |file: &str| file_beside(path, file);
    read_with(&path.display().to_string(), text_of(path)?, &files)
}

/// Loads a registry that names no files from a text. `name` is the name of the file in messages.
///
/// # Errors
///
/// Returns an error if the registry is invalid.
pub fn read(name: &str, text: String) -> Result<Loaded, Failure> {
    read_with(name, text, &|_| {
        Err("the registry was loaded without its files".to_owned())
    })
}

/// Loads a registry like [`read`]. `files` reads the files that the registry names.
///
/// # Errors
///
/// Returns an error if the registry is invalid.
pub fn read_with(name: &str, text: String, files: &Files<'_>) -> Result<Loaded, Failure> {
    let files = Noted::new(files);
    match pings_registry::parse_with(&text, &|path| files.read(path)) {
        Ok(registry) => Ok(files.loaded(text, registry)),
        Err(diagnostics) => Err(mistakes(name, text, diagnostics)),
    }
}

/// Reads a file that the registry at `registry` names.
///
/// # Errors
///
/// Returns the reason why the file cannot be read.
pub fn file_beside(registry: &Path, file: &str) -> Result<String, String> {
    let folder = registry.parent().unwrap_or(Path::new(""));
    let bytes = std::fs::read(folder.join(file)).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

/// Files, with a note of each file that was read.
struct Noted<'f> {
    files: &'f Files<'f>,
    read: RefCell<Vec<(String, String)>>,
}

impl<'f> Noted<'f> {
    fn new(files: &'f Files<'f>) -> Self {
        Self {
            files,
            read: RefCell::default(),
        }
    }

    fn read(&self, path: &str) -> Result<String, String> {
        let known = |(known, _): &&(String, String)| known == path;
        if let Some((_, text)) = self.read.borrow().iter().find(known) {
            return Ok(text.clone());
        }
        let text = (self.files)(path)?;
        let note = (path.to_owned(), text.clone());
        self.read.borrow_mut().push(note);
        Ok(text)
    }

    /// Returns a registry with the files that it named.
    fn loaded(self, text: String, registry: Registry) -> Loaded {
        // The text has been parsed before, so it can be inlined.
        let inlined = pings_registry::inlined(&text, &|path| self.read(path));
        let files = self.read.into_inner();
        let values = match (inlined, files.is_empty()) {
            (Ok(inlined), false) => Some(ValueFiles { files, inlined }),
            _ => None,
        };
        Loaded {
            text,
            registry,
            values,
        }
    }
}

/// Loads a registry from a file and runs the lints.
///
/// # Errors
///
/// Returns the same errors as [`load`]. Lint findings are not errors.
pub fn lint(path: &Path, levels: &Levels) -> Result<Linted, Failure> {
    let text = text_of(path)?;
    let files = |file: &str| file_beside(path, file);
    let files = Noted::new(&files);
    match pings_registry::check_with(&text, levels, &|path| files.read(path)) {
        Ok(checked) => Ok(Linted {
            loaded: files.loaded(text, checked.registry),
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

fn mistakes(name: &str, text: String, diagnostics: Diagnostics) -> Failure {
    Failure::Mistakes {
        name: name.to_owned(),
        text,
        diagnostics,
    }
}

impl Failure {
    /// Returns the problem in one sentence, with help. For an invalid registry, only the number of
    /// problems is returned.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Unreadable { path, error } => {
                format!("cannot read {}: {error}", path.display())
            }
            Self::NotUtf8 { path, byte } => format!(
                "{} is not UTF-8 text: byte {byte} is invalid\nhelp: save the file as UTF-8",
                path.display(),
            ),
            Self::Mistakes {
                name, diagnostics, ..
            } => format!("{name} has {}", counted(diagnostics.len(), "mistake")),
        }
    }

    /// Returns the complete message, which may have several lines, optionally with colours.
    #[must_use]
    pub fn message(&self, colour: bool) -> String {
        let mut message = String::new();
        if let Self::Mistakes {
            name,
            text,
            diagnostics,
        } = self
        {
            let lines = Lines::of(text);
            for diagnostic in diagnostics {
                message.push_str(&render_in(name, &lines, &diagnostic.into(), colour));
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
