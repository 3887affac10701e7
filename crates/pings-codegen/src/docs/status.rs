//! The status of pings and metrics, as plain text without Markdown.

use pings_model::{Broken, Life, Ping, Version};

use crate::text::{comma_separated, one_line};

/// Returns the status of a ping in one or more sentences, with reasons.
#[must_use]
pub fn of_ping(ping: &Ping) -> String {
    let mut sentences = vec![Status::of_ping(ping).sentence()];
    for (code, open) in broken_codes(ping) {
        let first = open.versions.first();
        sentences.push(format!(
            "{code} is broken since {first}, not fixed{}.",
            reason(open)
        ));
    }
    sentences.join(" ")
}

/// Returns the status of a metric in one or two sentences, with reasons.
#[must_use]
pub fn of_metric(life: Life<'_>) -> String {
    Status::of_metric(life).sentence()
}

/// Returns the status of a ping in a few words.
#[must_use]
pub fn short(ping: &Ping) -> String {
    let status = Status::of_ping(ping);
    if let Some(removed) = status.removed {
        return format!("Removed in {removed}");
    }
    if let Some(open) = status.open() {
        return format!("Broken since {}", open.versions.first());
    }
    let codes = broken_codes(ping).map(|(code, open)| {
        let first = open.versions.first();
        format!("{code} broken since {first}")
    });
    let parts = std::iter::once(format!("Working{}", status.except())).chain(codes);
    parts.collect::<Vec<_>>().join("; ")
}

/// Returns whether the newest version still sends wrong values.
#[must_use]
pub fn is_broken(ping: &Ping) -> bool {
    let status = Status::of_ping(ping);
    status.removed.is_none() && status.open().is_some() || broken_codes(ping).next().is_some()
}

/// Returns the codes that are broken in the newest version although their ping is not.
fn broken_codes(ping: &Ping) -> impl Iterator<Item = (String, &Broken)> {
    let metrics = ping.metrics.iter();
    let metrics = metrics.filter(|metric| ping.life(metric).removed().is_none());
    metrics.filter_map(|metric| Some((one_line(&metric.code), open(&metric.own_life.broken)?)))
}

/// The versions that decide about a status.
struct Status<'a> {
    added: Version,
    removed: Option<Version>,
    broken: Vec<&'a Broken>,
}

impl<'a> Status<'a> {
    fn of_ping(ping: &'a Ping) -> Self {
        Self {
            added: ping.added,
            removed: ping.removed,
            broken: ping.broken.iter().collect(),
        }
    }

    fn of_metric(life: Life<'a>) -> Self {
        Self {
            added: life.added(),
            removed: life.removed(),
            broken: life.broken().collect(),
        }
    }

    fn sentence(&self) -> String {
        let (added, closed) = (self.added, self.except());
        if let Some(removed) = self.removed {
            return format!("Removed in {removed}. Worked since {added}{closed}.");
        }
        let Some(open) = self.open() else {
            return format!("Working since {added}{closed}.");
        };
        let first = open.versions.first();
        let before = if first > added {
            format!(" Worked since {added} until then{closed}.")
        } else {
            String::new()
        };
        format!("Broken since {first}, not fixed{}.{before}", reason(open))
    }

    /// Returns the broken range that has no end.
    fn open(&self) -> Option<&'a Broken> {
        open(self.broken.iter().copied())
    }

    /// Returns the broken versions. Ranges without an end are omitted while the ping is sent,
    /// because the status names them separately.
    fn except(&self) -> String {
        let is_listed =
            |broken: &&&Broken| self.removed.is_some() || broken.versions.key_after().is_some();
        let listed = self.broken.iter().filter(is_listed);
        let versions = comma_separated(listed.map(|broken| broken.versions.to_string()));
        if versions.is_empty() {
            return versions;
        }
        format!(", except in {versions}")
    }
}

/// Returns the range that has no end.
fn open<'a>(broken: impl IntoIterator<Item = &'a Broken>) -> Option<&'a Broken> {
    let mut broken = broken.into_iter();
    broken.find(|broken| broken.versions.key_after().is_none())
}

/// Returns the reason, after a colon.
fn reason(broken: &Broken) -> String {
    broken.reason.as_deref().map_or(String::new(), |reason| {
        format!(": {}", one_line(reason).trim_end_matches('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::{of_ping, short};
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
            assert_eq!(of_ping(&ping), expected);
        }
    }
}
