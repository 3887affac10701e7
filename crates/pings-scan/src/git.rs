//! What the command `git` tells of a repository. Nothing is checked out.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A repository.
pub(crate) struct Repository<'a> {
    folder: &'a Path,
}

/// A file of a release.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) blob: String,
}

impl<'a> Repository<'a> {
    pub(crate) fn new(folder: &'a Path) -> Self {
        Self { folder }
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        // What it says is read, so it is said in one language.
        command.env("LC_ALL", "C").arg("-C").arg(self.folder);
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

    /// What to say where there is no repository.
    fn is_none(&self) -> String {
        let folder = match self.folder.to_string_lossy() {
            here if here == "." => "this folder".to_owned(),
            there => format!("`{there}`"),
        };
        format!(
            "{folder} is in no Git repository, so it has no releases to look at\n\
             help: name a folder of one; without `--tags` the files are scanned as they are"
        )
    }

    /// The tags that match a pattern.
    pub(crate) fn tags(&self, pattern: &str) -> Result<Vec<String>, String> {
        let answer = self.answer(&["tag", "--list", pattern], &[])?;
        let text = String::from_utf8_lossy(&answer);
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// The files of a tag, below these paths.
    pub(crate) fn files(&self, tag: &str, paths: &[PathBuf]) -> Result<Vec<File>, String> {
        let revision = format!("refs/tags/{tag}^{{tree}}");
        let answer = self.answer(&["ls-tree", "-r", "-z", &revision, "--"], paths)?;
        let lines = answer.split(|byte| *byte == 0);
        Ok(lines.filter_map(file).collect())
    }

    /// A process that hands out blobs.
    pub(crate) fn blobs(&self) -> Result<Blobs, String> {
        let mut child = self
            .command()
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot run git: {error}"))?;
        let out = child.stdout.take().ok_or("git has no output")?;
        Ok(Blobs {
            child,
            out: BufReader::with_capacity(1 << 16, out),
        })
    }
}

/// `100644 blob HASH\tPATH`; links and submodules are no files.
fn file(line: &[u8]) -> Option<File> {
    let tab = memchr::memchr(b'\t', line)?;
    let head = std::str::from_utf8(&line[..tab]).ok()?;
    let mut words = head.split(' ');
    let (mode, kind, blob) = (words.next()?, words.next()?, words.next()?);
    (kind == "blob" && mode != "120000").then(|| File {
        path: String::from_utf8_lossy(&line[tab + 1..]).into_owned(),
        blob: blob.to_owned(),
    })
}

/// A process that hands out blobs, one after another.
pub(crate) struct Blobs {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Blobs {
    /// Reads a blob into a buffer.
    pub(crate) fn read(&mut self, blob: &str, into: &mut Vec<u8>) -> Result<(), String> {
        let failed = |error: std::io::Error| format!("git cat-file: {error}");
        let input = self.child.stdin.as_mut().ok_or("git takes no input")?;
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
        into.resize(size, 0);
        self.out.read_exact(into).map_err(failed)?;
        // A line break ends each.
        self.out.read_exact(&mut [0]).map_err(failed)
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends with its input; where it does not, it was of no use any more.
        let _ = self.child.wait();
    }
}
