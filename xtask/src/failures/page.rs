//! The page.

use std::fmt::Write as _;

use pings_codegen::{Origin, markdown_header};

use super::{FOLDER, Failure};

/// What stands above the table.
const INTRODUCTION: &str = include_str!("introduction.md");

/// The page, as the text of its file.
#[must_use]
pub fn page(failures: &[Failure], command: &str) -> String {
    let origin = Origin {
        registry_path: FOLDER,
        registry_text: "",
        command,
    };
    let mut page = format!("{}\n{INTRODUCTION}\n", markdown_header(&origin));
    page.push_str("| failure | caught |\n| --- | --- |\n");
    for Failure {
        title, exhibits, ..
    } in failures
    {
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| [{title}](#{}) | {} |",
            anchor(title),
            stages(exhibits)
        );
    }
    for Failure {
        name,
        title,
        text,
        exhibits,
    } in failures
    {
        let _ = write!(
            page,
            "\n## {title}\n\n{text}\n\n{exhibits}\n\n[The test](../{FOLDER}/{name}.rs)\n"
        );
    }
    page
}

/// When it is caught, as its exhibits begin: `**At check.**`; each once, in their order.
fn stages(exhibits: &str) -> String {
    let mut stages: Vec<String> = Vec::new();
    for line in exhibits.lines() {
        let stage = line
            .strip_prefix("**")
            .and_then(|rest| rest.split_once(".**"));
        let stage = stage.map(|(stage, _)| stage.to_lowercase());
        stages.extend(stage.filter(|it| !stages.contains(it)));
    }
    stages.join(", ")
}

/// What GitHub makes of a heading.
fn anchor(title: &str) -> String {
    let kept = title
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
