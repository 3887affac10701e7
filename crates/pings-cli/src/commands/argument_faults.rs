//! The text of faults in the arguments of events.

use pings_runtime::live_check::ArgumentFault;

/// Returns what is wrong with the arguments of an event, and what to do about it.
pub(crate) fn said(fault: &ArgumentFault) -> (String, Vec<String>) {
    match fault {
        ArgumentFault::NoObject => ("the argument is not a JSON object".to_owned(), Vec::new()),
        ArgumentFault::Missing(argument) => (
            format!("`{argument}` is missing"),
            vec!["log the argument, or declare it with `optional: true`".to_owned()],
        ),
        ArgumentFault::WrongKind {
            argument,
            declared,
            found,
        } if declared == found => {
            let limit = if *declared == "an integer" {
                "2^53 - 1"
            } else {
                "1e150"
            };
            (
                format!("`{argument}` exceeds {limit} and is ignored"),
                Vec::new(),
            )
        }
        ArgumentFault::WrongKind {
            argument,
            declared,
            found,
        } => (
            format!("`{argument}` is {found}, but {declared} in the registry"),
            Vec::new(),
        ),
        // The message omits the value, because a user may have typed it.
        ArgumentFault::UndeclaredValue { argument, near } => (
            format!("`{argument}` has an undeclared value, which is counted as @other"),
            match near {
                Some(near) => vec![format!("did you mean `{near}`?")],
                None => Vec::new(),
            },
        ),
        ArgumentFault::UndeclaredKey { key: Some(key) } => (
            format!("`{key}` is not declared"),
            vec!["declare the argument, or do not log it".to_owned()],
        ),
        ArgumentFault::UndeclaredKey { key: None } => (
            "there are undeclared arguments, each in few rows".to_owned(),
            vec![
                "look at the row; the names are not shown, because users may have typed them"
                    .to_owned(),
            ],
        ),
    }
}
