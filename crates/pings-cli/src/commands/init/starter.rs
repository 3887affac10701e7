//! A registry to start with.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use pings_codegen::Tree;
use pings_model::ident;
use pings_runtime::Url;

use crate::failure::Failure;

/// The registry, with `NAME` and `TITLE` as placeholders.
const STARTER: &str = include_str!("starter.yaml");

/// The file with which editors complete the keys of the registry.
const SCHEMA: &str = "docs/pings.schema.json";

/// Writes a registry with a first ping and the editor schema beside it, unless the file exists.
/// Returns the paths of the written files.
pub(super) fn write(path: &Path) -> Result<Vec<String>, Failure> {
    let failed = |error| Failure::Ours(format!("cannot write {}: {error}", path.display()));
    let folder = std::path::absolute(path).map_err(failed)?;
    let folder = folder.parent().unwrap_or(Path::new("."));
    let text = text(&folder.file_name().unwrap_or_default().to_string_lossy());
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return match fs::read_link(path) {
                Ok(target) if !path.exists() => Err(Failure::Input(format!(
                    "{} is a symbolic link to {}, which does not exist\n\
                     help: remove the link, or create the file",
                    path.display(),
                    target.display()
                ))),
                _ => Ok(Vec::new()),
            };
        }
        Err(error) => return Err(failed(error)),
        Ok(mut file) => file.write_all(text.as_bytes()).map_err(failed)?,
    }
    let mut written = vec![path.display().to_string()];
    let loaded = pings_build::load(path).map_err(Failure::of_registry)?;
    let origin = loaded.origin("pings.yaml", "pings generate");
    let all = pings_codegen::generate(&loaded.registry, &origin);
    let mut schema = Tree::default();
    if let Some(text) = all.file(SCHEMA) {
        schema.insert(SCHEMA, text.to_owned());
    }
    // A file of that name that was not generated stays, and the editor uses that one.
    if let Ok(changes) = pings_build::write(&schema, folder) {
        written.extend(changes.into_iter().map(|change| change.path));
    }
    Ok(written)
}

/// Writes a `.gitignore` for the files of an event log, unless the folder of the event log has one.
/// Returns its path.
pub(super) fn ignore(url: &Url) -> Result<Option<String>, Failure> {
    let (folder, names) = match url.file() {
        Some(file) => {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let names = format!("/{name}\n/{name}-*\n");
            (file.parent().unwrap_or(Path::new("")).to_owned(), names)
        }
        None => (PathBuf::new(), "/pings-spill/\n".to_owned()),
    };
    let path = folder.join(".gitignore");
    let text = format!(
        "# The event log of pings, and the events that wait while it is not available.\n{names}"
    );
    match OpenOptions::new().write(true).create_new(true).open(&path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
        opened => {
            let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
            written.map_err(|error| {
                Failure::Ours(format!("cannot write {}: {error}", path.display()))
            })?;
            Ok(Some(path.display().to_string()))
        }
    }
}

/// Returns the registry for the product in a folder of this name.
fn text(folder: &str) -> String {
    let name = ident::snake_name(folder)
        .filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()) && name.is_ascii())
        .unwrap_or_else(|| "product".to_owned());
    let title: Vec<String> = name.split('_').map(capitalized).collect();
    STARTER
        .replace("NAME", &name)
        .replace("TITLE", &title.join(" "))
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + letters.as_str(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use pings_registry::Levels;

    use super::{text, write};

    #[test]
    fn the_registry_has_no_finding_in_a_folder_of_any_name() {
        for folder in [
            "acme-shop",
            "Acme Shop",
            "42",
            "",
            "größe",
            "a'b\"c: #",
            "type",
        ] {
            let text = text(folder);
            let checked = pings_registry::check(&text, &Levels::default());
            let checked = checked.unwrap_or_else(|error| panic!("{folder}: {error}\n{text}"));
            assert!(checked.findings.is_empty(), "{:?}", checked.findings);
            assert!(!text.contains("NAME") && !text.contains("TITLE"), "{text}");
        }
        assert!(text("acme-shop").contains("name: acme_shop\ntitle: \"Acme Shop Pings\""));
    }

    #[test]
    fn an_existing_registry_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pings.yaml");
        let written = write(&path).ok().unwrap();
        assert_eq!(written.len(), 2, "{written:?}");
        assert!(folder.path().join("docs/pings.schema.json").exists());
        std::fs::write(&path, "mine").unwrap();
        assert!(write(&path).ok().unwrap().is_empty());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    }

    #[test]
    fn the_commented_capture_is_valid() {
        let text = text("acme");
        let text = text.replace("  # - id: projects\n", "  - id: projects\n");
        let (before, after) = text.split_once("  - id: projects\n").unwrap();
        let after = after
            .replace("\n  #   ", "\n    ")
            .replacen("  #   ", "    ", 1);
        let before = before.replace(
            "#\n# tables:\n#   projects:\n#     id: integer\n#     is_public: boolean\n",
            "tables:\n  projects:\n    id: integer\n    is_public: boolean\n",
        );
        let text = format!("{before}  - id: projects\n{after}");
        let registry = pings_registry::parse(&text);
        let registry = registry.unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(registry.pings().len(), 2);
    }
}
