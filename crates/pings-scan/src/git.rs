//! Access to a repository through the `git` command, without a checkout.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::tree::too_large;

/// A repository, given by a folder inside it or by its Git directory, as for a submodule.
#[derive(Debug)]
pub(crate) struct Repository {
    folder: PathBuf,
    is_bare: bool,
}

/// A tag, with its date such as `2026-11-30`.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) date: String,
}

/// The files and submodules of a tree.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
    pub(crate) submodules: Vec<Submodule>,
}

/// A file of a release.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) blob: String,
}

/// A submodule of a release, with its commit.
#[derive(Debug)]
pub(crate) struct Submodule {
    pub(crate) path: String,
    pub(crate) commit: String,
}

impl Repository {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            is_bare: false,
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        // `answer` matches the text of error messages, so the language is fixed.
        command.env("LC_ALL", "C");
        if self.is_bare {
            command.arg("--git-dir").arg(&self.folder);
        } else {
            command.arg("-C").arg(&self.folder);
        }
        command
    }

    fn answer(&self, arguments: &[&str], paths: &[PathBuf]) -> Result<Vec<u8>, String> {
        let mut command = self.command();
        command.args(arguments).args(paths);
        let output = command
            .output()
            .map_err(|error| format!("cannot run git: {error}"))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let reason = String::from_utf8_lossy(&output.stderr);
        let reason = reason.trim();
        let reason = reason.strip_prefix("fatal: ").unwrap_or(reason);
        if reason.starts_with("not a git repository") {
            return Err(self.is_none());
        }
        Err(format!("git {}: {reason}", arguments.join(" ")))
    }

    /// Returns the error for a folder that is not in a repository.
    fn is_none(&self) -> String {
        let folder = match self.folder.to_string_lossy() {
            here if here == "." => "this folder".to_owned(),
            there => format!("`{there}`"),
        };
        format!(
            "{folder} is not in a Git repository, so it has no releases\n\
             help: use a folder in a Git repository, or scan the files instead of releases"
        )
    }

    /// Returns the tags that match a pattern.
    pub(crate) fn tags(&self, pattern: &str) -> Result<Vec<Tag>, String> {
        // The name of a tag contains no space.
        let form = "--format=%(refname:strip=2) %(creatordate:short)";
        let answer = self.answer(&["tag", "--list", form, pattern], &[])?;
        let text = String::from_utf8_lossy(&answer);
        let tags = text.lines().map(|line| {
            let (name, date) = line.split_once(' ').unwrap_or((line, ""));
            Tag {
                name: name.to_owned(),
                date: date.to_owned(),
            }
        });
        Ok(tags.collect())
    }

    /// Returns whether the clone is shallow, in which case tags may be missing.
    pub(crate) fn is_shallow(&self) -> bool {
        let answer = self.answer(&["rev-parse", "--is-shallow-repository"], &[]);
        answer.is_ok_and(|answer| answer.trim_ascii() == b"true")
    }

    /// Returns the repository of a submodule, if it contains the submodule's commit.
    pub(crate) fn submodule(&self, submodule: &Submodule) -> Option<Self> {
        let checked_out = Self::new(&self.folder.join(&submodule.path));
        if checked_out.folder.is_dir() && checked_out.has(&submodule.commit) {
            return Some(checked_out);
        }
        // Git keeps a submodule that is no longer checked out under its name, which usually is its
        // path.
        let common = self.answer(&["rev-parse", "--git-common-dir"], &[]).ok()?;
        let prefix = self
            .answer(&["rev-parse", "--show-prefix"], &[])
            .unwrap_or_default();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes.trim_ascii()).into_owned();
        let name = format!("{}{}", text(&prefix), submodule.path);
        let kept = Self {
            folder: self.folder.join(text(&common)).join("modules").join(name),
            is_bare: true,
        };
        (kept.folder.is_dir() && kept.has(&submodule.commit)).then_some(kept)
    }

    fn has(&self, commit: &str) -> bool {
        self.answer(&["cat-file", "-e", &format!("{commit}^{{tree}}")], &[])
            .is_ok()
    }

    /// Returns the tree of a revision below these paths, or the whole tree if there are no paths.
    pub(crate) fn tree(&self, revision: &str, paths: &[PathBuf]) -> Result<Tree, String> {
        let revision = format!("{revision}^{{tree}}");
        let listed = |paths: &[PathBuf]| -> Result<Tree, String> {
            let answer = self.answer(&["ls-tree", "-r", "-z", &revision, "--"], paths)?;
            let mut tree = Tree::default();
            for line in answer.split(|byte| *byte == 0) {
                entry(line, &mut tree);
            }
            Ok(tree)
        };
        let tree = listed(paths)?;
        if paths.is_empty() {
            return Ok(tree);
        }
        // Git does not list a submodule for a path inside it.
        let submodules = listed(&[])?.submodules;
        Ok(Tree { submodules, ..tree })
    }

    /// Starts a process that returns blobs.
    pub(crate) fn blobs(&self) -> Result<Blobs, String> {
        let mut child = self
            .command()
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot run git: {error}"))?;
        let out = child
            .stdout
            .take()
            .ok_or("the output of git cannot be read")?;
        Ok(Blobs {
            child,
            out: BufReader::with_capacity(1 << 16, out),
        })
    }
}

/// Reads `100644 blob HASH\tPATH`, and skips symbolic links.
fn entry(line: &[u8], tree: &mut Tree) {
    let Some(tab) = memchr::memchr(b'\t', line) else {
        return;
    };
    let head = String::from_utf8_lossy(&line[..tab]);
    let path = String::from_utf8_lossy(&line[tab + 1..]).into_owned();
    match head.split(' ').collect::<Vec<_>>().as_slice() {
        [mode, "blob", blob] if *mode != "120000" => tree.files.push(File {
            path,
            blob: (*blob).to_owned(),
        }),
        [_, "commit", commit] => tree.submodules.push(Submodule {
            path,
            commit: (*commit).to_owned(),
        }),
        _ => {}
    }
}

/// A process that returns blobs in sequence.
pub(crate) struct Blobs {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Blobs {
    /// Reads a blob into a buffer. Skips a blob that is too large, and returns the reason.
    pub(crate) fn read(
        &mut self,
        blob: &str,
        into: &mut Vec<u8>,
    ) -> Result<Option<String>, String> {
        let failed = |error: io::Error| format!("git cat-file: {error}");
        let input = self
            .child
            .stdin
            .as_mut()
            .ok_or("the input of git cannot be written")?;
        writeln!(input, "{blob}")
            .and_then(|()| input.flush())
            .map_err(failed)?;
        let mut head = String::new();
        self.out.read_line(&mut head).map_err(failed)?;
        let size = head
            .trim_end()
            .rsplit(' ')
            .next()
            .and_then(|size| size.parse::<usize>().ok())
            .ok_or_else(|| format!("git cat-file: {}", head.trim_end()))?;
        // A line break follows each blob.
        if let Some(reason) = too_large(size as u64) {
            let passed_over = (&mut self.out).take(size as u64 + 1);
            io::copy(&mut { passed_over }, &mut io::sink()).map_err(failed)?;
            return Ok(Some(reason));
        }
        into.resize(size, 0);
        self.out.read_exact(into).map_err(failed)?;
        self.out.read_exact(&mut [0]).map_err(failed)?;
        Ok(None)
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // The process ends when its input is closed. Its exit status is not needed any more.
        let _ = self.child.wait();
    }
}
