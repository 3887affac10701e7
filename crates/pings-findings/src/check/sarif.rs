//! Findings as SARIF 2.1.0 for code scanning: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>.

use std::collections::BTreeMap;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use pings_model::Level;
use pings_registry::Span;
use serde_json::{Value as Json, json};

use super::fingerprint;
use super::item::{Described, Item, Places};

/// Returns the log of a run. Suppressed findings are included with their reasons.
#[must_use]
pub fn log(places: &Places<'_>, items: &[Item<'_>]) -> Json {
    let known: BTreeMap<&str, Described> =
        items.iter().map(|item| (item.name, item.rule)).collect();
    let index: BTreeMap<&str, usize> = (known.keys().copied()).zip(0..).collect();
    let rules: Vec<Json> = known
        .iter()
        .map(|(name, rule)| of_rule(name, *rule))
        .collect();
    let hashes = fingerprint::of_lines(places.text);
    let results: Vec<Json> = items
        .iter()
        .map(|item| result(places, &hashes, item, index[item.name]))
        .collect();
    run(&rules, &results, json!({ "executionSuccessful": true }))
}

/// Returns the log of a run that failed for a reason that is not in the registry, such as a wrong
/// option or a database that cannot be opened. The log has no results.
#[must_use]
pub fn failed_log(message: &str) -> Json {
    let notification = json!({ "level": "error", "message": { "text": message } });
    let invocation = json!({
        "executionSuccessful": false,
        "toolExecutionNotifications": [notification],
    });
    run(&[], &[], invocation)
}

/// Returns the log of a run that could not read the registry.
#[must_use]
pub fn unreadable_log(file: &str, message: &str) -> Json {
    const NAME: &str = "unreadable-registry";
    let rules = [json!({
        "id": NAME,
        "shortDescription": { "text": "The registry can be read." },
        "fullDescription": { "text": "The registry is a file of UTF-8 text." },
        "help": { "text": "Set the registry with --registry FILE or PINGS_REGISTRY." },
        "helpUri": help_uri("command", ""),
        "defaultConfiguration": { "level": "error" },
    })];
    let results = [json!({
        "ruleId": NAME,
        "ruleIndex": 0,
        "level": "error",
        "message": { "text": message },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(file) },
            "region": { "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1 },
        }}],
        "partialFingerprints": { "pings/v1": NAME },
    })];
    run(&rules, &results, json!({ "executionSuccessful": false }))
}

fn run(rules: &[Json], results: &[Json], invocation: Json) -> Json {
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "pings",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": help_uri("command", ""),
                "rules": rules,
            }},
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// Returns the address of a documentation page in this program's repository, or a URN if the
/// repository is unknown.
fn help_uri(page: &str, place: &str) -> String {
    match env!("CARGO_PKG_REPOSITORY") {
        "" if place.is_empty() => format!("urn:pings:docs:{page}"),
        "" => format!("urn:pings:docs:{page}:{place}"),
        repository => {
            let anchor = if place.is_empty() { "" } else { "#" };
            format!("{repository}/blob/main/docs/{page}.md{anchor}{place}")
        }
    }
}

/// Returns the rule with the members that GitHub and SARIF require.
fn of_rule(name: &str, rule: Described) -> Json {
    let lint = match rule {
        Described::Lint(lint) => lint,
        Described::Rule(rule) => {
            return json!({
                "id": name,
                "shortDescription": { "text": rule.description() },
                "fullDescription": { "text": rule.description() },
                "help": { "text": "docs/registry.md describes the format of a registry." },
                "helpUri": help_uri("registry", name),
                "defaultConfiguration": { "level": "error" },
            });
        }
    };
    json!({
        "id": name,
        "shortDescription": { "text": lint.finds() },
        "fullDescription": { "text": lint.why() },
        "help": { "text": lint.remedy(), "markdown": lint.remedy() },
        "helpUri": help_uri("lints", name),
        "defaultConfiguration": { "level": level(lint.level()) },
    })
}

fn result(places: &Places<'_>, hashes: &[String], item: &Item<'_>, rule: usize) -> Json {
    let line = places.of_span(item.span).line;
    let hash = hashes.get(line - 1).map_or("", String::as_str);
    let mut result = json!({
        "ruleId": item.name,
        "ruleIndex": rule,
        "level": level(item.level),
        "message": { "text": item.whole_message() },
        "locations": [location(places, item.span)],
        "partialFingerprints": { "primaryLocationLineHash": hash },
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

/// The characters of a path that are percent-encoded: all but `/` and the unreserved ones of RFC
/// 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// Returns a path as a URI. A relative path stays relative.
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
    format!("{scheme}{}", utf8_percent_encode(path, RESERVED))
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
