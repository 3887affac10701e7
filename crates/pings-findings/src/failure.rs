//! Why there is nothing to compare, in the forms that programs of others read.

use crate::github::data;

/// The reason as a command of a GitHub workflow, which shows it in the list of annotations.
#[must_use]
pub fn github(reason: &str) -> String {
    format!("::error title=pings::{}", data(reason))
}

/// A section of Markdown that shows a message as it is.
#[must_use]
pub fn markdown(message: &str) -> String {
    let runs = message.split(|c| c != '`').map(str::len);
    // A fence is longer than any in the text.
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
