//! `cargo xtask diff`

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use pings_findings::diff::{Accept, Diff, Form};
use pings_registry::Source;

use crate::print;

/// Where changes land; the first of these that there is.
const MAIN: [&str; 4] = ["origin/main", "main", "origin/master", "master"];

/// How the changes are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// For programs
    Json,
    /// For a pull request
    Markdown,
    /// For GitHub's log, which shows changes beside the lines
    Github,
}

pub(crate) fn run(path: &Path, base: Option<&str>, format: Format, accept: &[Accept]) -> ExitCode {
    let new = match pings_build::load(path) {
        Ok(new) => new,
        Err(failure) => return print::no_registry(&failure),
    };
    let git = Git::beside(path);
    let (revision, text) = match git.text(path, base) {
        Ok(found) => found,
        Err(message) => return print::failure(&message),
    };
    let name = path.display().to_string();
    let old_name = format!("{name} at {revision}");
    let old = match pings_build::read(&old_name, text) {
        Ok(old) => old,
        Err(failure) => {
            print::no_registry(&failure);
            return print::mistake(&format!(
                "the registry of {revision} does not pass today's rules, so nothing can be compared with it\n\
                 help: compare with a newer revision: --base REV"
            ));
        }
    };
    let changes = pings_diff::diff(&old.registry, &new.registry);
    let source = Source {
        name: &name,
        text: &new.text,
    };
    let mut diff = Diff::new(&old_name, source, &changes);
    if let [unused, ..] = diff.accept(accept).as_slice() {
        return print::mistake(&unused.unused());
    }
    let form = match format {
        Format::Human => Form::Human {
            colour: AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
        },
        Format::Json => Form::Json,
        Format::Markdown => Form::Markdown,
        Format::Github => Form::Github,
    };
    let text = diff.write(form);
    if !text.is_empty() {
        print::text(&text);
    }
    print::done(
        "Compared",
        &format!("{name} with {revision}: {}", diff.summary()),
    );
    ExitCode::from(u8::from(diff.is_breaking()))
}

/// The command `git`, run in the folder of a file.
struct Git {
    folder: PathBuf,
}

impl Git {
    fn beside(path: &Path) -> Self {
        let folder = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        Self {
            folder: folder.unwrap_or(Path::new(".")).to_owned(),
        }
    }

    /// The revision to compare with, and what the file said there.
    fn text(&self, path: &Path, base: Option<&str>) -> Result<(String, String), String> {
        let revision = match base {
            // What begins with a hyphen would be a flag of git's.
            Some(base) if base.starts_with('-') => return Err(format!("`{base}` is no revision")),
            Some(base) => base.to_owned(),
            None => self.merge_base()?,
        };
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let text = self
            .run(["show", &format!("{revision}:./{file}")])
            .map_err(|error| format!("git knows no {} at {revision}: {error}", path.display()))?;
        Ok((Self::shown(revision), text))
    }

    /// Where this branch left main.
    fn merge_base(&self) -> Result<String, String> {
        let found = MAIN
            .iter()
            .find_map(|main| self.run(["merge-base", "HEAD", main]).ok());
        found.map(|hash| hash.trim().to_owned()).ok_or_else(|| {
            format!(
                "none of {} is there to compare with\nhelp: name a revision: --base REV",
                MAIN.join(", ")
            )
        })
    }

    /// A revision as people read it: whole hashes are long.
    fn shown(revision: String) -> String {
        let is_hash = revision.len() == 40 && revision.bytes().all(|b| b.is_ascii_hexdigit());
        if is_hash {
            revision[..10].to_owned()
        } else {
            revision
        }
    }

    fn run<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(
        &self,
        arguments: I,
    ) -> Result<String, String> {
        let output = Command::new("git")
            .arg("-C")
            .arg(&self.folder)
            .args(arguments)
            .output()
            .map_err(|error| format!("cannot run git: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        String::from_utf8(output.stdout).map_err(|_| "it is not UTF-8 text".to_owned())
    }
}
