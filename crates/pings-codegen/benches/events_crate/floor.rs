//! The floor: what the enum costs any crate that has it.

use pings_codegen::Tree;

use crate::Result;

/// Returns the source files of a crate that has only the enums of the generated crate, with the
/// same doc comments, and nothing that works with them.
pub(crate) fn files(tree: &Tree) -> Result<[(&'static str, String); 3]> {
    let file = |name: &str| {
        let path = format!("crates/bench-events/src/{name}");
        tree.file(&path).ok_or(path)
    };
    let root = "//! Enums.\n\nmod choices;\nmod event;\n\npub use choices::*;\npub use event::*;\n";
    Ok([
        ("lib.rs", root.to_owned()),
        (
            "event.rs",
            enums(file("event.rs")?, "use super::choices::*;\n\n"),
        ),
        ("choices.rs", enums(file("choices.rs")?, "")),
    ])
}

/// Returns the enums of a file with their doc comments.
fn enums(file: &str, uses: &str) -> String {
    let mut out = format!("//! Enums.\n\n{uses}");
    let mut doc = "";
    let mut is_inside = false;
    for line in file.lines() {
        if line.starts_with("///") {
            doc = line;
        } else if line.starts_with("pub enum") {
            is_inside = true;
            out.push_str(&format!("{doc}\n"));
        }
        if is_inside {
            out.push_str(line);
            out.push('\n');
        }
        is_inside &= line != "}";
    }
    out
}
