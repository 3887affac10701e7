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
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
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
