//! Checks the fingerprints of known registries. Stores keep fingerprints, so that an accidental
//! change in a release would make all payloads of earlier releases come from an unknown registry.

use pings_model::Registry;
use pings_payload::fingerprint;

const FIRST: &str = include_str!("../../../pings.yaml");

fn print_of(text: &str) -> String {
    fingerprint(&registry(text))
}

fn registry(text: &str) -> Registry {
    pings_registry::parse(text).unwrap_or_else(|mistakes| panic!("{mistakes:?}\n{text}"))
}

/// Returns a registry with a ping that counts events.
fn events(metric: &str) -> String {
    format!(
        r#"
format: 1
name: desk
title: Desk
events:
  Opened:
    renamed_from: Created
    args:
      channel: {{ enum: [mail, chat], renamed_from: medium }}
      files: integer
      hours: number
      draft: boolean
      subject: string
  Solved: {{}}
pings:
  - id: desk
    title: Desk
    type: fe_event
    aggregation: weekly
    added: "1.0"
    {metric}
"#
    )
}

/// Returns a registry with a ping that captures tables.
fn tables(aggregation: &str, metric: &str) -> String {
    format!(
        r#"
format: 1
name: desk
title: Desk
tables:
  ticket:
    id: integer
    state: {{ enum: [open, solved] }}
    score: number
    note: text
    extra: json
    opened_at: timestamp
    solved_at: timestamp
    is_draft: boolean
  reply: {{ id: integer, ticket_id: integer }}
pings:
  - id: desk
    title: Desk
    type: be_capture
    aggregation: {aggregation}
    added: "1.0"
    metrics:
      - code: Tickets
        {metric}
"#
    )
}

/// Returns registries that together contain each variant of the model that is part of a
/// fingerprint.
fn known() -> Vec<(&'static str, String)> {
    let of_tables = |metric| tables("total", metric);
    let of_value = |kind: &str| {
        let metric = format!("metrics: [{{ code: A, value: {kind} }}]");
        events(&metric).replace("type: fe_event", "type: value")
    };
    vec![
        ("the first registry", FIRST.to_owned()),
        (
            "events",
            events(
                "metrics: [{ code: A, of: Opened, measure: [count, unique_users, first_time_users] }]",
            ),
        ),
        (
            "filters",
            events(
                "metrics: [{ code: A, of: Opened, where: { channel: [mail, null], files: 3, hours: 1.5, draft: true, subject: x } }]",
            ),
        ),
        (
            "dimensions",
            events(
                "metrics: [{ code: A, of: [Opened], by: ['@event', channel, files, hours, draft, subject] }]",
            ),
        ),
        (
            "measures of arguments",
            events(
                "metrics: [{ code: A, of: Opened, measure: [distinct, sum, stats, percentiles], at: [50, 99.9], value: files }]",
            ),
        ),
        (
            "a funnel",
            events("funnels: [{ code: A, title: a, steps: [Opened, [Solved, Opened]] }]"),
        ),
        (
            "joins",
            of_tables(
                "from: ticket\n        join: [{ table: reply, as: r, kind: left, \"on\": r.ticket_id = ticket.id }, { table: reply, \"on\": reply.ticket_id = ticket.id }]\n        per: ticket.id\n        value: count(r.id) + count(*) - count(DISTINCT r.id)\n        measure: stats",
            ),
        ),
        (
            "expressions",
            of_tables(
                "from: ticket\n        where: (NOT is_draft OR score / 2 >= -1.5) AND id % 2 * 3 <> 4 AND note LIKE 'a%b_c' AND note NOT IN ('x', 'y') AND id BETWEEN 1 AND 9 AND opened_at < '2021-01-25' AND coalesce(note, lower(note || 'z')) IS NOT NULL\n        by: { state: \"CASE state WHEN 'open' THEN 'o' ELSE NULL END\", long: length(note) > 3, key: \"json_text(extra, 'k')\" }\n        measure: sum\n        value: seconds_between(opened_at, solved_at)",
            ),
        ),
        (
            "aggregates",
            of_tables(
                "from: reply\n        per: ticket_id\n        value: sum(id) + min(id) + max(id) + avg(id)\n        measure: percentiles\n        at: [50]",
            ),
        ),
        (
            "a weekly capture",
            tables(
                "weekly",
                "from: ticket\n        where: opened_at >= :week_start AND opened_at < :week_end",
            ),
        ),
        (
            "SQL of its own",
            tables(
                "weekly",
                "sql: { postgres: 'SELECT 1 AS n, 2 AS day WHERE now() > :week_start', sqlite: 'SELECT 1 AS n, 2 AS day WHERE 1 > :week_end' }\n        by: [day]\n        columns: { n: integer, day: integer }",
            ),
        ),
        (
            "windows",
            events("metrics: [{ code: A, of: Opened, window: [month, day, week, days_28] }]"),
        ),
        ("a boolean", of_value("boolean")),
        ("an integer", of_value("integer")),
        ("a number", of_value("number")),
        ("a version", of_value("version")),
        ("a date", of_value("date")),
        ("one of some texts", of_value("{ enum: [a, b] }")),
    ]
}

