//! Replacing a file, whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::failure::Failure;

/// Puts the new text in the place of the old one, if that is still what the file says.
///
/// Who reads the file meanwhile sees one or the other, and so does who looks
/// after the power was gone.
pub(super) fn replace(path: &Path, old: &str, new: &str) -> Result<(), Failure> {
    let failed =
        |error: io::Error| Failure::Ours(format!("cannot write {}: {error}", path.display()));
    // A link stays a link.
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
        // It may never have been made.
        let _ = fs::remove_file(&beside);
    }
    match written {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::Input(format!(
            "{} was changed meanwhile; nothing was written\nhelp: try again",
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
