//! Places in a registry, by name.

use std::fmt;

/// A place in a registry: the steps from its top to one of its parts.
///
/// It is written `pings[insight_changes].metrics[InsightAddition].where`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(Vec<Step>);

/// A step down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the value of a key.
    Key(String),
    /// To an item of a list.
    Item {
        /// Its place in the list, from 0.
        index: usize,
        /// What it is called.
        name: String,
    },
}

impl Path {
    /// The top of the registry.
    #[must_use]
    pub fn top() -> Self {
        Self::default()
    }

    /// The value of a key below this place.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    /// An item of the list at this place.
    #[must_use]
    pub fn item(&self, index: usize, name: &str) -> Self {
        let name = name.to_owned();
        self.then(Step::Item { index, name })
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }

    /// The steps, from the top.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if place == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Item { name, .. } => write!(f, "[{name}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn a_path_is_written_by_name() {
        let ping = Path::top().key("pings").item(3, "insight_changes");
        assert_eq!(
            ping.key("added").to_string(),
            "pings[insight_changes].added"
        );
        assert_eq!(Path::top().to_string(), "");
    }
}
