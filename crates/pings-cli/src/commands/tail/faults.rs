//! The text of what does not fit the registry.

use pings_runtime::follow::EventFault;
use pings_runtime::live_check::ArgumentFault;

use crate::commands::argument_faults;

/// Returns what is wrong, and what to do about it.
pub(super) fn said(fault: &EventFault) -> (String, Vec<String>) {
    let (message, help) = match fault {
        EventFault::Unknown { near } => ("the registry has no such event", did_you_mean(near)),
        EventFault::Argument(fault) => return argument_faults::said(fault),
        EventFault::UnreadVersion => (
            "the version is not valid: the store does not trust the numbers of this week",
            Vec::new(),
        ),
        EventFault::UnreadTime => (
            "the time is not valid: the event is not counted in any week",
            Vec::new(),
        ),
    };
    (message.to_owned(), help)
}

/// Returns the text in one line, with the name that was probably meant.
pub(super) fn in_a_line(fault: &EventFault) -> String {
    let (message, help) = said(fault);
    let names_another = matches!(
        fault,
        EventFault::Unknown { .. } | EventFault::Argument(ArgumentFault::UndeclaredValue { .. })
    );
    match help.first() {
        Some(help) if names_another => format!("{message}; {help}"),
        _ => message,
    }
}

fn did_you_mean(near: &Option<String>) -> Vec<String> {
    let near = near.iter();
    near.map(|near| format!("did you mean `{near}`?")).collect()
}
