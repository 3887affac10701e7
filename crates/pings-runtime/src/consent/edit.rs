//! Changes a switch in the configuration file, and keeps everything else as it is.

use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use pings_database::{Error, Result};
use saphyr_parser::{Event, Parser};

use super::settings::{Settings, path_of, switches_in};
use super::switches::Switch;

impl Settings {
    /// Sets a switch in the configuration file, which is created if it does not exist. All other
    /// text of the file stays as it is. `file` is that of [`Settings::load`].
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or written, if it is invalid, or if it is written
    /// in a way that only a person can change.
    pub fn write_switch(file: Option<&Path>, switch: Switch, is_on: bool) -> Result<()> {
        let path = path_of(file);
        let cannot = |what: &str, error: std::io::Error| {
            Error::input(format!("cannot {what} {}: {error}", path.display())).caused_by(error)
        };
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            text => text.map_err(|error| cannot("read", error))?,
        };
        let mut expected = switches_in(&path, &text)?;
        expected.insert(switch, is_on);
        let value = switch.value(is_on);
        let edited = edited(&text, switch.name(), value);
        let edited = edited.filter(|it| switches_in(&path, it).is_ok_and(|it| it == expected));
        let edited = edited.ok_or_else(|| {
            Error::input(format!(
                "{} cannot be changed by this program\nhelp: set `{switch}` to {value} in it",
                path.display()
            ))
        })?;
        // The file is overwritten in place, which keeps its owner, its permissions and links to it.
        fs::write(&path, edited).map_err(|error| cannot("write", error))
    }
}

/// Returns the text with the value of a key, whose parts are separated by dots. The result may be
/// invalid, and must be checked.
fn edited(text: &str, key: &str, value: &str) -> Option<String> {
    let found = find(text, key);
    let (place, new) = match (found.value, found.parent, key.split_once('.')) {
        (Some(place), ..) => (place, value.to_owned()),
        (None, Some(parent), Some((_, name))) => match parent {
            Parent::Flow(start) => (start..start, format!(" {name}: {value},")),
            Parent::Block { start, column } => {
                let indent = " ".repeat(column);
                (start..start, format!("{name}: {value}\n{indent}"))
            }
        },
        (None, _, parts) => {
            let line = match parts {
                Some((outer, name)) => format!("{outer}:\n  {name}: {value}\n"),
                None => format!("{key}: {value}\n"),
            };
            let is_open = !text.is_empty() && !text.ends_with('\n');
            let end = text.chars().count();
            let new = format!("{}{line}", if is_open { "\n" } else { "" });
            (end..end, new)
        }
    };
    let byte = |place: usize| {
        let mut starts = text.char_indices().map(|(byte, _)| byte);
        starts.nth(place).unwrap_or(text.len())
    };
    let (start, end) = (byte(place.start), byte(place.end));
    Some(format!("{}{new}{}", text.get(..start)?, text.get(end..)?))
}

/// The places of a key, in characters.
#[derive(Default)]
struct Found {
    value: Option<Range<usize>>,
    /// The mapping that would have the key.
    parent: Option<Parent>,
}

enum Parent {
    /// `{…}`: the place after the brace.
    Flow(usize),
    /// The place and the column of its first key.
    Block { start: usize, column: usize },
}

fn find(text: &str, key: &str) -> Found {
    let outer = key.split_once('.').map(|(outer, _)| outer);
    let mut found = Found::default();
    // For each mapping around the event, the key whose value comes next, if it was read.
    let mut around: Vec<Option<String>> = Vec::new();
    let mut lists = 0_usize;
    let path = |around: &[Option<String>]| {
        let keys: Vec<&str> = around.iter().flatten().map(String::as_str).collect();
        keys.join(".")
    };
    for (event, span) in Parser::new_from_str(text).map_while(std::result::Result::ok) {
        match event {
            Event::SequenceStart(..) => lists += 1,
            Event::SequenceEnd => lists = lists.saturating_sub(1),
            _ if lists > 0 => continue,
            Event::MappingStart(..) => {
                if around.len() == 1 && outer.is_some_and(|it| path(&around) == it) {
                    let start = span.start.index();
                    let is_flow = text.chars().nth(start) == Some('{');
                    found.parent = Some(match is_flow {
                        true => Parent::Flow(start + 1),
                        false => Parent::Block {
                            start,
                            column: span.start.col(),
                        },
                    });
                }
                around.push(None);
                continue;
            }
            Event::MappingEnd => {
                around.pop();
            }
            Event::Scalar(name, ..) => {
                if let Some(awaited @ None) = around.last_mut() {
                    *awaited = Some(name.into_owned());
                    continue;
                }
                if path(&around) == key {
                    found.value = Some(span.start.index()..span.end.index());
                }
            }
            Event::Alias(_) => {}
            _ => continue,
        }
        // A value ended.
        if lists == 0
            && let Some(key) = around.last_mut()
        {
            *key = None;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Settings;
    use crate::consent::Switch;

    #[test]
    fn only_the_switch_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pings-config.yaml");
        for (before, switch, is_on, after) in [
            ("", Switch::Send, false, Some("send: false\n")),
            (
                "# ours\nsend: true # until May\ntoken: \"é\"\n",
                Switch::Send,
                false,
                Some("# ours\nsend: false # until May\ntoken: \"é\"\n"),
            ),
            (
                "token: é\nsend: true",
                Switch::Gather,
                false,
                Some("token: é\nsend: true\ngather: false\n"),
            ),
            (
                "gather: true\n",
                Switch::Usage,
                false,
                Some("gather: true\nsensitivity:\n  usage: false\n"),
            ),
            (
                "sensitivity: { operational: false }\n",
                Switch::Usage,
                false,
                Some("sensitivity: { usage: false, operational: false }\n"),
            ),
            (
                "sensitivity: {}\n",
                Switch::Usage,
                false,
                Some("sensitivity: { usage: false,}\n"),
            ),
            (
                "sensitivity:\n    # quiet\n    operational: false\nsend: true\n",
                Switch::Identifying,
                true,
                Some(
                    "sensitivity:\n    # quiet\n    identifying: true\n    operational: false\nsend: true\n",
                ),
            ),
            (
                "sensitivity:\n  usage: true\n  operational: false\n",
                Switch::Operational,
                true,
                Some("sensitivity:\n  usage: true\n  operational: true\n"),
            ),
            (
                "new_metrics: ask\n",
                Switch::NewMetrics,
                true,
                Some("new_metrics: allow\n"),
            ),
            ("{ gather: true }\n", Switch::Send, false, None),
            ("gather: &on true\nsend: *on\n", Switch::Send, false, None),
            ("gather: perhaps\n", Switch::Send, false, None),
        ] {
            fs::write(&path, before).unwrap();
            let written = Settings::write_switch(Some(&path), switch, is_on);
            assert_eq!(written.is_ok(), after.is_some(), "{before}: {written:?}");
            let text = fs::read_to_string(&path).unwrap();
            assert_eq!(text, after.unwrap_or(before));
        }
    }
}
