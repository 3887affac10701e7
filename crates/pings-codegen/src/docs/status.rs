//! The status of a ping, as plain text without Markdown.

use pings_model::{Broken, Ping};

use crate::text::{comma_separated, one_line};

/// Returns the status in one or two sentences, with reasons.
pub(crate) fn sentence(ping: &Ping) -> String {
    let closed = except(ping);
    if let Some(removed) = ping.removed {
        return format!("Removed in {removed}. Worked since {}{closed}.", ping.added);
    }
    let Some(open) = open(ping) else {
        return format!("Working since {}{closed}.", ping.added);
    };
    let first = open.versions.first();
    let reason = open.reason.as_deref().map_or(String::new(), |reason| {
        format!(": {}", one_line(reason).trim_end_matches('.'))
    });
    let before = if first > ping.added {
        format!(" Worked since {} until then{closed}.", ping.added)
    } else {
        String::new()
    };
    format!("Broken since {first}, not fixed{reason}.{before}")
}

/// Returns the status in a few words.
pub(super) fn short(ping: &Ping) -> String {
    if let Some(removed) = ping.removed {
        return format!("Removed in {removed}");
    }
    match open(ping) {
        Some(open) => format!("Broken since {}", open.versions.first()),
        None => format!("Working{}", except(ping)),
    }
}

/// Returns whether the newest version still sends wrong values.
pub(super) fn is_broken(ping: &Ping) -> bool {
    ping.removed.is_none() && open(ping).is_some()
}

/// Returns the broken range that has no end.
fn open(ping: &Ping) -> Option<&Broken> {
    ping.broken
        .iter()
        .find(|broken| broken.versions.key_after().is_none())
}

/// Returns the broken versions. Ranges without an end are omitted while the ping is sent, because
/// the status names them separately.
fn except(ping: &Ping) -> String {
    let is_listed =
        |broken: &&Broken| ping.removed.is_some() || broken.versions.key_after().is_some();
    let versions = comma_separated(
        ping.broken
            .iter()
            .filter(is_listed)
            .map(|broken| broken.versions.to_string()),
    );
    if versions.is_empty() {
        return versions;
    }
    format!(", except in {versions}")
}

#[cfg(test)]
mod tests {
    use super::{sentence, short};
    use crate::fixtures::{broken, ping};

    #[test]
    fn a_status_tells_what_to_trust() {
        for (removed, ranges, expected_short, expected) in [
            (None, &[][..], "Working", "Working since 3.25."),
            (
                None,
                &["3.30", "3.31-3.35.0"],
                "Working, except in 3.30, 3.31-3.35.0",
                "Working since 3.25, except in 3.30, 3.31-3.35.0.",
            ),
            (
                None,
                &["3.30", "3.31+"],
                "Broken since 3.31",
                "Broken since 3.31, not fixed: it is wrong. Worked since 3.25 until then, except in 3.30.",
            ),
            (
                None,
                &["3.25+"],
                "Broken since 3.25",
                "Broken since 3.25, not fixed: it is wrong.",
            ),
            (
                Some("4.2"),
                &["3.31+"],
                "Removed in 4.2",
                "Removed in 4.2. Worked since 3.25, except in 3.31+.",
            ),
        ] {
            let mut ping = ping("one", "One");
            ping.removed = removed.map(|version| version.parse().unwrap());
            ping.broken = ranges
                .iter()
                .map(|range| broken(range, Some("it is wrong."), None))
                .collect();
            assert_eq!(short(&ping), expected_short);
            assert_eq!(sentence(&ping), expected);
        }
    }
}
