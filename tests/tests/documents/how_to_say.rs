//! Checks that what the table for people of other systems says is accepted in a registry.

use std::fs;
use std::path::Path;

/// The events and tables of the examples in the table.
const BEGIN: &str = r#"
format: 1
name: desk
title: Desk
events:
  X:
  A: { args: { argument: { enum: [value, a] }, size: integer, amount: integer, project_id: integer, title: string } }
  B:
  InsightHover:
tables:
  ticket: { id: integer }
  invoice: { id: integer }
"#;

/// Where an example can be, in place of `$`: an event, or the rest of the file.
const PLACES: [&str; 14] = [
    "  E: { $ }",
    "  E: { args: { it: { $ } } }",
    "$",
    "pings: [{ id: p, title: P, type: fe_event, aggregation: weekly, added: '1.0', metrics: [$] }]",
    "pings: [{ id: p, title: P, type: fe_event, aggregation: weekly, added: '1.0', metrics: [{ code: T, $ }] }]",
    "pings: [{ id: p, title: P, type: fe_event, aggregation: weekly, added: '1.0', metrics: [{ code: T, of: A, $ }] }]",
    "pings: [{ id: p, title: P, type: fe_event, aggregation: weekly, added: '1.0', metrics: [{ code: T, of: A, measure: unique_users, $ }] }]",
    "pings: [{ id: p, title: P, type: fe_event, aggregation: weekly, added: '1.0', metrics: [{ code: T, of: A, where: { size: $ } }] }]",
    "pings: [{ id: p, title: P, type: fe_event, aggregation: weekly, added: '1.0', metrics: [{ code: T, of: A, where: { title: $ } }] }]",
    "pings: [{ id: p, title: P, type: fe_event, aggregation: weekly, added: '1.0', $, metrics: [{ code: X }] }]",
    "pings: [{ id: p, title: P, type: fe_event, added: '1.0', $, metrics: [{ code: X }] }]",
    "pings: [{ id: p, title: P, $, aggregation: weekly, added: '1.0', metrics: [{ code: V, value: boolean }] }]",
    "pings: [{ id: p, title: P, $, aggregation: total, added: '1.0', metrics: [{ code: T, from: ticket }] }]",
    "pings: [{ id: p, title: P, type: be_capture, $, added: '1.0', metrics: [{ code: T, from: ticket }] }]",
];

fn page(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns whether the example is accepted in one of the places.
fn is_accepted(example: &str) -> bool {
    let (top, tables) = BEGIN.split_once("tables:\n").expect("tables");
    let files = |_: &str| Ok("C\nRust\n".to_owned());
    PLACES.iter().any(|place| {
        let example = place.replace('$', example);
        let registry = match place.starts_with(' ') {
            true => format!("{top}{example}\ntables:\n{tables}"),
            false => format!("{BEGIN}{example}\n"),
        };
        let registry = pings_registry::inlined(&registry, &files);
        registry.is_ok_and(|text| pings_registry::parse(&text).is_ok())
    })
}

#[test]
fn the_table_of_other_systems_shows_what_a_registry_accepts() {
    let page = page("docs/convert.md");
    let (_, table) = page.split_once("## How do I say …").expect("the table");
    let schema = self::page("docs/pings.schema.json");
    let (mut rows, mut refused) = (0, Vec::new());
    for row in table.lines().filter(|line| line.starts_with("| ")).skip(2) {
        rows += 1;
        let cell = row
            .trim_end_matches(" |")
            .rsplit(" | ")
            .next()
            .expect("a cell");
        for code in cell.split('`').skip(1).step_by(2) {
            let is_known = match code.contains(": ") {
                true => is_accepted(code),
                false => schema.contains(&format!("\"{code}\"")),
            };
            if !is_known && code != "x-" && !code.starts_with("pings ") {
                refused.push(format!("{row}\n    {code}"));
            }
        }
    }
    assert!(rows > 30, "{rows} rows");
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(!is_accepted("measure: sum"), "a sum needs a value");
}
