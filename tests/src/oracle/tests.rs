//! Helpers for the tests of measures.

use pings_model::Registry;

use super::LogRow;

/// Returns a registry with the events A, B and C and a ping with the given metrics or funnels.
pub fn registry(metrics: &str) -> Registry {
    let text = format!(
        "format: 1\nname: tests\ntitle: Tests\nevents:\n  \
         A: {{ renamed_from: [OldA, OlderA], args: {{ kind: {{ enum: [x, y] }}, n: integer }} }}\n  \
         B: {{ args: {{ kind: {{ enum: [x, z] }}, n: integer }} }}\n  C:\n\
         pings:\n  - id: it\n    title: It\n    type: fe_event\n    aggregation: weekly\n    added: \"1\"\n    {metrics}\n"
    );
    pings_registry::parse(&text).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"))
}

/// Returns a row without an argument.
pub fn row(name: &str, user: i64, visitor: &str, timestamp: i64) -> LogRow {
    LogRow {
        name: name.to_owned(),
        user_id: user,
        anonymous_user_id: visitor.to_owned(),
        argument: None,
        timestamp,
        source: "WEB".to_owned(),
        version: "1.0.0".to_owned(),
    }
}

/// Returns a row of a user with an argument.
pub fn logged(name: &str, user: i64, timestamp: i64, argument: &str) -> LogRow {
    LogRow {
        argument: Some(argument.to_owned()),
        ..row(name, user, "", timestamp)
    }
}
