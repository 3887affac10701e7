//! Where links to headings lead.

use std::collections::BTreeMap;

/// The headings of a page so far.
#[derive(Debug, Default)]
pub(crate) struct Slugs(BTreeMap<String, usize>);

impl Slugs {
    /// The fragment under which GitHub finds the next heading, by its text as readers see it.
    ///
    /// The second of one name gets `-1`.
    pub(crate) fn next(&mut self, heading: &str) -> String {
        let slug: String = heading
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || is_mark(*c) || matches!(c, '_' | '-' | ' '))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let seen = self.0.entry(slug.clone()).or_default();
        *seen += 1;
        match *seen - 1 {
            0 => slug,
            more => format!("{slug}-{more}"),
        }
    }
}

/// Marks that combine with the letter before them, which GitHub keeps.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::Slugs;

    #[test]
    fn slugs_are_those_of_github() {
        let mut slugs = Slugs::default();
        for (heading, slug) in [
            (
                "Additions count, edits count, and removals count",
                "additions-count-edits-count-and-removals-count",
            ),
            (
                "Code Insights View/Click Creation Funnels",
                "code-insights-viewclick-creation-funnels",
            ),
            ("Hovers & clicks", "hovers--clicks"),
            ("Élan vital, день", "élan-vital-день"),
            ("event_logs: a-b", "event_logs-a-b"),
            ("Hovers & clicks", "hovers--clicks-1"),
            ("hovers & clicks!", "hovers--clicks-2"),
        ] {
            assert_eq!(slugs.next(heading), slug);
        }
    }
}
