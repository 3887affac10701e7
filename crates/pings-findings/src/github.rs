//! Workflow commands, which GitHub shows as annotations on the lines of a pull request.

use std::fmt::Write as _;

use pings_registry::Severity;

/// An annotation, written as a line of a log.
pub(crate) struct Annotation<'a> {
    pub(crate) severity: Severity,
    pub(crate) title: &'a str,
    pub(crate) file: &'a str,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: &'a str,
}

impl Annotation<'_> {
    pub(crate) fn line(&self) -> String {
        let command = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let mut line = format!("::{command} file={}", property(self.file));
        // Writing to a String cannot fail.
        let _ = write!(
            line,
            ",line={},col={},title={}::{}",
            self.line,
            self.column,
            property(self.title),
            data(self.message)
        );
        line
    }
}

/// Escapes a text for use after the second `::` of a workflow command.
#[must_use]
pub fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a text for use as the value of a property of a workflow command.
#[must_use]
pub fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use pings_registry::Severity;

    use super::Annotation;

    #[test]
    fn nothing_in_a_message_is_taken_for_a_command() {
        let annotation = Annotation {
            severity: Severity::Error,
            title: "a,b: c",
            file: "C:\\pings, new.yaml",
            line: 3,
            column: 7,
            message: "100 %\n::error::no",
        };
        assert_eq!(
            annotation.line(),
            "::error file=C%3A\\pings%2C new.yaml,line=3,col=7,title=a%2Cb%3A c::100 %25%0A::error::no"
        );
    }
}
