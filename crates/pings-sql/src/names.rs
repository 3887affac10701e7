//! Names that a query gives to its own parts.

/// The names that are already used.
#[derive(Clone, Debug, Default)]
pub struct Names {
    taken: Vec<String>,
}

impl Names {
    /// Marks a name as used.
    pub fn take(&mut self, name: &str) {
        // SQLite does not distinguish upper and lower case, even in quotes.
        self.taken.push(name.to_lowercase());
    }

    /// Returns the name if it is free, otherwise the first free name among `name_2`, `name_3`…
    pub fn give(&mut self, name: &str) -> String {
        let given = std::iter::once(name.to_owned())
            .chain((2..).map(|number: usize| format!("{name}_{number}")))
            .find(|candidate| !self.taken.contains(&candidate.to_lowercase()))
            .unwrap_or_else(|| name.to_owned());
        self.take(&given);
        given
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::default();
        names.take("Value");
        assert_eq!(names.give("value"), "value_2");
        assert_eq!(names.give("value"), "value_3");
        assert_eq!(names.give("person"), "person");
    }
}
