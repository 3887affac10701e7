//! Comparison of metrics and funnels that are computed from events.

use pings_model::{
    Condition, EventArgument, EventDimension, EventFilter, EventId, EventMetric, Filter, Funnel,
    Registry, Scalar, Selection,
};

use crate::change::{Change, Kind};
use crate::context::{Context, event_names};
use crate::location::MetricRef;
use crate::result_columns::{dimension_added, dimension_removed, new_code};
use crate::{measures, order, result_columns, users};

pub(crate) fn compare(
    cx: &mut Context<'_>,
    old: &EventMetric,
    new: &EventMetric,
    coded: MetricRef<'_>,
) {
    let EventMetric {
        of,
        all_of,
        selection,
        identity,
        filters,
        event_filters,
        by,
        min_group,
        measures,
    } = old;
    let code = &coded.metric.code;
    let counts_any = (selection.any_name, new.selection.any_name);
    if counts_any == (true, true) {
        // Which events are declared makes no difference.
    } else if counts_any != (false, false) || !cx.are_same(of, &new.of) {
        let message = format!("metric `{code}` counts other events");
        let (was, is) = (counted(cx.old, old), counted(cx.new, new));
        cx.changed(
            Kind::EventsChanged,
            coded.key("of"),
            message,
            was,
            is,
            new_code(code),
        );
    } else if of.len() == new.of.len() {
        let place = |id: &EventId| {
            cx.place_of(id.0)
                .map(|at| cx.new.events()[at].name.as_str())
        };
        let was: Vec<&str> = of.iter().filter_map(place).collect();
        let is = new.of.iter().map(|id| cx.new.event(*id).name.as_str());
        order::compare(cx, "events", was.iter().copied(), is, || coded.key("of"));
    }
    users::compare_all_of(cx, all_of, &new.all_of, coded);
    compare_selection(cx, selection, &new.selection, coded);
    users::compare_identity(cx, *identity, new.identity, coded);
    if filters != &new.filters {
        compare_filters(cx, filters, &new.filters, coded);
    }
    compare_event_filters(cx, event_filters, &new.event_filters, coded);
    dimensions(cx, by, new, of, coded);
    compare_min_group(cx, *min_group, new.min_group, coded);
    if *measures != new.measures {
        let (was, is) = (
            measures::of_events(measures),
            measures::of_events(&new.measures),
        );
        result_columns::measures(cx, &was.names, &is.names, coded);
        let value = |value: Option<&EventArgument>| value.map(|it| it.name.clone());
        let is_renamed = was
            .value
            .zip(is.value)
            .is_some_and(|(was, is)| was_called(is, &was.name));
        let (was, is) = (value(was.value), value(is.value));
        if let (Some(was), Some(is)) = (was, is)
            && was != is
            && !is_renamed
        {
            let message = format!("metric `{code}` measures another argument");
            cx.changed(
                Kind::ValueChanged,
                coded.key("value"),
                message,
                was,
                is,
                new_code(code),
            );
        }
    }
}

/// Returns the names of the events that a metric counts.
fn counted(registry: &Registry, metric: &EventMetric) -> String {
    match metric.selection.any_name {
        true => "any".to_owned(),
        false => event_names(registry, &metric.of),
    }
}

/// Compares the sources and the actors whose events a metric counts.
fn compare_selection(cx: &mut Context<'_>, old: &Selection, new: &Selection, coded: MetricRef<'_>) {
    let code = &coded.metric.code;
    let sources = |selection: &Selection| {
        let mut sources = selection.sources.clone();
        sources.sort_unstable();
        match sources.is_empty() {
            true => "any".to_owned(),
            false => sources.join(", "),
        }
    };
    for (key, what, was, is) in [
        ("source", "other sources", sources(old), sources(new)),
        (
            "actor",
            "other actors",
            old.actor.as_str().to_owned(),
            new.actor.as_str().to_owned(),
        ),
    ] {
        if was != is {
            let message = format!("metric `{code}` counts events of {what}");
            let at = coded.key(key);
            cx.changed(Kind::FilterChanged, at, message, was, is, new_code(code));
        }
    }
}

