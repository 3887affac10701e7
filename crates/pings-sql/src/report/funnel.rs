//! Queries for a funnel that compute one step at a time.
//!
//! In SQLite, each step is a temporary table with a key. Without a key, SQLite scans an
//! intermediate result again for every row if it expects the result to be small. In PostgreSQL,
//! users and visitors are joined separately, each by their own id column.

use pings_model::{Funnel, Identity, Registry};

use crate::dialect::Dialect;
use crate::dialect::time::PLAIN_TIME;
use crate::event_log::EventLog;
use crate::event_log_sql;
use crate::layout::{Block, Select, with};
use crate::parameters::Parameters;
use crate::query::Query;
use crate::user_ids::{self, POSTGRES_VISITOR};

/// Returns the queries that prepare a funnel, and the query for its result.
pub(super) fn queries(registry: &Registry, funnel: &Funnel, log: EventLog) -> (Vec<Query>, Query) {
    if funnel.identity == Identity::Person {
        let whole = crate::funnel::query(registry, funnel, log);
        return (Vec::new(), query(whole, Parameters::Window));
    }
    let steps: Vec<Block> = funnel
        .steps
        .iter()
        .map(|events| {
            event_log_sql::is_named(&event_log_sql::wire_names(registry, events), log.dialect)
        })
        .collect();
    match log.dialect {
        Dialect::Sqlite => (tables(&steps, log), result(&steps, log)),
        Dialect::Postgres => (Vec::new(), apart(&steps, log)),
    }
}

fn query(block: Block, parameters: Parameters) -> Query {
    Query {
        text: block.finished(),
        parameters,
    }
}

fn table(step: usize) -> String {
    format!("temp.pings_reached_{step}")
}

/// Returns the queries that record who reached each step and when.
fn tables(steps: &[Block], log: EventLog) -> Vec<Query> {
    let mut queries = Vec::new();
    for (step, is_named) in (1..).zip(steps) {
        let name = table(step);
        queries.push(query(
            format!("DROP TABLE IF EXISTS {name}").into(),
            Parameters::None,
        ));
        queries.push(query(
            format!("CREATE TEMP TABLE pings_reached_{step} (person, at TEXT, PRIMARY KEY (person)) WITHOUT ROWID").into(),
            Parameters::None,
        ));
        let person = user_ids::sqlite_key(log);
        let mut from: Vec<Block> = vec!["FROM event_logs".into()];
        let selected = match step {
            1 => person.clone(),
            _ => {
                from.push(
                    Block::from(format!("CROSS JOIN {} AS before", table(step - 1)))
                        .within(format!("ON before.person = {person}"))
                        .within(format!("AND before.at <= {}", PLAIN_TIME)),
                );
                "before.person".to_owned()
            }
        };
        let mut conditions = vec![is_named.clone()];
        conditions.extend(event_log_sql::in_window(log));
        if step == 1 {
            conditions.push(format!("{person} IS NOT NULL").into());
        }
        let select = Select {
            columns: vec![selected.into(), PLAIN_TIME.into()],
            from,
            conditions,
            ..Select::default()
        };
        queries.push(query(
            Block::from(format!("INSERT INTO {name} (person, at)"))
                .below(select.block())
                .below("ON CONFLICT DO UPDATE SET at = excluded.at WHERE excluded.at < at"),
            Parameters::Window,
        ));
    }
    queries
}

/// Returns the query that combines the tables and the events.
fn result(steps: &[Block], log: EventLog) -> Query {
    let rows = (1..).zip(steps).map(|(step, is_named)| {
        let reached = format!("(SELECT count(*) FROM {})", table(step));
        let users = match step {
            // Every user that did the first step has reached it.
            1 => reached.clone(),
            _ => format!("count(DISTINCT {})", user_ids::sqlite_key(log)),
        };
        let mut conditions = vec![is_named.clone()];
        conditions.extend(event_log_sql::in_window(log));
        Select {
            columns: vec![
                format!("{step} AS step").into(),
                "count(*) AS events".into(),
                format!("{users} AS users").into(),
                format!("{reached} AS reached").into(),
            ],
            from: vec!["FROM event_logs".into()],
            conditions,
            ..Select::default()
        }
        .block()
    });
    let all = rows.reduce(|all, row| all.below("UNION ALL").below(row));
    let all = all.unwrap_or_else(Block::empty).below("ORDER BY step");
    query(all, Parameters::Window)
}

fn apart(steps: &[Block], log: EventLog) -> Query {
    let mut named = Vec::new();
    let mut sums: Vec<Block> = Vec::new();
    // For users and visitors: the name of the table, the id, and the condition of their rows.
    let is_user = user_ids::has_user(log);
    let kinds = [
        (
            "users",
            user_ids::postgres_user(log).to_owned(),
            is_user.to_owned(),
        ),
        (
            "visitors",
            format!("nullif({POSTGRES_VISITOR}, '')"),
            format!("({is_user}) IS NOT TRUE"),
        ),
    ];
    for (kind, person, is_theirs) in &kinds {
        for (step, is_named) in (1..).zip(steps) {
            named.push((
                format!("{kind}_{step}"),
                reached(kind, step, person, is_theirs, is_named, log),
            ));
            sums.push(
                Select {
                    columns: vec![
                        format!("{step} AS step").into(),
                        "sum(events) AS events".into(),
                        "count(person) AS users".into(),
                        "count(at) FILTER (WHERE person IS NOT NULL) AS reached".into(),
                    ],
                    from: vec![format!("FROM {kind}_{step}").into()],
                    ..Select::default()
                }
                .block(),
            );
        }
    }
    let sums = sums
        .into_iter()
        .reduce(|all, sum| all.below("UNION ALL").below(sum))
        .unwrap_or_else(Block::empty);
    named.push(("sums".to_owned(), sums));
    let sum = |name: &str| Block::from(format!("coalesce(sum({name}), 0)::bigint AS {name}"));
    let select = Select {
        columns: vec![
            "step::bigint AS step".into(),
            sum("events"),
            sum("users"),
            sum("reached"),
        ],
        from: vec!["FROM sums".into()],
        group_by: vec!["sums.step".into()],
        order_by: vec!["sums.step".into()],
        ..Select::default()
    };
    query(with(named, select.block()), Parameters::Window)
}

/// Returns the events of a step per person, and when the person first reached the step, if ever.
fn reached(
    kind: &str,
    step: usize,
    person: &str,
    is_theirs: &str,
    is_named: &Block,
    log: EventLog,
) -> Block {
    let mut conditions = vec![is_named.clone()];
    conditions.extend(event_log_sql::in_window(log));
    conditions.push(is_theirs.into());
    let events = Select {
        columns: vec![
            format!("{person} AS person").into(),
            "timestamp AS at".into(),
        ],
        from: vec!["FROM event_logs".into()],
        conditions,
        ..Select::default()
    };
    let mut from = vec![
        Block::from("FROM (")
            .within(events.block())
            .below(") AS event"),
    ];
    let at = match step {
        1 => "min(event.at) AS at",
        _ => {
            let before = format!("{kind}_{}", step - 1);
            from.push(
                format!("LEFT JOIN {before} AS before ON before.person = event.person").into(),
            );
            "min(event.at) FILTER (WHERE event.at >= before.at) AS at"
        }
    };
    Select {
        columns: vec![
            "event.person".into(),
            "count(*) AS events".into(),
            at.into(),
        ],
        from,
        group_by: vec!["event.person".into()],
        ..Select::default()
    }
    .block()
}
