//! The functions that log events by their names.

use std::borrow::Cow;
use std::str::FromStr;

use crate::argument::Position;

/// A function that logs an event by its name.
///
/// The function is parsed from `NAME`, or from `NAME:POSITION` if the name of the event is the
/// argument at this position, from 1.
///
/// ```
/// use pings_scan::Call;
///
/// let call: Call = "trackEvent:2".parse()?;
/// assert_eq!(call.name(), "trackEvent");
/// assert!("trackEvent:0".parse::<Call>().is_err());
/// assert!("trackEvent:name".parse::<Call>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    name: Cow<'static, str>,
    /// The index of the argument, or `None` for the first string.
    argument: Option<usize>,
}

/// The default functions that log an event by its name.
///
/// `record` takes an event and then its user, and many unrelated functions are called `track`, so
/// only their first argument can be a name.
pub const CALLS: &[Call] = &[
    Call::any("logEvent"),
    Call::any("LogEvent"),
    Call::any("log_event"),
    Call::any("eventLogger.log"),
    Call::any("telemetryService.log"),
    Call::any("telemetryRecorder.recordEvent"),
    Call::first("record_named"),
    Call::first("record"),
    Call::first("track"),
    Call::any("trackEvent"),
    Call::any("track_event"),
    Call::first("useViewed"),
];

/// The attribute of an element that fires an event.
pub(crate) const ATTRIBUTE: &str = "data-ping";

impl Call {
    const fn any(name: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            argument: None,
        }
    }

    const fn first(name: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            argument: Some(0),
        }
    }

    /// Returns the name of the function.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the arguments that can be the name of an event.
    pub(crate) fn position(&self) -> Position {
        self.argument.map_or(Position::Any, Position::Only)
    }
}

impl FromStr for Call {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // In `Telemetry::log`, the colons belong to the name.
        let (name, position) = match text.rsplit_once(':') {
            Some((name, position)) if !name.ends_with(':') => (name, Some(position)),
            _ => (text, None),
        };
        if name.is_empty() {
            return Err("the name of the function is missing".to_owned());
        }
        let argument = match position {
            None => None,
            Some(position) => {
                let number = position.parse::<usize>().ok();
                let index = number.and_then(|number| number.checked_sub(1));
                Some(index.ok_or_else(|| {
                    format!(
                        "the position of an argument is a number from 1, as in `{name}:2`, not `{text}`"
                    )
                })?)
            }
        };
        Ok(Self {
            name: Cow::Owned(name.to_owned()),
            argument,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Call;

    #[test]
    fn a_position_is_a_number_and_two_colons_are_a_part_of_the_name() {
        let read = |text: &str| match text.parse::<Call>() {
            Ok(call) => format!("{} {:?}", call.name, call.argument),
            Err(error) => error,
        };
        for (text, expected) in [
            ("track", "track None"),
            ("track:2", "track Some(1)"),
            ("Telemetry::log", "Telemetry::log None"),
            ("Telemetry::log:1", "Telemetry::log Some(0)"),
            (
                "track:x",
                "the position of an argument is a number from 1, as in `track:2`, not `track:x`",
            ),
            (
                "track:",
                "the position of an argument is a number from 1, as in `track:2`, not `track:`",
            ),
            (
                "track:0",
                "the position of an argument is a number from 1, as in `track:2`, not `track:0`",
            ),
            (":2", "the name of the function is missing"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