/// Compares the filters of a metric. Type changes of the arguments are reported with their event.
fn compare_filters(cx: &mut Context<'_>, old: &[Filter], new: &[Filter], coded: MetricRef<'_>) {
    let text = |filters: &[Filter]| filters.iter().map(filter_text).collect::<Vec<_>>();
    let (was, is) = (text(old), text(new));
    // An argument whose key changed is the same argument.
    let called = |argument: &EventArgument| {
        let now = new
            .iter()
            .map(|it| &it.argument)
            .find(|it| was_called(it, &argument.name));
        now.map_or_else(|| argument.name.clone(), |it| it.name.clone())
    };
    let sorted = |filters: &[Filter]| {
        let text = |filter: &Filter| sorted_text(&called(&filter.argument), filter);
        let mut filters: Vec<String> = filters.iter().map(text).collect();
        filters.sort_unstable();
        filters
    };
    let code = &coded.metric.code;
    if sorted(old) != sorted(new) {
        let message = format!(
            "the filter of metric `{code}` changed, so events with other arguments are measured"
        );
        let (was, is) = (shown(&was), shown(&is));
        cx.changed(
            Kind::FilterChanged,
            coded.key("where"),
            message,
            was,
            is,
            new_code(code),
        );
    } else if was != is {
        let (path, subject) = coded.key("where");
        let message =
            format!("the filter of metric `{code}` is written differently with the same meaning");
        cx.report(
            Change::new(Kind::Rewritten, path, subject, message)
                .was(shown(&was))
                .is(shown(&is)),
        );
    }
}

fn shown(filters: &[String]) -> String {
    if filters.is_empty() {
        "any".to_owned()
    } else {
        filters.join(", ")
    }
}

/// Compares the conditions that apply to some of the events.
fn compare_event_filters(
    cx: &mut Context<'_>,
    old: &[EventFilter],
    new: &[EventFilter],
    coded: MetricRef<'_>,
) {
    let texts = |filters: &[EventFilter], name: &dyn Fn(&EventId) -> String| {
        let mut texts: Vec<String> = filters
            .iter()
            .map(|some| {
                let names: Vec<String> = some.events.iter().map(name).collect();
                let filters: Vec<String> = some.filters.iter().map(filter_text).collect();
                format!("{} if {}", names.join(", "), filters.join(" and "))
            })
            .collect();
        texts.sort_unstable();
        texts
    };
    // An event that was renamed is the same event.
    let old_name = |id: &EventId| match cx.place_of(id.0) {
        Some(at) => cx.new.events()[at].name.clone(),
        None => cx.old.event(*id).name.clone(),
    };
    let new_name = |id: &EventId| cx.new.event(*id).name.clone();
    let (was, is) = (texts(old, &old_name), texts(new, &new_name));
    if was == is {
        return;
    }
    let code = &coded.metric.code;
    let message = format!("the filter of some events of metric `{code}` changed");
    let (was, is) = (shown(&was), shown(&is));
    let at = coded.key("of");
    cx.changed(Kind::FilterChanged, at, message, was, is, new_code(code));
}

fn filter_text(filter: &Filter) -> String {
    let Filter {
        argument,
        condition,
    } = filter;
    let text = match condition {
        Condition::OneOf(values) => values.iter().map(scalar).collect::<Vec<_>>().join(" or "),
        other => other.described(scalar),
    };
    format!("{}: {text}", argument.name)
}

/// Returns whether an argument had that key before.
fn was_called(argument: &EventArgument, key: &str) -> bool {
    argument.renamed_from.iter().any(|old| old == key)
}

fn sorted_text(name: &str, filter: &Filter) -> String {
    let sorted = |values: &[Scalar]| {
        let mut values: Vec<String> = values.iter().map(scalar).collect();
        values.sort_unstable();
        format!("{values:?}")
    };
    let condition = match &filter.condition {
        Condition::OneOf(values) => sorted(values),
        Condition::NoneOf(values) => format!("not {}", sorted(values)),
        other => other.described(scalar),
    };
    format!("{name:?}: {condition}")
}

fn scalar(value: &Scalar) -> String {
    match value {
        Scalar::Missing => "null".to_owned(),
        Scalar::Text(text) => format!("{text:?}"),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Boolean(value) => value.to_string(),
    }
}

