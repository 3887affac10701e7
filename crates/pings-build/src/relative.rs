//! Paths relative to a folder.

use std::path::{self, Path};
use std::{fs, io};

/// Returns a path relative to a folder, with `/` between its parts, independent of how the two paths
/// were given. The folder need not exist.
///
/// # Errors
///
/// Returns an error if the path does not exist.
pub fn relative(folder: &Path, path: &Path) -> io::Result<String> {
    // A folder that does not exist yet has no symbolic links to resolve.
    let folder = fs::canonicalize(folder).or_else(|_| path::absolute(folder))?;
    let path = fs::canonicalize(path)?;
    let common = folder
        .components()
        .zip(path.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = folder.components().skip(common).map(|_| "..".to_owned());
    let down = path.components().skip(common);
    let down = down.map(|part| part.as_os_str().to_string_lossy().into_owned());
    Ok(up.chain(down).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::relative;

    #[test]
    fn a_path_is_seen_from_a_folder() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a/pings.yaml");
        fs::create_dir(root.path().join("a")).unwrap();
        fs::write(&file, "").unwrap();
        for (folder, seen) in [
            ("a", "pings.yaml"),
            ("", "a/pings.yaml"),
            ("b", "../a/pings.yaml"),
            ("a/b/c", "../../pings.yaml"),
        ] {
            let folder = root.path().canonicalize().unwrap().join(folder);
            assert_eq!(relative(&folder, &file).unwrap(), seen);
        }
        assert!(relative(root.path(), &root.path().join("missing")).is_err());
    }
}
