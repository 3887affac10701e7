//! The source of a metric: its events, rows or statement.

use pings_diff::expression_text;
use pings_model::{
    ActorSelection, Buckets, EventMetric, Expr, Filter, Identity, Metric, Registry, Scalar, Source,
};

use super::parts::event_name;

/// Returns the source of a metric as pairs of label and text.
pub(super) fn source(registry: &Registry, metric: &Metric) -> Vec<(&'static str, String)> {
    match &metric.source {
        Source::Events(events) => {
            let mut facts = of_events(registry, events);
            facts.extend(ranges(metric));
            facts.extend(smallest_group(events.min_group));
            facts
        }
        Source::Funnel(funnel) => {
            let steps = funnel.steps.iter().zip(1..).map(|(events, step)| {
                let names: Vec<String> = events
                    .iter()
                    .map(|event| event_name(registry.event(*event)))
                    .collect();
                ("step", format!("{step}. {}", names.join(" or ")))
            });
            steps.chain(person(funnel.identity)).collect()
        }
        Source::Capture(capture) => {
            let tables: Vec<&str> = capture
                .tables()
                .into_iter()
                .map(|table| registry.table(table.table).name.as_str())
                .collect();
            let mut facts = vec![("tables", tables.join(", "))];
            let text = |expr: &Expr| expression_text(registry, capture, expr);
            facts.extend(capture.filter.iter().map(|filter| ("where", text(filter))));
            let by = capture.by.iter();
            facts.extend(by.map(|by| ("by", format!("{}: {}", by.name, text(&by.expr)))));
            if capture.one_row {
                facts.push(("rows", "exactly one, whose value counts".to_owned()));
            }
            facts.extend(database(registry, metric));
            facts.extend(ranges(metric));
            facts.extend(smallest_group(capture.min_group));
            facts
        }
        Source::Sql(capture) => {
            let only = match (&capture.postgres, &capture.sqlite) {
                (Some(_), None) => ", only for PostgreSQL",
                (None, Some(_)) => ", only for SQLite",
                _ => "",
            };
            let text = format!("hand-written SQL{only}: see `pings sql`");
            let facts = std::iter::once(("tables", text));
            facts.chain(database(registry, metric)).collect()
        }
        Source::Value(value) => vec![("value", value.kind.to_string())],
    }
}

fn of_events(registry: &Registry, metric: &EventMetric) -> Vec<(&'static str, String)> {
    let names: Vec<String> = metric
        .of
        .iter()
        .map(|event| event_name(registry.event(*event)))
        .collect();
    let selection = &metric.selection;
    let events = match selection.any_name {
        true => "any event, declared or not".to_owned(),
        false => names.join(", "),
    };
    let mut facts = vec![("events", events)];
    if !metric.all_of.is_empty() {
        let lists = metric.all_of.iter().map(|ids| {
            let names = ids.iter().map(|id| registry.event(*id).name.as_str());
            names.collect::<Vec<_>>().join(" or ")
        });
        let lists: Vec<String> = lists.collect();
        facts.push(("users", format!("who did {}", lists.join(" and "))));
    }
    for list in metric.by.iter().filter_map(|by| by.list()) {
        let text = format!(
            "an event counts once for each distinct value of {}, so the groups may sum to more than \
             the events; an empty list is in no group",
            list.name
        );
        facts.push(("groups", text));
    }
    facts.extend(person(metric.identity));
    if !selection.sources.is_empty() {
        facts.push(("source", selection.sources.join(" or ")));
    }
    if selection.actor != ActorSelection::Any {
        facts.push(("actor", selection.actor.as_str().to_owned()));
    }
    for filter in &metric.filters {
        facts.push(("where", filtered(filter)));
    }
    for some in &metric.event_filters {
        let names: Vec<String> = some
            .events
            .iter()
            .map(|event| event_name(registry.event(*event)))
            .collect();
        let filters: Vec<String> = some.filters.iter().map(filtered).collect();
        let filters = filters.join(" and ");
        facts.push(("where", format!("{}: {filters}", names.join(", "))));
    }
    facts
}

/// Returns the database that a capture reads, if it is not the main database.
fn database(registry: &Registry, metric: &Metric) -> Option<(&'static str, String)> {
    let name = registry.database_of(metric)?;
    Some(("database", name.to_owned()))
}

/// Returns a fact if visitors count as the users who signed in.
fn person(identity: Identity) -> Option<(&'static str, String)> {
    let text = "a visitor is the user who signed in from the same browser in the window";
    (identity == Identity::Person).then(|| ("identity", text.to_owned()))
}

/// Returns the ranges of each dimension with `bucket`, as text.
fn ranges(metric: &Metric) -> Vec<(&'static str, String)> {
    let ranges = metric.ranges().into_iter();
    let text = |(name, ranges): (&str, &Buckets)| {
        let labels = ranges.labels().join(", ");
        ("ranges", format!("{name}: {labels}"))
    };
    ranges.map(text).collect()
}

fn smallest_group(least: Option<u32>) -> Option<(&'static str, String)> {
    least.map(|least| {
        (
            "groups",
            format!("at least {least} members; smaller groups are merged into @other"),
        )
    })
}

fn filtered(filter: &Filter) -> String {
    let condition = filter.condition.described(|value| match value {
        Scalar::Missing => "missing".to_owned(),
        Scalar::Text(text) => text.clone(),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Boolean(value) => value.to_string(),
    });
    format!("{} {condition}", filter.argument.name)
}
