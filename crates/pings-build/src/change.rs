//! Changes of generated files, and the reasons why files cannot be written.

use std::fmt;
use std::io;
use std::path::PathBuf;

use similar::TextDiff;

/// A file that differs from the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path from the root of the tree, with `/` as the separator.
    pub path: String,
    /// The required change.
    pub kind: ChangeKind,
}

/// The change that a file requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// The file is missing.
    Create {
        /// The new content.
        new: Vec<u8>,
    },
    /// The file has different content.
    Update {
        /// The current content.
        old: Vec<u8>,
        /// The new content.
        new: Vec<u8>,
    },
    /// The file was generated from an older registry.
    Remove {
        /// The current content.
        old: Vec<u8>,
    },
}

impl Change {
    /// Returns whether the change removes the file.
    #[must_use]
    pub fn is_removal(&self) -> bool {
        matches!(self.kind, ChangeKind::Remove { .. })
    }

    /// Returns the difference in the format of `diff -u`. For a binary file, only the path is named.
    #[must_use]
    pub fn diff(&self) -> String {
        let (old, new): (&[u8], &[u8]) = match &self.kind {
            ChangeKind::Create { new } => (b"", new),
            ChangeKind::Update { old, new } => (old, new),
            ChangeKind::Remove { old } => (old, b""),
        };
        let [before, after] = ["a", "b"].map(|side| format!("{side}/{}", self.path));
        match (str::from_utf8(old), str::from_utf8(new)) {
            (Ok(old), Ok(new)) => TextDiff::from_lines(old, new)
                .unified_diff()
                .header(&before, &after)
                .to_string(),
            _ => format!("Binary files {before} and {after} differ\n"),
        }
    }
}

/// The paths of files that were not generated, in places where files must be generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign(pub Vec<String>);

/// The reason why a tree cannot be compared or written.
#[non_exhaustive]
#[derive(Debug)]
pub enum WriteError {
    /// Files that were not generated would be overwritten.
    Foreign(Foreign),
    /// A path below the root is a symbolic link, which could lead outside the root.
    Link(PathBuf),
    /// A file cannot be read, written or removed.
    Io {
        /// The path of the file.
        path: PathBuf,
        /// The I/O error.
        error: io::Error,
    },
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(Foreign(paths)) => {
                writeln!(
                    f,
                    "these files would be overwritten, but were not generated:"
                )?;
                for path in paths {
                    writeln!(f, "  {path}")?;
                }
                f.write_str(
                    "help: move them away, or generate into another folder; nothing was written",
                )
            }
            Self::Link(path) => write!(
                f,
                "{} is a symbolic link, but generated files are not written through links\n\
                 help: remove the link, or generate into its target folder; nothing was written",
                path.display()
            ),
            Self::Io { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for WriteError {}
