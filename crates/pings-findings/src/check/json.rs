//! Findings as JSON, for custom programs.

use serde_json::{Value as Json, json};

use super::item::{Described, Item, Places};

/// Returns mistakes and findings with their positions, except for suppressed ones.
#[must_use]
pub fn items(places: &Places<'_>, items: &[Item<'_>]) -> Vec<Json> {
    items
        .iter()
        .filter(|item| item.suppressed.is_none())
        .map(|item| {
            let place = places.of_span(item.span);
            let mut json = json!({
                "rule": item.name,
                "message": item.message,
                "file": places.file,
                "line": place.line,
                "column": place.column,
                "help": item.help,
            });
            if let Described::Lint(_) = item.rule {
                json["level"] = item.level.name().into();
            }
            json
        })
        .collect()
}
