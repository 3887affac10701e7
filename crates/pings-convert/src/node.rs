//! YAML and JSON as a tree in which every value has a place.

/// A value.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) content: Content,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// A scalar, and whether it is unquoted.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Mapping(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) value: Node,
}

impl Node {
    /// Returns the text of a scalar that is not null.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        match &self.content {
            Content::Scalar { text, plain: true } => {
                matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// Returns whether the value is the boolean true.
    pub(crate) fn is_true(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, plain: true } if text.eq_ignore_ascii_case("true"))
    }

    /// Returns the items of a list.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the texts of a list, or the text itself if the value is not a list.
    pub(crate) fn texts(&self) -> Vec<&str> {
        match &self.content {
            Content::List(items) => items.iter().filter_map(Self::text).collect(),
            _ => self.text().into_iter().collect(),
        }
    }

    /// Returns the entries of a mapping.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Mapping(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn is_mapping(&self) -> bool {
        matches!(self.content, Content::Mapping(_))
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.content, Content::List(_))
    }

    /// Returns the first value with this key in a mapping, unless the value is null.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let entry = self.entries().iter().find(|entry| entry.key == key)?;
        Some(&entry.value).filter(|value| !value.is_null())
    }

    /// Returns the text with this key in a mapping, without surrounding white space, unless the text
    /// is empty.
    pub(crate) fn text_of(&self, key: &str) -> Option<&str> {
        let text = self.get(key)?.text()?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Returns the value at a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Returns the number of levels below the value.
    pub(crate) fn height(&self) -> usize {
        let below = match &self.content {
            Content::Scalar { .. } => return 0,
            Content::List(items) => items.iter().map(Self::height).max(),
            Content::Mapping(entries) => entries.iter().map(|entry| entry.value.height()).max(),
        };
        below.map_or(0, |height| height + 1)
    }
}
