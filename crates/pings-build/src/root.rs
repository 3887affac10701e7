//! The path of a file in its repository.

use std::path::{self, Path, PathBuf};

/// Returns the path of a file from the root of its Git repository, with slashes, as code hosts show
/// it. Without a repository, the path is returned unchanged.
#[must_use]
pub fn from_root(file: &Path) -> String {
    let relative = path::absolute(file).ok().and_then(|absolute| {
        let absolute = without_dots(&absolute);
        let is_root = |folder: &&Path| folder.join(".git").exists();
        let root = absolute.ancestors().skip(1).find(is_root)?;
        Some(absolute.strip_prefix(root).ok()?.to_owned())
    });
    let path = relative.unwrap_or_else(|| file.to_owned());
    let parts = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy());
    if path.is_absolute() {
        path.to_string_lossy().into_owned()
    } else {
        parts
            .filter(|part| part != ".")
            .collect::<Vec<_>>()
            .join("/")
    }
}

/// Returns a path without `.` and `..`.
fn without_dots(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            path::Component::ParentDir => {
                clean.pop();
            }
            path::Component::CurDir => {}
            other => clean.push(other),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::from_root;

    #[test]
    fn a_path_is_that_from_the_root_of_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(".git")).unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        for path in ["a/b/pings.yaml", "a/./b/pings.yaml", "a/b/../b/pings.yaml"] {
            assert_eq!(from_root(&folder.path().join(path)), "a/b/pings.yaml");
        }
    }
}
