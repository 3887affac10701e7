//! The vocabulary of everything that people read: documentation, help, messages and comments.

use std::fs;
use std::path::{Path, PathBuf};

/// Phrases that are not plain technical English, and what to write instead.
const BANNED: &[(&str, &str)] = &[
    ("to be believed", "trusted"),
    ("is believed", "is trusted"),
    ("mended", "fixed"),
    ("mends", "fixes"),
    ("told by", "grouped by"),
    ("told apart", "distinguished"),
    ("foretold", "estimated"),
    ("anew", "again"),
    ("comes to nothing", "has no effect"),
    ("put together a week", "assemble a payload"),
    ("way home", "delivery"),
    ("gravest", "most severe"),
    ("double nothing", "do not duplicate work"),
    ("who may know whom", "allowed dependencies"),
    ("nobody fires", "is never fired"),
    ("so is the", "name the thing"),
];

/// Files whose text is quoted from elsewhere.
const QUOTED: &[&str] = &["docs/pings.md", "docs/failures.md", "vocabulary.rs"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_text = [".md", ".rs", ".toml", ".yml"]
            .iter()
            .any(|end| name.ends_with(end));
        if path.is_dir()
            && !path.is_symlink()
            && !name.starts_with('.')
            && !matches!(name.as_str(), "target" | "node_modules")
        {
            files(&path, found);
        } else if is_text && !QUOTED.iter().any(|quoted| path.ends_with(quoted)) {
            found.push(path);
        }
    }
}

/// Returns the words of a text in lower case, separated and surrounded by single spaces.
fn words(text: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '_');
    let words = text
        .split(|c: char| !is_word(c))
        .filter(|word| !word.is_empty());
    words.fold(" ".to_owned(), |all, word| all + &word.to_lowercase() + " ")
}

#[test]
fn a_phrase_is_found_across_lines_and_not_inside_of_words() {
    assert!(words("It is *to\n//! be believed*.").contains(" to be believed "));
    assert!(!words("We recommend it.").contains(" mend "));
}

#[test]
fn nothing_is_said_in_a_private_idiom() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut all = Vec::new();
    for folder in ["crates", "docs", "xtask"] {
        files(&root.join(folder), &mut all);
    }
    for file in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "PRIVACY.md",
    ] {
        all.push(root.join(file));
    }
    assert!(all.len() > 500, "only {} files", all.len());
    let mut found = Vec::new();
    for path in all {
        let text = fs::read_to_string(&path).expect("a text");
        let words = words(&text);
        for (phrase, instead) in BANNED {
            if words.contains(&format!(" {phrase} ")) {
                found.push(format!("{}: `{phrase}`; write {instead}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
