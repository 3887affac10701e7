//! Where the parts of a registry stand in its text.

use pings_model::{Path, PathStep};

use crate::source::Span;
use crate::tree::{self, Content, Node};

/// The YAML of a registry, by its places.
#[derive(Debug)]
pub struct Places<'a> {
    root: Option<Node<'a>>,
}

impl<'a> Places<'a> {
    /// Reads a registry. What is no YAML has no places but its beginning.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        Self {
            root: tree::parse(text).ok(),
        }
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

    use super::Places;

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
    fn what_is_no_yaml_has_no_places() {
        assert_eq!(Places::of("a: [").span(&Path::default()).end, 0);
    }
}
