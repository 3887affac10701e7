//! A registry as it was at a revision of git.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where changes land; the first of these that there is.
const MAIN: [&str; 4] = ["origin/main", "main", "origin/master", "master"];

/// The revision to compare a file with, and what the file said there: that one, or else where this
/// branch left main.
///
/// # Errors
///
/// What git says, where it is not there, the file lies in no repository, or was not in it then.
pub fn at_revision(path: &Path, base: Option<&str>) -> Result<(String, String), String> {
    Git::beside(path).text(path, base)
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