#[test]
fn fingerprints_of_known_registries_stay() {
    let prints: Vec<String> = known()
        .iter()
        .map(|(name, text)| format!("{name}: {}", print_of(text)))
        .collect();
    insta::assert_snapshot!(prints.join("\n"));
}

#[test]
fn what_means_something_else_has_another_fingerprint() {
    let expression = |expr: &str| tables("total", &format!("from: ticket\n        where: {expr}"));
    let event = |metric: &str| events(&format!("metrics: [{{ code: A, of: Opened, {metric} }}]"));
    let texts = [
        expression("id = 1"),
        expression("id <> 1"),
        expression("id < 1"),
        expression("id <= 1"),
        expression("id > 1"),
        expression("id >= 1"),
        expression("id + 1 = 1"),
        expression("id - 1 = 1"),
        expression("id * 1 = 1"),
        expression("id / 1 = 1"),
        expression("id % 1 = 1"),
        expression("note = '1'"),
        expression("note LIKE '_'"),
        expression("note LIKE '%'"),
        expression("note LIKE '\\%'"),
        expression("note LIKE '_%'"),
        expression("note IS NULL"),
        expression("note IS NOT NULL"),
        event("where: { subject: '1' }"),
        event("where: { files: 1 }"),
        event("where: { hours: 1 }"),
        event("where: { subject: 'missing' }"),
        event("where: { subject: null }"),
        event("where: { subject: 'null' }"),
        event("where: { channel: mail }"),
        event("where: { channel: mail }").replace(", renamed_from: medium", ""),
        event("where: { channel: mail }").replace("renamed_from: Created", ""),
        event("window: month"),
        event("window: [week, month]"),
        event("by: [channel]"),
        event("by: [channel]").replace("[mail, chat]", "[mail]"),
    ];
    let mut prints: Vec<String> = texts.iter().map(|text| print_of(text)).collect();
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), texts.len());
}

#[test]
fn what_means_the_same_has_the_same_fingerprint() {
    let text = events("metrics: [{ code: A, of: Opened }]");
    let reworded = text
        .replace("title: Desk", "title: Help Desk")
        .replace("aggregation: weekly", "window: week")
        .replace("added: \"1.0\"", "added: \"2.0\"")
        .replace(
            "of: Opened }",
            "of: Opened, added: \"2.1\", removed: \"3.0\", prs: [7], \
             broken: [{ versions: \"2.2\", reason: wrong }] }",
        )
        .replace(
            "Solved: {}",
            "Solved: { description: Done., search: solve }",
        );
    assert_ne!(text, reworded);
    assert_eq!(print_of(&text), print_of(&reworded));
}
