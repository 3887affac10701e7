//! The text of a registry that needs no other files.

use crate::diagnostics::Diagnostics;
use crate::files::{Files, value_nodes, values};
use crate::read_tree;

/// Returns the text of a registry with the values of its files as lists, for a program that has
/// only the text.
///
/// # Errors
///
/// Returns an error if the text is not YAML. Files that cannot be read stay as they are.
pub fn inlined(text: &str, files: &Files<'_>) -> Result<String, Diagnostics> {
    let root = read_tree::parse(text).map_err(|error| Diagnostics::new(text, vec![error]))?;
    let mut inlined = text.to_owned();
    let mut entries: Vec<_> = value_nodes(&root)
        .filter_map(|node| node.entry("file"))
        .collect();
    // Replacements from the end do not move the places before them.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.key_span));
    for entry in entries {
        let Some(Ok(content)) = entry.value.text().map(files) else {
            continue;
        };
        let texts: Vec<String> = values(&content).map(|(_, value)| quoted(value)).collect();
        let range = entry.key_span.start..entry.value.span.end;
        inlined.replace_range(range, &format!("list: [{}]", texts.join(", ")));
    }
    Ok(inlined)
}

/// Returns a text in double quotes. The values of a valid file have no control characters.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::inlined;

    #[test]
    fn the_values_of_files_become_lists() {
        let text = "events:\n  Opened:\n    args:\n      a: { values: { file: a.txt }, optional: true }\n      \
                    b:\n        type: string\n        values:\n          file: 'b.txt' # all of them\n      \
                    c: { enum: [x] }\ntables:\n  t:\n    d: { values: { file: missing.txt } }\n";
        let files = |path: &str| match path {
            "a.txt" => Ok("# colours\nred\n\n  C# \n".to_owned()),
            "b.txt" => Ok("\u{feff}say \"hi\"\r\nno\r\n".to_owned()),
            _ => Err("not found".to_owned()),
        };
        let expected = text
            .replace("file: a.txt", r#"list: ["red", "C#"]"#)
            .replace("file: 'b.txt'", r#"list: ["say \"hi\"", "no"]"#);
        assert_eq!(inlined(text, &files).unwrap(), expected);
    }
}
