//! The catalogue, as its files have it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{FOLDER, Failure};

/// What writes the snapshots.
const CURE: &str =
    "run `INSTA_UPDATE=always cargo test -p pings-tests --test failures`, and read what it writes";

/// The failures of a workspace, in the order in which `main.rs` lists them.
///
/// # Errors
///
/// Where a file is missing that a failure has, or one is there that no failure has.
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

/// The names between the braces of `failures! { … }`.
fn listed(main: &str) -> Result<Vec<String>, String> {
    let list = main
        .split_once("\nfailures! {")
        .and_then(|(_, rest)| rest.split_once('}'));
    let (list, _) = list.ok_or_else(|| format!("{FOLDER}/main.rs lists no failures"))?;
    Ok(list.split_whitespace().map(str::to_owned).collect())
}

/// The names of the files with that ending, without it.
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

/// The first line of a file's `//!`, and the paragraphs below.
fn header(source: &str) -> Option<(String, String)> {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let text: Vec<&str> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let (title, body) = text.split_first()?;
    let body = body.join("\n").trim().to_owned();
    (!title.is_empty() && !body.is_empty()).then(|| ((*title).to_owned(), body))
}

/// A snapshot without what insta writes above it.
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

    /// A catalogue of one failure, with a file more or one less.
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
