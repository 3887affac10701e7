//! Excluded files and folders, such as files that only list names.

use std::path::Path;

use ignore::overrides::{Override, OverrideBuilder};

/// Excluded files and folders, as globs in the syntax of `.gitignore`.
#[derive(Clone, Debug)]
pub struct Exclude(Override);

impl Exclude {
    /// Excludes the files and folders that match these globs, relative to `folder`.
    ///
    /// # Errors
    ///
    /// Returns a message if a glob is invalid.
    pub fn new(folder: &Path, globs: &[String]) -> Result<Self, String> {
        let mut builder = OverrideBuilder::new(folder);
        for glob in globs {
            // An override includes the files that match, unless it begins with `!`.
            builder
                .add(&format!("!{glob}"))
                .map_err(|error| format!("`{glob}` is not a glob: {error}"))?;
        }
        let built = builder.build();
        built.map(Self).map_err(|error| error.to_string())
    }

    pub(crate) fn globs(&self) -> &Override {
        &self.0
    }

    /// Returns whether a file or one of its parent folders is excluded.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let path = Path::new(path);
        let folders = path.ancestors().skip(1);
        self.0.matched(path, false).is_ignore()
            || folders
                .filter(|folder| !folder.as_os_str().is_empty())
                .any(|folder| self.0.matched(folder, true).is_ignore())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Exclude;

    #[test]
    fn globs_are_those_of_gitignore() {
        let globs = ["schemas.py", "/client/generated/", "*.d.ts"].map(str::to_owned);
        let exclude = Exclude::new(Path::new("."), &globs).unwrap();
        for path in ["a/schemas.py", "client/generated/a/b.ts", "x.d.ts"] {
            assert!(exclude.matches(path), "{path}");
        }
        for path in ["a/schemas.rs", "a/client/generated/b.ts", "x.ts"] {
            assert!(!exclude.matches(path), "{path}");
        }
        assert!(Exclude::new(Path::new("."), &["a[".to_owned()]).is_err());
    }
}
