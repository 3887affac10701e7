//! Names that a query gives to its own parts.

/// Names that are taken, and those given so far.
#[derive(Clone, Debug, Default)]
pub struct Names {
    taken: Vec<String>,
}

impl Names {
    /// Takes a name as it is.
    pub fn take(&mut self, name: &str) {
        // SQLite does not tell upper from lower case, even in quotes.
        self.taken.push(name.to_lowercase());
    }

    /// Gives the name if it is free, else the first of `name_2`, `name_3`… that is.
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
