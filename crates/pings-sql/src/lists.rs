//! Arguments that are lists: an event counts once in the group of each distinct value.

use pings_model::{ArgumentType, EventArgument, EventMetric};

use crate::EventLog;
use crate::dialect::json::Member;
use crate::dialect::{Dialect, quote};
use crate::event_log_sql::ARGUMENT;
use crate::fold::OTHER;
use crate::layout::{Block, Select, case_of, chain, list};
use crate::members::of_first_key;

/// Returns the joins that repeat an event for each group of its lists. An empty list has no groups.
pub fn joins(metric: &EventMetric, log: EventLog) -> Vec<Block> {
    let dimensions = metric.by.iter().enumerate();
    let lists = dimensions.filter_map(|(place, by)| Some((place, by.list()?)));
    lists
        .map(|(place, argument)| join(place, argument, log))
        .collect()
}

/// Returns the group of a row that [`joins`] made for the list at this place of `by`.
pub fn group(place: usize, dialect: Dialect) -> Block {
    let column = match dialect {
        Dialect::Postgres => "item",
        Dialect::Sqlite => "value",
    };
    format!("list_{place}.{column}").into()
}

fn join(place: usize, argument: &EventArgument, log: EventLog) -> Block {
    let groups = Select {
        columns: vec![match log.dialect {
            Dialect::Postgres => Block::from("DISTINCT ")
                .then(group_of_item(argument, log))
                .then(" AS item"),
            // SQLite has no LATERAL: the distinct groups are an array that a function reads.
            Dialect::Sqlite => Block::from("json_group_array(DISTINCT ")
                .then(group_of_item(argument, log))
                .then(")"),
        }],
        from: vec![Block::from("FROM ").then(items(whole(argument, log), log))],
        ..Select::default()
    };
    let (open, close) = match log.dialect {
        Dialect::Postgres => ("CROSS JOIN LATERAL (", ")"),
        Dialect::Sqlite => ("CROSS JOIN json_each((", "))"),
    };
    Block::from(open)
        .within(groups.block())
        .below(format!("{close} AS list_{place}"))
}

/// Returns the condition that a list contains one of these texts.
pub fn contains(member: Member<'_>, texts: Vec<Block>, log: EventLog) -> Block {
    let select = Select {
        columns: vec!["1".into()],
        from: vec![Block::from("FROM ").then(items(if_list(member, None), log))],
        conditions: vec![
            is_text(log).into(),
            list(&format!("{} IN (", text(log.dialect)), texts, ")"),
        ],
        ..Select::default()
    };
    Block::from("EXISTS (").within(select.block()).below(")")
}

/// Returns the group of an item: a declared text, `@other`, or NULL.
fn group_of_item(argument: &EventArgument, log: EventLog) -> Block {
    let values: &[String] = match &argument.ty {
        ArgumentType::List(values) => values,
        _ => &[],
    };
    let text = text(log.dialect);
    let values = values.iter().map(|value| quote::text(value).into());
    let is_declared = list(&format!("{text} IN ("), values.collect(), ")");
    let is_declared = chain("AND", vec![is_text(log).into(), is_declared]);
    case_of(
        "CASE".into(),
        vec![
            Block::from("WHEN ")
                .then(is_declared.hanging())
                .then(format!(" THEN {text}")),
            format!("WHEN {} <> 'null' THEN {}", kind(log), quote::text(OTHER)).into(),
        ],
    )
}

/// Returns the list of an event as JSON. A missing list has a missing value, and a value that is
/// not a list has an undeclared one.
fn whole(argument: &EventArgument, log: EventLog) -> Block {
    let value = of_first_key(argument, ARGUMENT, log, |member| {
        if_list(member, Some(json("[0]", log)))
    });
    Block::from("coalesce(")
        .within(value.then(","))
        .within(json("[null]", log))
        .below(")")
}

/// Returns a member if it is a list.
fn if_list(member: Member<'_>, otherwise: Option<String>) -> Block {
    let mut branches = vec![format!(
        "WHEN {} = 'array' THEN {}",
        member.kind(),
        member.json()
    )];
    branches
        .extend(otherwise.map(|otherwise| format!("WHEN {} THEN {otherwise}", member.is_there())));
    case_of(
        "CASE".into(),
        branches.into_iter().map(Block::from).collect(),
    )
}

/// Returns the table of the items of a JSON list.
fn items(whole: Block, log: EventLog) -> Block {
    let (function, alias) = match log.dialect {
        Dialect::Postgres if log.has_jsonb => ("jsonb_array_elements", " AS items (item)"),
        Dialect::Postgres => ("json_array_elements", " AS items (item)"),
        Dialect::Sqlite => ("json_each", " AS items"),
    };
    Block::from(format!("{function}("))
        .within(whole)
        .below(format!("){alias}"))
}

fn json(text: &str, log: EventLog) -> String {
    match log.dialect {
        Dialect::Postgres if log.has_jsonb => format!("'{text}'::jsonb"),
        Dialect::Postgres => format!("'{text}'::json"),
        Dialect::Sqlite => format!("'{text}'"),
    }
}

/// Returns the kind of an item.
fn kind(log: EventLog) -> &'static str {
    match log.dialect {
        Dialect::Postgres if log.has_jsonb => "jsonb_typeof(items.item)",
        Dialect::Postgres => "json_typeof(items.item)",
        Dialect::Sqlite => "items.type",
    }
}

fn is_text(log: EventLog) -> String {
    let word = match log.dialect {
        Dialect::Postgres => "string",
        Dialect::Sqlite => "text",
    };
    format!("{} = '{word}'", kind(log))
}

/// Returns the text of an item.
fn text(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "items.item #>> '{}'",
        Dialect::Sqlite => "items.value",
    }
}
