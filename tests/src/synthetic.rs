//! Registries of any size with a typical mix of pings.

use std::fmt::Write as _;

/// Returns a registry with the given number of pings as YAML. The same number yields the same text.
#[must_use]
pub fn registry(pings: usize) -> String {
    let mut yaml = String::from(
        "format: 1\nname: synthetic\ntitle: Synthetic Pings\nsummary: Pings of a product that is not there.\n\
         links:\n  code: \"https://example.com/search?q={code}\"\n  pr: \"https://example.com/pull/{pr}\"\nevents:\n",
    );
    for n in 0..pings {
        let args = match n % 4 {
            0 => "    args:\n      kind: { enum: [created, edited, removed] }\n",
            1 => "    args:\n      title: string\n      items: integer\n",
            _ => "",
        };
        // Writing to a `String` does not fail.
        let _ = write!(
            yaml,
            "  Event{n}Happened:\n    description: A user did thing number {n}.\n{args}"
        );
    }
    yaml.push_str("tables:\n");
    for n in 0..pings.div_ceil(10) {
        let _ = write!(
            yaml,
            "  table_{n}:\n    id: integer\n    state: {{ enum: [open, closed] }}\n    amount: number\n    deleted_at: timestamp\n\
             \x20 part_{n}:\n    id: integer\n    table_id: integer\n    label: text\n"
        );
    }
    yaml.push_str("pings:\n");
    for n in 0..pings {
        ping(&mut yaml, n);
    }
    yaml
}

fn ping(yaml: &mut String, n: usize) {
    let capture = n % 5 >= 3;
    let (kind, aggregation) = if capture {
        ("be_capture", "total")
    } else {
        ("fe_event", "weekly")
    };
    let _ = write!(
        yaml,
        "  - id: ping_{n}\n    title: Things of number {n}\n    type: {kind}\n    purpose: >-\n      To track how many times \
         customers have done thing number {n}, by week, and whether they\n      did it again.\n    implementation: We count what \
         is logged by `client/{n}`.\n    considerations: N/A\n    aggregation: {aggregation}\n    added: \"3.{}\"\n    prs: [{}]\n    \
         owner: team/number-{}\n    sensitivity: usage\n",
        n % 30,
        10_000 + n,
        n % 12,
    );
    if n.is_multiple_of(3) {
        let _ = write!(
            yaml,
            "    broken:\n      - versions: \"3.{}-3.{}\"\n        reason: does not count things of the {n}th kind\n        fix: {}\n",
            30 + n % 3,
            33 + n % 3,
            20_000 + n,
        );
    }
    let table = n % (n / 10 + 1).max(1);
    match n % 5 {
        0 => {
            let by = if n.is_multiple_of(4) {
                ", by: [kind]"
            } else {
                ""
            };
            let _ = write!(
                yaml,
                "    metrics:\n      - {{ code: Event{n}Happened{by} }}\n"
            );
        }
        1 => {
            let _ = write!(
                yaml,
                "    metrics:\n      - code: ThingUsers{n}\n        of: Event{n}Happened\n        measure: [count, unique_users]\n        \
                 note: to track how many people do thing {n}\n"
            );
        }
        2 => {
            let _ = write!(
                yaml,
                "    funnels:\n      - title: way {n}\n        code: Funnel{n}\n        steps:\n          - Event{}Happened\n          \
                 - [Event{}Happened, Event{n}Happened]\n",
                n - 2,
                n - 1,
            );
        }
        3 => {
            let _ = write!(
                yaml,
                "    metrics:\n      - code: Table{n}Rows\n        from: table_{table}\n        where: table_{table}.deleted_at IS NULL \
                 AND table_{table}.amount > 10\n        by:\n          state: CASE table_{table}.state WHEN 'open' THEN 'live' ELSE \
                 'done' END\n"
            );
        }
        _ => {
            let _ = write!(
                yaml,
                "    metrics:\n      - code: PartsPer{n}\n        measure: stats\n        from: table_{table}\n        join:\n          \
                 - {{ table: part_{table}, kind: left, on: part_{table}.table_id = table_{table}.id }}\n        per: \
                 table_{table}.id\n        value: count(part_{table}.id)\n"
            );
        }
    }
}
