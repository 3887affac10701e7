//! Locations of all elements in the text of a registry.

use pings_model::{Path, PathStep};

use crate::outline;
use crate::read_tree;
use crate::source::Span;
use crate::tree::{Content, Node};

/// The syntax tree of a registry, for lookups of locations.
#[derive(Debug)]
pub struct Places<'a> {
    text: &'a str,
    root: Option<Node<'a>>,
}

/// An element of a registry with its location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The path to the element.
    pub path: Path,
    /// The location of the key, or `None` for a list item.
    pub key: Option<Span>,
    /// The location of the value, without the key and without the `|` or `>` of a text. If there is
    /// no value, this is the location of the key.
    pub value: Span,
    /// The kind of the element.
    pub form: Form,
}

/// The kind of a YAML element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A single value.
    Scalar,
    /// A list.
    List,
    /// A mapping.
    Mapping,
}

impl<'a> Places<'a> {
    /// Parses a registry. Invalid YAML has no locations except its start.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        Self {
            text,
            root: read_tree::parse(text).ok(),
        }
    }

    /// Returns all elements, each before its children.
    #[must_use]
    pub fn all(&self) -> Vec<Located> {
        let mut all = Vec::new();
        if let Some(root) = &self.root {
            self.parts(root, &Path::default(), &mut all);
        }
        all
    }

    fn parts(&self, node: &Node<'_>, path: &Path, all: &mut Vec<Located>) {
        for entry in node.entries() {
            let path = path.clone().key(&entry.key);
            self.part(&entry.value, path, Some(entry.key_span), all);
        }
        for (at, item) in node.items().iter().enumerate() {
            self.part(item, path.clone().item(at), None, all);
        }
    }

    fn part(&self, node: &Node<'_>, path: Path, key: Option<Span>, all: &mut Vec<Located>) {
        all.push(Located {
            path: path.clone(),
            key,
            value: outline::whole(self.text, node),
            form: match node.content {
                Content::Scalar { .. } => Form::Scalar,
                Content::List(_) => Form::List,
                Content::Mapping(_) => Form::Mapping,
            },
        });
        self.parts(node, &path, all);
    }

    /// Returns the location of an element, or of the nearest existing parent if the element does
    /// not exist.
    #[must_use]
    pub fn span(&self, path: &Path) -> Span {
        let start = Span { start: 0, end: 0 };
        let Some(mut node) = self.root.as_ref() else {
            return start;
        };
        let mut span = node.head();
        for step in &path.0 {
            match step {
                PathStep::Key(key) => {
                    let Some(entry) = node.entry(key) else { break };
                    node = &entry.value;
                    // For a multi-line value, use the location of the key.
                    span = match &node.content {
                        Content::Scalar { text, .. }
                            if !text.contains('\n') && !text.is_empty() =>
                        {
                            node.span
                        }
                        _ => entry.key_span,
                    };
                }
                PathStep::Item(at) => {
                    let Some(item) = node.items().get(*at) else {
                        // A single item may be written without a list.
                        break;
                    };
                    node = item;
                    span = node.head();
                }
            }
        }
        span
    }
}

#[cfg(test)]
mod tests {
    use pings_model::Path;

    use super::{Form, Places};

    const TEXT: &str = "format: 1\npings:\n  - id: a\n    purpose: |\n      x\n      y\n    metrics: [{ code: A }]\n";

    #[test]
    fn parts_are_found_or_what_is_around_them() {
        let places = Places::of(TEXT);
        let ping = || Path::default().key("pings").item(0);
        let at = |path: &Path| {
            let span = places.span(path);
            &TEXT[span.start..span.end]
        };
        assert_eq!(at(&ping().key("id")), "a");
        assert_eq!(at(&ping().key("purpose")), "purpose");
        assert_eq!(at(&ping().key("metrics").item(0).key("code")), "A");
        assert_eq!(at(&ping().key("owner")), "id");
        assert_eq!(at(&ping().key("metrics").item(3)), "metrics");
        assert_eq!(at(&Path::default().key("events").key("E")), "format");
    }

    #[test]
    fn all_parts_are_whole() {
        let all = Places::of(TEXT).all();
        let told: Vec<_> = all
            .iter()
            .map(|it| {
                let text = &TEXT[it.value.start..it.value.end];
                (it.path.to_string(), it.form, text)
            })
            .collect();
        let ping = "id: a\n    purpose: |\n      x\n      y\n    metrics: [{ code: A }]";
        let pings = format!("- {ping}");
        let expected = [
            ("format", Form::Scalar, "1"),
            ("pings", Form::List, pings.as_str()),
            ("pings[0]", Form::Mapping, ping),
            ("pings[0].id", Form::Scalar, "a"),
            ("pings[0].purpose", Form::Scalar, "x\n      y"),
            ("pings[0].metrics", Form::List, "[{ code: A }]"),
            ("pings[0].metrics[0]", Form::Mapping, "{ code: A }"),
            ("pings[0].metrics[0].code", Form::Scalar, "A"),
        ];
        assert_eq!(
            told,
            expected.map(|(path, form, text)| (path.to_owned(), form, text))
        );
        assert_eq!(all[2].key, None);
        assert_eq!(all[3].key.map(|key| &TEXT[key.start..key.end]), Some("id"));
    }

    #[test]
    fn what_is_no_yaml_has_no_places() {
        assert_eq!(Places::of("a: [").all(), []);
        assert_eq!(Places::of("a: [").span(&Path::default()).end, 0);
    }
}
