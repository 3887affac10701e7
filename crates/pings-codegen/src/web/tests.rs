//! Snapshots of a package whose names are keywords, collide or are not identifiers. That the package
//! compiles and runs is tested with Node in `tests/tests/web/package.rs`.

use pings_model::Registry;

use super::files;
use crate::events::tests::typed;
use crate::fixtures::{ORIGIN, saying};
use crate::markdown::HOSTILE;

#[test]
fn functions_and_declarations_of_any_names() {
    let tree = files(&Registry::from_checked(typed()), &ORIGIN);
    let file = |path: &str| tree.file(&format!("packages/typed-web/{path}"));
    for path in [
        "README.md",
        "dom.js",
        "index.d.ts",
        "index.js",
        "package.json",
        "testing.d.ts",
    ] {
        insta::assert_snapshot!(path, file(path).expect("a file"));
    }
}

#[test]
fn no_text_ends_a_comment_or_a_string() {
    for text in HOSTILE {
        let tree = files(&Registry::from_checked(saying(text)), &ORIGIN);
        for (path, text) in tree
            .files()
            .filter(|(path, _)| path.ends_with("index.d.ts"))
        {
            let is_known = |line: &str| {
                line.is_empty()
                    || ["//", "/**", " *", "export ", "  readonly ", "  /**", "}"]
                        .iter()
                        .any(|start| line.starts_with(start))
            };
            let lines: Vec<&str> = text.lines().filter(|line| !is_known(line)).collect();
            assert!(lines.is_empty(), "{path}: {lines:#?}");
            let ends = text.matches("*/").count();
            let begins = text
                .lines()
                .filter(|line| line.trim_start().starts_with("/**"));
            assert_eq!(ends, begins.count(), "{path}");
        }
    }
}
