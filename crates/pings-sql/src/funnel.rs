//! Queries for funnels: users that progress through a sequence of steps.

use pings_model::{Funnel, Identity, Registry, ValueType};

use crate::EventLog;
use crate::column::{Column, Role};
use crate::dialect::{Dialect, quote};
use crate::event_log_sql;
use crate::identity;
use crate::layout::{Block, Select, clause, with};
use crate::user_ids;

/// Builds the query of a funnel, which returns one row per step.
pub fn query(registry: &Registry, funnel: &Funnel, log: EventLog) -> Block {
    let dialect = log.dialect;
    let steps: Vec<Vec<&str>> = funnel
        .steps
        .iter()
        .map(|events| event_log_sql::wire_names(registry, events))
        .collect();
    let mut named = vec![
        ("steps (step, name)".to_owned(), step_names(&steps)),
        ("events".to_owned(), events(registry, funnel, log)),
    ];
    let rows = match funnel.identity {
        Identity::Actor => "events",
        Identity::Person => {
            let others = ["name", "logged_at"].map(Block::from);
            named.extend(identity::linked(log));
            let identified = identity::identified(others, "person");
            named.push(("identified".to_owned(), identified.block()));
            "identified"
        }
    };
    named.push(("taken".to_owned(), taken(rows)));
    for step in 1..=steps.len() {
        named.push((format!("reached_{step}"), reached(step)));
    }
    let rows = (1..=steps.len())
        .map(|step| result(step, dialect))
        .reduce(|all, row| all.below("UNION ALL").below(row))
        .unwrap_or_else(Block::empty);
    with(named, rows.below("ORDER BY step"))
}

/// Returns the columns that the query selects.
pub fn columns() -> Vec<Column> {
    [
        ("step", Role::Dimension),
        ("events", Role::Measure),
        ("users", Role::Measure),
        ("reached", Role::Measure),
    ]
    .into_iter()
    .map(|(name, role)| Column {
        name: name.to_owned(),
        ty: ValueType::Integer,
        holds: ValueType::Integer,
        nullable: false,
        role,
    })
    .collect()
}

/// Returns pairs of step and event name. An event may belong to several steps.
fn step_names(steps: &[Vec<&str>]) -> Block {
    let rows: Vec<Block> = steps
        .iter()
        .zip(1..)
        .flat_map(|(names, step)| {
            names
                .iter()
                .map(move |name| format!("({step}, {})", quote::text(name)).into())
        })
        .collect();
    clause("VALUES", rows)
}

/// Returns the events of all steps in the window.
fn events(registry: &Registry, funnel: &Funnel, log: EventLog) -> Block {
    let dialect = log.dialect;
    let every_event = funnel.steps.concat();
    let wire_names = event_log_sql::wire_names(registry, &every_event);
    let mut conditions = vec![event_log_sql::is_named(&wire_names, dialect)];
    conditions.extend(event_log_sql::in_window(log));
    let name = match dialect {
        Dialect::Postgres => "name".to_owned(),
        Dialect::Sqlite => format!("{} AS name", event_log_sql::name(dialect)),
    };
    Select {
        columns: vec![
            name.into(),
            user_ids::person(log).then(" AS person"),
            format!("{} AS logged_at", event_log_sql::comparable_time(dialect)).into(),
        ],
        from: vec!["FROM event_logs".into()],
        conditions,
        ..Select::default()
    }
    .block()
}

/// Returns the events, repeated for each step that they belong to.
fn taken(rows: &str) -> Block {
    Select {
        columns: vec![
            "steps.step".into(),
            format!("{rows}.person").into(),
            format!("{rows}.logged_at").into(),
        ],
        from: vec![
            "FROM steps".into(),
            format!("JOIN {rows} ON {rows}.name = steps.name").into(),
        ],
        ..Select::default()
    }
    .block()
}

/// Returns when each user reached the step: the first matching event that is not earlier than the
/// previous step.
fn reached(step: usize) -> Block {
    let from = match step {
        1 => vec!["FROM taken".into()],
        _ => {
            let before = format!("reached_{}", step - 1);
            vec![
                format!("FROM {before}").into(),
                Block::from("JOIN taken")
                    .within(format!("ON taken.person = {before}.person"))
                    .within(format!("AND taken.logged_at >= {before}.logged_at")),
            ]
        }
    };
    let mut conditions: Vec<Block> = vec![format!("taken.step = {step}").into()];
    if step == 1 {
        conditions.push("taken.person IS NOT NULL".into());
    }
    Select {
        columns: vec![
            "taken.person".into(),
            "min(taken.logged_at) AS logged_at".into(),
        ],
        from,
        conditions,
        group_by: vec!["taken.person".into()],
        ..Select::default()
    }
    .block()
}

/// Returns a 64-bit whole number, the type of all selected columns.
fn number(step: usize, dialect: Dialect) -> Block {
    match dialect {
        Dialect::Postgres => format!("{step}::bigint").into(),
        Dialect::Sqlite => step.to_string().into(),
    }
}

/// Returns the row of a step.
fn result(step: usize, dialect: Dialect) -> Block {
    Select {
        columns: vec![
            number(step, dialect).then(" AS step"),
            "count(*) AS events".into(),
            "count(DISTINCT person) AS users".into(),
            format!("(SELECT count(*) FROM reached_{step}) AS reached").into(),
        ],
        from: vec!["FROM taken".into()],
        conditions: vec![format!("step = {step}").into()],
        ..Select::default()
    }
    .block()
}
