//! Reads the catalogue from its files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{FOLDER, Failure};

/// The help for missing or outdated snapshots.
const CURE: &str =
    "run `INSTA_UPDATE=always cargo test -p pings-tests --test failures`, and read what it writes";

/// Reads the failures of a workspace, in the order of the list in `main.rs`.
///
/// # Errors
///
/// Returns a message if a file of a failure is missing, or if a file belongs to no failure.
pub fn read(root: &Path) -> Result<Vec<Failure>, String> {
    let folder = root.join(FOLDER);
    let names = listed(&text(&folder.join("main.rs"))?)?;
    for (place, ending) in [(folder.clone(), ".rs"), (folder.join("snapshots"), ".snap")] {
        for stray in stems(&place, ending)?.difference(&names.iter().cloned().collect()) {
            if stray != "main" {
                let path = place.join(format!("{stray}{ending}"));
                return Err(format!(
                    "{} belongs to no failure that {FOLDER}/main.rs lists",
                    path.display()
                ));
            }
        }
    }
    names
        .into_iter()
        .map(|name| {
            let (title, body) =
                header(&text(&folder.join(format!("{name}.rs")))?).ok_or_else(|| {
                    format!("{FOLDER}/{name}.rs begins with no title and text in //!")
                })?;
            let snapshot = folder.join("snapshots").join(format!("{name}.snap"));
            let snapshot = text(&snapshot).map_err(|error| format!("{error}\nhelp: {CURE}"))?;
            Ok(Failure {
                exhibits: contents(&snapshot).trim().to_owned(),
                name,
                title,
                text: body,
            })
        })
        .collect()
}

fn text(path: &Path) -> Result<String, String> {
    // Line endings are ignored, because Git may check files out with CRLF.
    let text = fs::read_to_string(path).map(|text| text.replace("\r\n", "\n"));
    text.map_err(|error| format!("{}: {error}", path.display()))
}

/// Returns the names between the braces of `failures! { … }`.
fn listed(main: &str) -> Result<Vec<String>, String> {
    let list = main
        .split_once("\nfailures! {")
        .and_then(|(_, rest)| rest.split_once('}'));
    let (list, _) = list.ok_or_else(|| format!("{FOLDER}/main.rs lists no failures"))?;
    Ok(list.split_whitespace().map(str::to_owned).collect())
}

/// Returns the names of the files with an extension, without the extension.
fn stems(folder: &Path, ending: &str) -> Result<BTreeSet<String>, String> {
    let failed = |error| format!("{}: {error}", folder.display());
    let mut stems = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        stems.extend(
            name.to_string_lossy()
                .strip_suffix(ending)
                .map(str::to_owned),
        );
    }
    Ok(stems)
}

/// Returns the first line of a file's `//!` comment as the title, and the paragraphs below it.
fn header(source: &str) -> Option<(String, String)> {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let text: Vec<&str> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let (title, body) = text.split_first()?;
    let body = body.join("\n").trim().to_owned();
    (!title.is_empty() && !body.is_empty()).then(|| ((*title).to_owned(), body))
}

/// Returns a snapshot without the header that insta adds.
fn contents(snapshot: &str) -> &str {
    let rest = snapshot.strip_prefix("---\n").unwrap_or(snapshot);
    rest.split_once("\n---\n")
        .map_or(rest, |(_, contents)| contents)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use tempfile::TempDir;

    use super::{Failure, read};
    use crate::failures::FOLDER;

    const MAIN: &str = "mod support;\n\nfailures! {\n    lost_week\n}\n";
    const TEST: &str = "//! A lost week\n//!\n//! It was lost.\n\nuse a;\n";
    const SNAPSHOT: &str = "---\nsource: a.rs\n---\n**At check.** It is told.\n";

    /// Reads a catalogue with a single failure, after `change` has added or removed a file.
    fn catalogue(change: impl FnOnce(&Path)) -> Result<Vec<Failure>, String> {
        let root = TempDir::new().unwrap();
        let folder = root.path().join(FOLDER);
        fs::create_dir_all(folder.join("snapshots")).unwrap();
        fs::write(folder.join("main.rs"), MAIN).unwrap();
        fs::write(folder.join("lost_week.rs"), TEST).unwrap();
        fs::write(folder.join("snapshots/lost_week.snap"), SNAPSHOT).unwrap();
        change(&folder);
        read(root.path())
    }

    #[test]
    fn a_failure_is_its_header_and_its_snapshot() {
        let failures = catalogue(|_| {}).unwrap();
        let expected = Failure {
            name: "lost_week".to_owned(),
            title: "A lost week".to_owned(),
            text: "It was lost.".to_owned(),
            exhibits: "**At check.** It is told.".to_owned(),
        };
        assert_eq!(failures, [expected]);
    }

    #[test]
    fn nothing_is_missing_and_nothing_is_left_over() {
        let complaint = |change: fn(&Path)| catalogue(change).unwrap_err();
        let missing = complaint(|it| fs::remove_file(it.join("snapshots/lost_week.snap")).unwrap());
        assert!(
            missing.contains("help: run `INSTA_UPDATE=always"),
            "{missing}"
        );
        let stray = complaint(|it| fs::write(it.join("other.rs"), TEST).unwrap());
        assert!(stray.contains("other.rs belongs to no failure"), "{stray}");
        let stray = complaint(|it| fs::write(it.join("snapshots/other.snap"), SNAPSHOT).unwrap());
        assert!(
            stray.contains("other.snap belongs to no failure"),
            "{stray}"
        );
        let unlisted = complaint(|it| fs::write(it.join("main.rs"), "mod lost_week;\n").unwrap());
        assert!(unlisted.contains("lists no failures"), "{unlisted}");
        let untitled = complaint(|it| fs::write(it.join("lost_week.rs"), "use a;\n").unwrap());
        assert!(untitled.contains("begins with no title"), "{untitled}");
    }
}
