//! Users who did each of several events: `all_of`.

use pings_model::{EventMetric, Registry};

use crate::EventLog;
use crate::dialect::quote;
use crate::event_log_sql;
use crate::layout::{Block, Select, list};
use crate::measure::{Rows, finished};

/// Returns a column for each list of `all_of`, which is 1 for an event of the list.
pub fn did(registry: &Registry, metric: &EventMetric, log: EventLog) -> Vec<Block> {
    let lists = metric.all_of.iter().zip(1..);
    lists
        .map(|(events, place)| {
            let names = event_log_sql::wire_names(registry, events);
            let names = names.iter().map(|name| quote::text(name).into()).collect();
            let name = event_log_sql::name(log.dialect);
            list(&format!("CASE WHEN {name} IN ("), names, ")")
                .then(format!(" THEN 1 ELSE 0 END AS did_{place}"))
        })
        .collect()
}

/// Returns the names of these columns.
pub fn names(metric: &EventMetric) -> Vec<Block> {
    let lists = 1..=metric.all_of.len();
    lists.map(|place| format!("did_{place}").into()).collect()
}

/// Builds the query for the users who did an event of each list.
pub fn did_all(rows: Rows, metric: &EventMetric, person: &str) -> Block {
    let lists = || 1..=metric.all_of.len();
    let did = lists().map(|place| format!("max(did_{place}) AS did_{place}").into());
    let by_person = Select {
        columns: std::iter::once(person.into()).chain(did).collect(),
        from: rows.from,
        conditions: vec![format!("{person} IS NOT NULL").into()],
        group_by: vec![person.into()],
        ..Select::default()
    };
    let mut defined = rows.defined;
    defined.push(("people".to_owned(), by_person.block()));
    let select = Select {
        columns: vec!["count(*) AS unique_users".into()],
        from: vec!["FROM people".into()],
        conditions: lists()
            .map(|place| format!("did_{place} = 1").into())
            .collect(),
        ..Select::default()
    };
    finished(defined, select)
}