fn dimensions(
    cx: &mut Context<'_>,
    old: &[EventDimension],
    new: &EventMetric,
    of: &[EventId],
    coded: MetricRef<'_>,
) {
    for dimension in old {
        if !new.by.iter().any(|it| it.name() == dimension.name()) {
            let likely = new.by.iter().find(|it| {
                let argument = it.argument();
                argument.is_some_and(|it| was_called(it, dimension.name()))
            });
            dimension_removed(
                cx,
                dimension.name(),
                likely.map(EventDimension::name),
                coded,
            );
        } else if *dimension == EventDimension::Event {
            values(cx, of, coded);
        }
    }
    for was in old {
        if let Some(is) = new.by.iter().find(|it| it.name() == was.name()) {
            compare_ranges(cx, was, is, coded);
        }
    }
    for dimension in &new.by {
        if !old.iter().any(|it| it.name() == dimension.name()) {
            dimension_added(cx, dimension.name(), coded);
        }
    }
    let was = old.iter().map(EventDimension::name);
    let is = new.by.iter().map(EventDimension::name);
    order::compare(cx, "dimensions", was, is, || coded.key("by"));
}

/// Compares the ranges of a dimension, which determine its values.
fn compare_ranges(
    cx: &mut Context<'_>,
    old: &EventDimension,
    new: &EventDimension,
    coded: MetricRef<'_>,
) {
    let text = |dimension: &EventDimension| match dimension {
        EventDimension::Bucket(_, buckets) => buckets.labels().join(", "),
        EventDimension::Event | EventDimension::Argument(_) => "each value".to_owned(),
    };
    let (was, is) = (text(old), text(new));
    if was == is {
        return;
    }
    let (code, name) = (&coded.metric.code, new.name());
    let message = format!("the values of dimension `{name}` of metric `{code}` changed");
    let at = coded.key("bucket");
    cx.changed(Kind::DimensionChanged, at, message, was, is, new_code(code));
}

/// Compares the size that a group needs to be reported separately.
pub(crate) fn compare_min_group(
    cx: &mut Context<'_>,
    old: Option<u32>,
    new: Option<u32>,
    coded: MetricRef<'_>,
) {
    if old == new {
        return;
    }
    let code = &coded.metric.code;
    let message = format!("metric `{code}` merges groups of a different size into `@other`");
    let text = |least: Option<u32>| least.map_or_else(|| "none".to_owned(), |it| it.to_string());
    let (was, is) = (text(old), text(new));
    let at = coded.key("min_group");
    cx.changed(Kind::MinGroupChanged, at, message, was, is, new_code(code));
}

/// Reports renamed events, because the values of the dimension `@event` are the current names.
fn values(cx: &mut Context<'_>, of: &[EventId], coded: MetricRef<'_>) {
    let code = &coded.metric.code;
    for id in of {
        let was = &cx.old.event(*id).name;
        let Some(is) = cx.place_of(id.0).map(|at| &cx.new.events()[at].name) else {
            continue;
        };
        if was != is {
            let message =
                format!("an event has another name in the dimension `@event` of metric `{code}`");
            let help = format!(
                "keep the event's name; otherwise, readers of the group `{was}` must also read `{is}`"
            );
            cx.changed(
                Kind::DimensionValueRenamed,
                coded.key("by"),
                message,
                was,
                is,
                help,
            );
        }
    }
}

pub(crate) fn funnel(cx: &mut Context<'_>, old: &Funnel, new: &Funnel, coded: MetricRef<'_>) {
    let Funnel { steps, identity } = old;
    users::compare_identity(cx, *identity, new.identity, coded);
    let is_same = steps.len() == new.steps.len()
        && steps
            .iter()
            .zip(&new.steps)
            .all(|(was, is)| cx.are_same(was, is));
    if is_same {
        return;
    }
    let text = |registry: &Registry, steps: &[Vec<EventId>]| {
        let step = |ids: &Vec<EventId>| event_names(registry, ids).replace(", ", " or ");
        steps.iter().map(step).collect::<Vec<_>>().join(" > ")
    };
    let code = &coded.metric.code;
    let message = format!("the steps of funnel `{code}` changed");
    let (was, is) = (text(cx.old, steps), text(cx.new, &new.steps));
    cx.changed(
        Kind::StepsChanged,
        coded.key("steps"),
        message,
        was,
        is,
        new_code(code),
    );
}
