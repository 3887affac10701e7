//! Runs `pings` in a folder.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A temporary folder with a registry.
pub(crate) struct Folder(TempDir);

/// The result of a command.
pub(crate) struct Said {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output, followed by standard error.
    pub(crate) text: String,
}

impl Folder {
    pub(crate) fn new(registry: &str) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        folder.write("pings.yaml", registry);
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Runs `pings` with arguments that are separated by spaces.
    pub(crate) fn pings(&self, arguments: &str) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_command"))
            .args(arguments.split_whitespace())
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .output()
            .expect("pings runs");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let (out, err) = (text(output.stdout), text(output.stderr));
        assert!(!err.contains("panicked"), "{err}");
        Said {
            code: output.status.code().expect("an exit code"),
            text: format!("{out}{err}"),
        }
    }

    /// Runs `pings`, which must report findings, and returns its output.
    pub(crate) fn complains(&self, arguments: &str) -> String {
        let said = self.pings(arguments);
        assert_eq!(said.code, 1, "pings {arguments}: {}", said.text);
        said.text
    }

    /// Runs `pings`, which must succeed, and returns its output.
    pub(crate) fn succeeds(&self, arguments: &str) -> String {
        let said = self.pings(arguments);
        assert_eq!(said.code, 0, "pings {arguments}: {}", said.text);
        said.text
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"])
            .args(arguments)
            .current_dir(self.path())
            .output()
            .expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
    }
}
