//! Atomic replacement of a file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::failure::Failure;

/// Replaces the text of a file if it still equals `old`.
///
/// A concurrent reader sees either the old or the new text. The same is true after a power failure.
pub(super) fn replace(path: &Path, old: &str, new: &str) -> Result<(), Failure> {
    let failed =
        |error: io::Error| Failure::Ours(format!("cannot write {}: {error}", path.display()));
    // A symbolic link is followed instead of replaced.
    let path = path.canonicalize().map_err(failed)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let written = write_beside(&beside, &path, new).and_then(|()| {
        if fs::read(&path)? == old.as_bytes() {
            fs::rename(&beside, &path).map(|()| true)
        } else {
            Ok(false)
        }
    });
    if !matches!(written, Ok(true)) {
        // The file may not exist.
        let _ = fs::remove_file(&beside);
    }
    match written {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::Input(format!(
            "{} was changed in the meantime; nothing was written\nhelp: try again",
            path.display()
        ))),
        Err(error) => Err(failed(error)),
    }
}

fn write_beside(beside: &Path, path: &Path, text: &str) -> io::Result<()> {
    let mut file: File = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(beside)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(fs::metadata(path)?.permissions())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::replace;

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, "old").unwrap();
        assert!(replace(&path, "old", "new").is_ok());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(
            replace(&path, "old", "newer").is_err(),
            "somebody else wrote"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left"
        );
    }
}
