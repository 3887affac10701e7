//! As SARIF 2.1.0, which code scanning reads: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>.

use std::collections::BTreeMap;
use std::path::Path;

use pings_model::{Level, Lint};
use pings_registry::Span;
use serde_json::{Value as Json, json};

use super::{Item, Places};

/// The log of one run. What the registry suppresses is in it, with its reason.
pub(crate) fn log(places: &Places<'_>, items: &[Item<'_>]) -> Json {
    let known: BTreeMap<&str, Option<Lint>> =
        items.iter().map(|item| (item.name, item.lint)).collect();
    let index: BTreeMap<&str, usize> = (known.keys().copied()).zip(0..).collect();
    let rules: Vec<Json> = known.iter().map(|(name, lint)| rule(name, *lint)).collect();
    let results: Vec<Json> = items
        .iter()
        .map(|item| result(places, item, index[item.name]))
        .collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "pings",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(name: &str, lint: Option<Lint>) -> Json {
    let Some(lint) = lint else {
        return json!({ "id": name, "defaultConfiguration": { "level": "error" } });
    };
    json!({
        "id": name,
        "shortDescription": { "text": lint.finds() },
        "fullDescription": { "text": lint.why() },
        "help": { "text": lint.remedy(), "markdown": lint.remedy() },
        "defaultConfiguration": { "level": level(lint.level()) },
    })
}

fn result(places: &Places<'_>, item: &Item<'_>, rule: usize) -> Json {
    let mut result = json!({
        "ruleId": item.name,
        "ruleIndex": rule,
        "level": level(item.level),
        "message": { "text": item.whole_message() },
        "locations": [location(places, item.span)],
    });
    let related: Vec<Json> = item
        .related
        .iter()
        .map(|(span, label)| {
            let mut location = location(places, *span);
            location["message"] = json!({ "text": label });
            location
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    if let Some(reason) = item.suppressed {
        result["suppressions"] = json!([{ "kind": "inSource", "justification": reason }]);
    }
    result
}

fn location(places: &Places<'_>, span: Span) -> Json {
    let place = places.of_span(span);
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(places.file) },
        "region": {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        },
    }})
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Allow => "none",
    }
}

/// A path as the URI that it is: relative ones stay so.
fn uri(path: &str) -> String {
    let scheme = if Path::new(path).is_absolute() {
        "file://"
    } else {
        ""
    };
    let path = if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    };
    let path = path.strip_prefix("./").unwrap_or(&path);
    let mut uri = String::from(scheme);
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("./a b/é.yaml"), "a%20b/%C3%A9.yaml");
        #[cfg(unix)]
        assert_eq!(uri("/tmp/pings.yaml"), "file:///tmp/pings.yaml");
    }
}
