use serde_json::{Value, json};

use crate::oracle::tests::{logged, registry, row};
use crate::oracle::{LogRow, WEEK, report_metrics};

/// Returns the value of a metric of the events A and B in the second week.
fn report(metric: &str, rows: &[LogRow]) -> Value {
    let registry = registry(&format!("metrics:\n      - {{ code: It, {metric} }}"));
    report_metrics(&registry, rows, WEEK)["It"].clone()
}

#[test]
fn weeks_are_half_open() {
    let rows = [
        row("A", 1, "", WEEK - 1),
        row("A", 1, "", WEEK),
        row("A", 2, "", 2 * WEEK - 1),
        row("A", 3, "", 2 * WEEK),
    ];
    let found = report("of: A, measure: [count, unique_users]", &rows);
    assert_eq!(found, json!({ "count": 2, "unique_users": 2 }));
}

#[test]
fn users_are_signed_in_or_visitors() {
    let rows = [
        row("A", 1, "1", WEEK),
        row("A", 1, "a", WEEK),
        row("A", 0, "1", WEEK),
        row("A", -1, "1", WEEK),
        row("A", 0, "", WEEK),
        row("A", -1, "", WEEK),
    ];
    let found = report("of: A, measure: [unique_users, count]", &rows);
    assert_eq!(found, json!({ "unique_users": 2, "count": 6 }));
}

#[test]
fn old_names_count_and_unknown_ones_do_not() {
    let rows = ["A", "OldA", "OlderA", "a", "B"].map(|name| row(name, 1, "", WEEK));
    assert_eq!(report("of: A", &rows), json!({ "count": 3 }));
    let found = report("of: [B, A], by: ['@event']", &rows);
    let groups = json!([{ "@event": "A", "count": 3 }, { "@event": "B", "count": 1 }]);
    assert_eq!(found, json!({ "by": ["@event"], "rows": groups }));
}

#[test]
fn nothing_is_zero_and_has_no_groups() {
    assert_eq!(
        report("of: A, measure: [first_time_users, count]", &[]),
        json!({ "first_time_users": 0, "count": 0 })
    );
    assert_eq!(
        report("of: A, by: [kind]", &[]),
        json!({ "by": ["kind"], "rows": [] })
    );
}

#[test]
fn groups_are_in_order() {
    let rows = [
        r#"{"kind":"x","n":10}"#,
        r#"{"kind":"x","n":9}"#,
        r#"{"kind":"X"}"#,
        r#"{"kind":"y"}"#,
        "{}",
        r#"{"kind":"x"}"#,
    ]
    .map(|argument| logged("A", 1, WEEK, argument));
    let found = report("of: A, by: [kind, n]", &rows);
    let groups = json!([
        { "kind": null, "n": null, "count": 1 },
        { "kind": "@other", "n": null, "count": 1 },
        { "kind": "x", "n": null, "count": 1 },
        { "kind": "x", "n": 9, "count": 1 },
        { "kind": "x", "n": 10, "count": 1 },
        { "kind": "y", "n": null, "count": 1 },
    ]);
    assert_eq!(found, json!({ "by": ["kind", "n"], "rows": groups }));
}

#[test]
fn filters_all_hold() {
    let rows = [
        r#"{"kind":"x","n":2}"#,
        r#"{"kind":"x","n":3}"#,
        r#"{"kind":"x"}"#,
        r#"{"kind":"y","n":2}"#,
        r#"{"kind":"x","n":"2"}"#,
    ]
    .map(|argument| logged("A", 1, WEEK, argument));
    let found = report("of: A, where: { kind: x, n: [2, null] }", &rows);
    assert_eq!(found, json!({ "count": 2 }));
}

#[test]
fn first_time_users_are_those_of_a_group() {
    let rows = [
        logged("A", 1, 0, r#"{"kind":"x"}"#),
        logged("A", 1, WEEK, r#"{"kind":"x"}"#),
        logged("A", 1, WEEK, r#"{"kind":"y"}"#),
        logged("A", 2, WEEK, r#"{"kind":"y"}"#),
        logged("A", 3, 2 * WEEK, r#"{"kind":"y"}"#),
        logged("A", 0, WEEK, r#"{"kind":"z"}"#),
        logged("A", 4, 0, "{}"),
    ];
    let all = report("of: A, measure: first_time_users", &rows);
    assert_eq!(all, json!({ "first_time_users": 1 }));
    let filtered = report(
        "of: A, measure: first_time_users, where: { kind: y }",
        &rows,
    );
    assert_eq!(filtered, json!({ "first_time_users": 2 }));
    let grouped = report("of: A, measure: first_time_users, by: [kind]", &rows);
    let groups = json!([
        { "kind": "@other", "first_time_users": 0 },
        { "kind": "x", "first_time_users": 0 },
        { "kind": "y", "first_time_users": 2 },
    ]);
    assert_eq!(grouped, json!({ "by": ["kind"], "rows": groups }));
}
