//! Existing events and pings that are similar to a new ping.

use std::collections::BTreeSet;
use std::io::Write;

use pings_model::Registry;
use pings_registry::nearest;
use serde_json::{Value as Json, json};

use crate::output::{DIM, plain, styled};

/// An existing event or ping that is similar.
pub(super) struct Similar {
    what: &'static str,
    name: String,
    /// Its description or location.
    of: String,
}

impl Similar {
    pub(super) fn json(&self) -> Json {
        json!({ "what": self.what, "name": self.name, "of": self.of })
    }
}

/// The maximum number of similar names that are shown.
const MOST: usize = 6;

/// Returns the events and pings that are similar to an event or to the title of a ping.
pub(super) fn to(registry: &Registry, event: &str, title: &str) -> Vec<Similar> {
    let mut similar = Vec::new();
    for known in registry.events() {
        let is_similar = known.wire_names().any(|name| are_similar(name, event));
        if is_similar && known.name != event {
            similar.push(Similar {
                what: "event",
                name: known.name.clone(),
                of: known.description.clone().unwrap_or_default(),
            });
        }
    }
    for (ping, metric) in registry.metrics() {
        let is_event = registry.events().iter().any(|it| it.name == metric.code);
        if are_similar(&metric.code, event) && (!is_event || metric.code == event) {
            similar.push(Similar {
                what: "code",
                name: metric.code.clone(),
                of: format!("ping {}", ping.id),
            });
        }
    }
    for ping in registry.pings() {
        if are_similar(&ping.title, title) {
            similar.push(Similar {
                what: "ping",
                name: ping.id.clone(),
                of: ping.title.clone(),
            });
        }
    }
    similar.truncate(MOST);
    similar
}

/// Returns whether two names share most of their words or almost all of their letters.
fn are_similar(a: &str, b: &str) -> bool {
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
pub(super) fn show(similar: &[Similar], out: &mut dyn Write) {
    if similar.is_empty() {
        return;
    }
    // A failure to print does not prevent the new ping.
    let _ = writeln!(out, "Similar names:");
    for similar in similar {
        let of = styled(DIM, &plain(similar.of.trim()));
        let line = format!("  {} {}  {of}", similar.what, plain(&similar.name));
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::are_similar;

    #[test]
    fn names_are_similar_by_words_or_letters() {
        for (a, b) in [
            ("InsightAddition", "InsightAdditions"),
            ("InsightsGetStartedTabClick", "InsightGetStartedTabClicked"),
            ("Shares count", "Share counts"),
            ("cart.item-added", "CartItemAdded"),
        ] {
            assert!(are_similar(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("InsightShare", "InsightsGetStartedPageQueryModification"),
            ("Lit", "Off"),
            ("Total dashboard count", "Total orgs with dashboards"),
        ] {
            assert!(!are_similar(a, b), "{a} {b}");
        }
    }
}
