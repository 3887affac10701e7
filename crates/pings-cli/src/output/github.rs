//! Annotations of a GitHub workflow.
//!
//! The format is documented at
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use pings_findings::{github_data as data, github_property as property};

/// Returns a line that shows a message at a position in a file.
pub(crate) fn annotation(
    level: &str,
    (file, line, column): (&str, usize, usize),
    title: &str,
    message: &str,
) -> String {
    format!(
        "::{level} file={},line={line},col={column},title={}::{}",
        property(file),
        property(title),
        data(message)
    )
}

#[cfg(test)]
mod tests {
    use super::annotation;

    #[test]
    fn no_text_ends_the_line_or_begins_another_property() {
        assert_eq!(
            annotation(
                "error",
                ("a,b.rs", 1, 2),
                "x: y",
                "100 %\nof it: all, of it"
            ),
            "::error file=a%2Cb.rs,line=1,col=2,title=x%3A y::100 %25%0Aof it: all, of it"
        );
    }
}
