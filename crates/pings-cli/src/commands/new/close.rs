//! Existing events and pings that are similar to a new ping.

use std::collections::BTreeSet;
use std::io::Write;

use pings_model::Registry;
use pings_registry::nearest;
use serde_json::{Value as Json, json};

use crate::look::{DIM, plain, styled};

/// An existing event or ping that is similar.
pub(super) struct Close {
    what: &'static str,
    name: String,
    /// Its description or location.
    of: String,
}

impl Close {
    pub(super) fn json(&self) -> Json {
        json!({ "what": self.what, "name": self.name, "of": self.of })
    }
}

/// The maximum number of similar names that are shown.
const MOST: usize = 6;

/// Returns the events and pings that are similar to an event or to the title of a ping.
pub(super) fn to(registry: &Registry, event: &str, title: &str) -> Vec<Close> {
    let mut close = Vec::new();
    for known in registry.events() {
        let is_close = known.wire_names().any(|name| are_close(name, event));
        if is_close && known.name != event {
            close.push(Close {
                what: "event",
                name: known.name.clone(),
                of: known.description.clone().unwrap_or_default(),
            });
        }
    }
    for (ping, metric) in registry.metrics() {
        let is_event = registry.events().iter().any(|it| it.name == metric.code);
        if are_close(&metric.code, event) && (!is_event || metric.code == event) {
            close.push(Close {
                what: "code",
                name: metric.code.clone(),
                of: format!("ping {}", ping.id),
            });
        }
    }
    for ping in registry.pings() {
        if are_close(&ping.title, title) {
            close.push(Close {
                what: "ping",
                name: ping.id.clone(),
                of: ping.title.clone(),
            });
        }
    }
    close.truncate(MOST);
    close
}

/// Returns whether two names share most of their words or almost all of their letters.
fn are_close(a: &str, b: &str) -> bool {
    let (a_words, b_words) = (words(a), words(b));
    let shared = a_words.intersection(&b_words).count();
    let longest = a_words.len().max(b_words.len());
    let is_short = a.chars().count().min(b.chars().count()) < 6;
    (shared >= 2 && shared * 3 >= longest * 2) || (!is_short && nearest(a, [b]).is_some())
}

fn words(text: &str) -> BTreeSet<String> {
    // Words that do not describe what is counted.
    const IDLE: &[&str] = &[
        "a", "and", "by", "count", "counts", "of", "on", "per", "the", "to", "total",
    ];
    let snake = pings_model::ident::snake_name(text).unwrap_or_default();
    snake
        .split('_')
        .filter(|word| !word.is_empty() && !IDLE.contains(word))
        .map(|word| word.trim_end_matches('s').to_owned())
        .collect()
}

/// Prints the similar names, if there are any.
pub(super) fn show(close: &[Close], out: &mut dyn Write) {
    if close.is_empty() {
        return;
    }
    // A failure to print does not prevent the new ping.
    let _ = writeln!(out, "Similar names:");
    for close in close {
        let of = styled(DIM, &plain(close.of.trim()));
        let line = format!("  {} {}  {of}", close.what, plain(&close.name));
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::are_close;

    #[test]
    fn names_are_close_by_words_or_letters() {
        for (a, b) in [
            ("InsightAddition", "InsightAdditions"),
            ("InsightsGetStartedTabClick", "InsightGetStartedTabClicked"),
            ("Shares count", "Share counts"),
            ("cart.item-added", "CartItemAdded"),
        ] {
            assert!(are_close(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("InsightShare", "InsightsGetStartedPageQueryModification"),
            ("Lit", "Off"),
            ("Total dashboard count", "Total orgs with dashboards"),
        ] {
            assert!(!are_close(a, b), "{a} {b}");
        }
    }
}
