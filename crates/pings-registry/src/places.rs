//! Where the parts of a registry stand in its text.

use pings_model::{Path, PathStep};

use crate::outline;
use crate::source::Span;
use crate::tree::{self, Content, Node};

/// The YAML of a registry, by its places.
#[derive(Debug)]
pub struct Places<'a> {
    text: &'a str,
    root: Option<Node<'a>>,
}

/// A part of a registry, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The way to it.
    pub path: Path,
    /// Its key; none of an item of a list.
    pub key: Option<Span>,
    /// All of it, but for its key and the `|` or `>` of a text; the key where nothing stands
    /// behind it.
    pub value: Span,
    /// What it is.
    pub form: Form,
}

/// What a part of a YAML is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One value.
    Scalar,
    /// A list.
    List,
    /// A mapping.
    Mapping,
}

impl<'a> Places<'a> {
    /// Reads a registry. What is no YAML has no places but its beginning.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        Self {
            text,
            root: tree::parse(text).ok(),
        }
    }

    /// Every part, each before those in it.
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

    /// The place of a part; of one that is not there, that of the nearest part around it.
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
                    // A value of several lines is told by its key.
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
                        // One that is written without a list is its only item.
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
