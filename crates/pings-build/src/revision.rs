//! The text of a registry at a Git revision.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The names of the main branch; the first that exists is used.
const MAIN: [&str; 4] = ["origin/main", "main", "origin/master", "master"];

/// The maximum number of symbolic links that are followed.
const MOST_LINKS: usize = 8;

/// Returns the revision to compare a file with, and the text of the file at that revision. The
/// default is the commit where the current branch left main. On main, the default is the previous
/// commit, unless the file has uncommitted changes.
///
/// # Errors
///
/// Returns an error if Git fails or is not installed, if the file is not in a repository, or if the
/// file does not exist at the revision.
pub fn at_revision(path: &Path, base: Option<&str>) -> Result<(String, String), String> {
    Git::beside(path).text(path, base)
}

/// Returns whether [`at_revision`] failed because the file does not exist at the revision.
#[must_use]
pub fn is_missing_at_revision(reason: &str) -> bool {
    ["does not exist in", "exists on disk, but not in"]
        .iter()
        .any(|it| reason.contains(it))
}

/// Returns the text of a file that the registry at `registry` names, at a revision that
/// [`at_revision`] returned.
///
/// # Errors
///
/// Returns an error if the file does not exist at the revision.
pub fn file_at_revision(registry: &Path, revision: &str, file: &str) -> Result<String, String> {
    let git = Git::beside(registry);
    git.run(["show", &format!("{revision}:./{file}")])
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
            // Git would parse a text that starts with a hyphen as an option.
            Some(base) if base.starts_with('-') => {
                return Err(format!("`{base}` is not a revision"));
            }
            Some(base) => base.to_owned(),
            None => self.base(path)?,
        };
        let text = self.followed(&revision, path).map_err(|error| {
            format!("git cannot read {} at {revision}: {error}", path.display())
        })?;
        Ok((Self::shown(revision), text))
    }

    /// Returns the text of a file at a revision, and follows symbolic links.
    fn followed(&self, revision: &str, path: &Path) -> Result<String, String> {
        let mut file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        for _ in 0..MOST_LINKS {
            let entry = self.run(["ls-tree", revision, "--", &format!("./{file}")])?;
            let text = self.run(["show", &format!("{revision}:./{file}")])?;
            if !entry.starts_with("120000 ") {
                return Ok(text);
            }
            let target = Path::new(text.trim());
            if target.is_absolute() {
                return Err(format!(
                    "the file is a link to {}, outside of the repository",
                    target.display()
                ));
            }
            let folder = Path::new(&file).parent().unwrap_or(Path::new(""));
            file = folder.join(target).to_string_lossy().into_owned();
        }
        Err(format!(
            "the file is a chain of more than {MOST_LINKS} links"
        ))
    }

    /// Returns the default revision to compare with: the commit at which this branch left main, or
    /// the previous commit on main itself.
    fn base(&self, path: &Path) -> Result<String, String> {
        let head = self.commit("HEAD").map_err(|error| {
            if error.contains("dubious ownership") {
                let folder = self.folder.display();
                return format!(
                    "git refuses to read this repository, because it belongs to another user: {error}\n\
                     help: run git config --global --add safe.directory '{folder}'"
                );
            }
            error
        })?;
        let Some(main) = MAIN.iter().find(|main| self.commit(main).is_ok()) else {
            return Err(format!(
                "none of {} exists to compare with\nhelp: fetch main, or set a revision with --base REV",
                MAIN.join(", ")
            ));
        };
        let base = self.run(["merge-base", "HEAD", main]).map_err(|_| {
            format!(
                "HEAD and {main} have no common commit in this clone{}",
                if self.is_shallow() {
                    ", which is shallow\nhelp: fetch the whole history: git fetch --unshallow, or \
                     `fetch-depth: 0` of actions/checkout"
                } else {
                    "\nhelp: set a revision with --base REV"
                }
            )
        })?;
        let base = base.trim().to_owned();
        if base != head || !self.may_be_main(main) || self.is_changed(path) {
            return Ok(base);
        }
        // On main, a committed file would be compared with itself.
        match self.commit("HEAD^1") {
            Ok(before) => Ok(before),
            Err(_) if self.is_shallow() => Err(format!(
                "this is the newest commit of {main}, but the previous commit is missing because the clone is shallow\nhelp: fetch more commits (`fetch-depth: 2` of actions/checkout), or set a revision with --base REV"
            )),
            // This is the first commit of the repository.
            Err(_) => Ok(base),
        }
    }

    /// Returns whether main is checked out, or a detached HEAD, as in many CI workflows.
    fn may_be_main(&self, main: &str) -> bool {
        let branch = self.run(["symbolic-ref", "--quiet", "--short", "HEAD"]);
        let name = main.rsplit('/').next();
        branch.map_or(true, |branch| Some(branch.trim()) == name)
    }

    /// Returns whether the file differs from its version in HEAD.
    fn is_changed(&self, path: &Path) -> bool {
        let lines = |text: String| text.replace("\r\n", "\n");
        let committed = self.followed("HEAD", path).ok().map(lines);
        std::fs::read_to_string(path).ok().map(lines) != committed
    }

    fn is_shallow(&self) -> bool {
        let answer = self.run(["rev-parse", "--is-shallow-repository"]);
        answer.is_ok_and(|answer| answer.trim() == "true")
    }

    /// Returns the commit of a revision.
    fn commit(&self, revision: &str) -> Result<String, String> {
        let commit = self.run([
            "rev-parse",
            "--verify",
            "--quiet",
            &format!("{revision}^{{commit}}"),
        ]);
        commit.map(|commit| commit.trim().to_owned())
    }

    /// Returns a revision for display. Full hashes are shortened.
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
            // The messages of Git are parsed, so they must not be translated.
            .env("LC_ALL", "C")
            .arg("-C")
            .arg(&self.folder)
            .args(arguments)
            .output()
            .map_err(|error| format!("cannot run git: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        String::from_utf8(output.stdout).map_err(|_| "the file is not UTF-8 text".to_owned())
    }
}
