//! Where a part of a registry stands in its YAML, whatever the text looks like.

use std::fmt;

/// The way from the top of a registry to one of its parts: `pings[3].metrics[0].where`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path(pub Vec<PathStep>);

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PathStep {
    /// The value of this key.
    Key(String),
    /// The item of this place in a list, from 0.
    Item(usize),
}

impl Path {
    /// The path on to the value of a key.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.0.push(PathStep::Key(key.to_owned()));
        self
    }

    /// The path on to an item of a list.
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
