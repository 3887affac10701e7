//! The reason why registries cannot be compared, in formats for other programs.

use crate::github::data;

/// Returns the reason as a GitHub workflow command, which GitHub shows as an annotation.
#[must_use]
pub fn github(reason: &str) -> String {
    format!("::error title=pings::{}", data(reason))
}

/// Returns a Markdown section that shows a message verbatim.
#[must_use]
pub fn markdown(message: &str) -> String {
    let runs = message.split(|c| c != '`').map(str::len);
    // The fence must be longer than any run of backticks in the text.
    let fence = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
    let message = message.trim_end();
    format!("### The pings cannot be compared\n\n{fence}text\n{message}\n{fence}")
}

#[cfg(test)]
mod tests {
    use super::{github, markdown};

    #[test]
    fn a_message_stays_in_its_form() {
        assert_eq!(github("a: 50%\nb"), "::error title=pings::a: 50%25%0Ab");
        assert_eq!(
            markdown("a\n```\nb\n"),
            "### The pings cannot be compared\n\n````text\na\n```\nb\n````"
        );
    }
}
