//! The generated files, before they are written.

use std::collections::BTreeMap;

/// Generated files by path, and the folders that contain only generated files.
///
/// Paths are relative, with `/` between their parts. A folder that the tree owns contains only
/// files of the tree: any other file in it comes from an older registry, and is removed when the
/// tree is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    files: BTreeMap<String, String>,
    binaries: BTreeMap<String, Vec<u8>>,
    folders: Vec<String>,
}

impl Tree {
    /// Returns the paths and texts of the text files, ordered by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Returns the paths and contents of the binary files, ordered by path.
    pub fn binaries(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.binaries
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Returns whether the tree has a file.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path) || self.binaries.contains_key(path)
    }

    /// Returns the text of a text file.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Returns the folders that the tree owns, including everything below them.
    #[must_use]
    pub fn folders(&self) -> &[String] {
        &self.folders
    }

    /// Returns whether a path is in a folder that the tree owns.
    #[must_use]
    pub fn owns(&self, path: &str) -> bool {
        self.folders.iter().any(|folder| {
            path.strip_prefix(folder.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Adds a text file, or replaces the text file with the same path.
    pub fn insert(&mut self, path: impl Into<String>, text: String) {
        self.files.insert(path.into(), text);
    }

    /// Adds a binary file, or replaces the binary file with the same path. The file must contain the mark
    /// of generated files.
    pub fn insert_binary(&mut self, path: impl Into<String>, bytes: Vec<u8>) {
        self.binaries.insert(path.into(), bytes);
    }

    /// Declares that a folder contains only files of the tree.
    pub fn own(&mut self, folder: impl Into<String>) {
        self.folders.push(folder.into());
    }

    /// Returns the tree with all paths moved into a folder.
    pub(crate) fn in_folder(self, folder: &str) -> Self {
        let moved = |path: String| format!("{folder}/{path}");
        let files = self.files.into_iter();
        let binaries = self.binaries.into_iter();
        Self {
            files: files.map(|(path, text)| (moved(path), text)).collect(),
            binaries: binaries.map(|(path, it)| (moved(path), it)).collect(),
            folders: self.folders.into_iter().map(moved).collect(),
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.files.extend(other.files);
        self.binaries.extend(other.binaries);
        self.folders.extend(other.folders);
    }
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn a_folder_owns_what_lies_in_it_and_not_its_namesakes() {
        let mut tree = Tree::default();
        tree.own("crates/a/src");
        assert!(tree.owns("crates/a/src/lib.rs"));
        assert!(tree.owns("crates/a/src/deep/down.rs"));
        assert!(!tree.owns("crates/a/src"));
        assert!(!tree.owns("crates/a/srcs/lib.rs"));
        assert!(!tree.owns("crates/a/Cargo.toml"));
    }
}
