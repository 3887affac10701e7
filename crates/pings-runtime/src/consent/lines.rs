//! Finds the lines of the keys in a YAML file.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser};

/// Returns the line of each key, starting at 1, by its path with dots between the keys.
///
/// Text after a syntax error has no lines, because serde reports the error.
pub(super) fn lines(text: &str) -> BTreeMap<String, usize> {
    let mut lines = BTreeMap::new();
    // For each mapping around the event, the key whose value comes next, if it was read.
    let mut around: Vec<Option<String>> = Vec::new();
    let mut lists = 0_usize;
    for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
        match event {
            Event::SequenceStart(..) => lists += 1,
            Event::SequenceEnd => {
                lists = lists.saturating_sub(1);
                value_ends(&mut around, lists);
            }
            _ if lists > 0 => {}
            Event::MappingStart(..) => around.push(None),
            Event::MappingEnd => {
                around.pop();
                value_ends(&mut around, lists);
            }
            Event::Scalar(key, ..) => match around.last_mut() {
                Some(awaited @ None) => {
                    *awaited = Some(key.into_owned());
                    let path: Vec<&str> = around.iter().flatten().map(String::as_str).collect();
                    lines.insert(path.join("."), span.start.line());
                }
                _ => value_ends(&mut around, lists),
            },
            Event::Alias(_) => value_ends(&mut around, lists),
            _ => {}
        }
    }
    lines
}

fn value_ends(around: &mut [Option<String>], lists: usize) {
    if lists == 0
        && let Some(key) = around.last_mut()
    {
        *key = None;
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn each_key_is_on_its_line() {
        let text = "# ours\n\ngather: true\nsend:\n  false\nother: [a, { b: 1 }, c]\n\
                    sensitivity:\n  usage: true\n  operational: false\nflow: { a: { b: 1 }, c: 2 }\nlast: x\n";
        let found = lines(text);
        for (key, line) in [
            ("gather", 3),
            ("send", 4),
            ("other", 6),
            ("sensitivity", 7),
            ("sensitivity.usage", 8),
            ("sensitivity.operational", 9),
            ("flow", 10),
            ("flow.a.b", 10),
            ("flow.c", 10),
            ("last", 11),
        ] {
            assert_eq!(found.get(key), Some(&line), "{key} {found:?}");
        }
        assert_eq!(found.len(), 11);
    }
}
