//! Metrics and funnels of events.

use pings_model::{
    EventArgument, EventDimension, EventId, EventMeasure, EventMetric, Funnel, Metric, Period,
    Source,
};

use crate::context::Context;
use crate::diagnostic::Rule;
use crate::lower::measure::{self, is_arithmetic, measure, measure_words};
use crate::lower::names::Names;
use crate::lower::selection::{self, Of};
use crate::lower::{args, filters, groups, life, value_metric};
use crate::syntax::{RawBy, RawFunnel, RawMetric, RawWhere};
use crate::tree::Node;

pub(super) fn funnel(
    raw: &RawFunnel,
    node: &Node<'_>,
    windows: Vec<Period>,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Metric> {
    let nodes = node.get("steps")?;
    let step = |node: &Node<'_>, cx: &mut Context<'_>| selection::events(node, names, cx);
    let steps: Vec<_> = nodes.items().iter().map(|node| step(node, cx)).collect();
    Some(Metric {
        code: raw.code.clone(),
        title: raw.title.clone(),
        note: raw.note.clone(),
        search: None,
        own_life: life::of_funnel(raw),
        windows,
        source: Source::Funnel(Funnel {
            steps: steps.into_iter().collect::<Option<_>>()?,
            identity: selection::identity(node),
        }),
    })
}

pub(super) fn event_metric(
    raw: &RawMetric,
    node: &Node<'_>,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<EventMetric> {
    for key in ["from", "join", "per", "sql", "columns", "database"] {
        cx.misplaced(
            node,
            key,
            "is only for captures",
            "an `fe_event` ping measures events: use `of`",
        );
    }
    let Of {
        events: of,
        any_name,
        filters: event_filters,
        all_of,
        ..
    } = selection::of(node, names, cx)?;
    let selection = selection::selection(node, any_name, cx);
    let identity = selection::identity_of_users(node, cx);
    let measures = measures(raw, node, &of, names, cx);
    let filters = match (&raw.filter, node.get("where")) {
        (Some(RawWhere::Arguments(_)), Some(node)) => filters::filters(node, &of, names, cx),
        (Some(RawWhere::Sql(_)), Some(node)) => {
            let help = "filter events by their arguments: `where: { argument: value }`";
            cx.error(
                Rule::MisplacedKey,
                node.span,
                "SQL in the `where` of an event metric",
                help,
            );
            None
        }
        _ => Some(Vec::new()),
    };
    let by = dimensions(raw, node, &of, names, cx)?;
    let min_group = groups::min_group(node, !by.is_empty(), cx);
    if let Some(list) = by.iter().find_map(EventDimension::list)
        && let Some(entry) = node.entry("min_group")
    {
        let message = format!("`min_group` with the list `{}`", list.name);
        let help = "remove it: the groups of a list are its declared values, and an event would count \
                    several times in the merged group";
        cx.error(Rule::MisplacedKey, entry.key_span, message, help);
        return None;
    }
    Some(EventMetric {
        of,
        all_of,
        selection,
        identity: identity?,
        filters: filters?,
        event_filters,
        by,
        min_group: min_group?,
        measures: measures?,
    })
}

fn measures(
    raw: &RawMetric,
    node: &Node<'_>,
    of: &[EventId],
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<EventMeasure>> {
    let words = measure_words(raw, node, cx)?;
    value_metric::refuse_texts(node, "an argument", cx);
    let value = match node.get("value").filter(|node| node.text().is_some()) {
        Some(node) => {
            let value = args::argument(node.text()?, node.span, of, names, cx)?;
            Some(args::single(value, node.span, cx)?)
        }
        None => None,
    };
    let value = value.as_ref();
    let buckets = match value.filter(|it| args::is_numeric(it)) {
        Some(value) => measure::histogram(node, value.ty.measured(), cx)?,
        None => None,
    };
    let mut measures = Vec::new();
    for (word, span) in words {
        measures.push(match word {
            "unique_users" => EventMeasure::UniqueUsers,
            "first_time_users" => {
                groups::without_first_times(node, span, cx)?;
                EventMeasure::FirstTimeUsers
            }
            "value" => {
                let help = "measure the `sum` or the `stats` of the argument; the state of one thing is in a ping with `type: value`";
                let message = "`value` is only for captures, which read it from one row";
                cx.error(Rule::WrongMeasure, span, message, help);
                return None;
            }
            _ => {
                let numeric = value.is_none_or(args::is_numeric);
                if is_arithmetic(word) && !numeric {
                    let span = node.get("value").map_or(span, |node| node.span);
                    let help =
                        "use an argument of type integer or number; `distinct` accepts any type";
                    cx.error(
                        Rule::TypeMismatch,
                        span,
                        format!("`{word}` of an argument that is not a number"),
                        help,
                    );
                    return None;
                }
                EventMeasure::Of(measure(word, value.cloned(), buckets.as_ref(), raw)?)
            }
        });
    }
    Some(measures)
}

fn dimensions(
    raw: &RawMetric,
    node: &Node<'_>,
    of: &[EventId],
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<EventDimension>> {
    let metric = node;
    groups::unknown_buckets(metric, cx);
    let (Some(by), Some(node)) = (&raw.by, metric.get("by")) else {
        return Some(Vec::new());
    };
    let RawBy::Names(_) = by else {
        let help = "list arguments: `by: [argument]`; use `@event` to group by event";
        cx.error(
            Rule::MisplacedKey,
            node.head(),
            "SQL in the `by` of an event metric",
            help,
        );
        return None;
    };
    let mut dimensions: Vec<EventDimension> = Vec::new();
    let mut sound = true;
    for node in node.items() {
        let Some(name) = node.text() else { continue };
        let dimension = if name == "@event" {
            Some(EventDimension::Event)
        } else {
            args::argument(name, node.span, of, names, cx)
                .and_then(|argument| by_argument(argument, metric, cx))
        };
        match dimension {
            Some(dimension) if dimensions.contains(&dimension) => {
                cx.error(
                    Rule::DuplicateValue,
                    node.span,
                    format!("`{name}` is listed twice"),
                    "remove one",
                );
                sound = false;
            }
            Some(dimension) => dimensions.push(dimension),
            None => sound = false,
        }
    }
    sound.then_some(dimensions)
}

/// Returns the dimension for an argument: its values, or its ranges if `bucket` defines them.
fn by_argument(
    argument: EventArgument,
    metric: &Node<'_>,
    cx: &mut Context<'_>,
) -> Option<EventDimension> {
    let Some(bounds) = groups::bucket(metric, &argument.name) else {
        return Some(EventDimension::Argument(argument));
    };
    let ty = argument.ty.measured();
    let buckets = groups::buckets(bounds, &argument.name, ty, cx)?;
    Some(EventDimension::Bucket(argument, buckets))
}
