//! The location of an element in the structure of a registry, independent of the text layout.

use std::fmt;

/// The path from the root of a registry to an element: `pings[3].metrics[0].where`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path(pub Vec<PathStep>);

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PathStep {
    /// The value of this key.
    Key(String),
    /// The list item with this index, starting at 0.
    Item(usize),
}

impl Path {
    /// Appends a key to the path.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.0.push(PathStep::Key(key.to_owned()));
        self
    }

    /// Appends a list index to the path.
    #[must_use]
    pub fn item(mut self, at: usize) -> Self {
        self.0.push(PathStep::Item(at));
        self
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Key(key) if at == 0 => f.write_str(key)?,
                PathStep::Key(key) => write!(f, ".{key}")?,
                PathStep::Item(item) => write!(f, "[{item}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn paths_read_as_people_write_them() {
        let path = Path::default()
            .key("pings")
            .item(3)
            .key("metrics")
            .item(0)
            .key("where");
        assert_eq!(path.to_string(), "pings[3].metrics[0].where");
        assert_eq!(Path::default().to_string(), "");
    }
}
