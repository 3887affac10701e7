//! Metrics: their kinds, and event metrics in detail.

use pings_model::{
    ArgumentType, EventArgument, EventDimension, EventId, EventMeasure, EventMetric, Funnel,
    Measure, Metric, PingType, Source, ValueType, Window,
};

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::{Names, args, capture, groups, statement};
use crate::raw::{self, RawBy, RawFunnel, RawMetric, RawPing, RawWhere};
use crate::shape::with_suggestion;
use crate::source::Span;
use crate::tree::Node;

/// The properties that a metric inherits from its ping.
#[derive(Clone, Copy)]
pub(super) struct Owner {
    pub(super) kind: PingType,
    pub(super) window: Window,
}

/// Returns the valid metrics and funnels of a ping.
pub(super) fn metrics(
    raw: &RawPing,
    node: &Node<'_>,
    owner: Owner,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Vec<Metric> {
    let items = |key| node.get(key).map(Node::items).unwrap_or_default();
    let mut metrics = Vec::new();
    for (raw, node) in raw.metrics.iter().flatten().zip(items("metrics")) {
        let source = match owner.kind {
            PingType::FeEvent => event_metric(raw, node, names, cx).map(Source::Events),
            PingType::BeCapture if raw.sql.is_some() => {
                statement::capture(raw, node, owner, names, cx).map(Source::Sql)
            }
            PingType::BeCapture => {
                capture::capture(raw, node, owner, names, cx).map(Source::Capture)
            }
        };
        metrics.extend(source.map(|source| Metric {
            code: raw.code.clone(),
            title: None,
            note: raw.note.clone(),
            search: raw.search.clone(),
            source,
        }));
    }
    for (raw, node) in raw.funnels.iter().flatten().zip(items("funnels")) {
        metrics.extend(funnel(raw, node, names, cx));
    }
    metrics
}

fn funnel(
    raw: &RawFunnel,
    node: &Node<'_>,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Metric> {
    let nodes = node.get("steps")?;
    let step = |node: &Node<'_>, cx: &mut Context<'_>| events(node, names, cx);
    let steps: Vec<_> = nodes.items().iter().map(|node| step(node, cx)).collect();
    Some(Metric {
        code: raw.code.clone(),
        title: raw.title.clone(),
        note: raw.note.clone(),
        search: None,
        source: Source::Funnel(Funnel {
            steps: steps.into_iter().collect::<Option<_>>()?,
        }),
    })
}

fn event_metric(
    raw: &RawMetric,
    node: &Node<'_>,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<EventMetric> {
    for key in ["from", "join", "per", "sql", "columns"] {
        misplaced(
            node,
            key,
            "is only for captures",
            "an `fe_event` ping measures events: use `of`",
            cx,
        );
    }
    let of = match node.get("of") {
        Some(node) => events(node, names, cx),
        None => default_event(node, names, cx),
    };
    let of = of?;
    let measures = measures(raw, node, &of, names, cx);
    let filters = match (&raw.filter, node.get("where")) {
        (Some(RawWhere::Arguments(_)), Some(node)) => args::filters(node, &of, names, cx),
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
    Some(EventMetric {
        of,
        filters: filters?,
        by,
        min_group: min_group?,
        measures: measures?,
    })
}

/// Without `of`, the metric counts the event with the same name as its code.
fn default_event(node: &Node<'_>, names: &Names<'_>, cx: &mut Context<'_>) -> Option<Vec<EventId>> {
    let code = node.get("code")?;
    let name = code.text()?;
    let Some(id) = names.event_ids.get(name) else {
        let unknown = Diagnostic::new(
            Rule::UnknownEvent,
            code.span,
            format!("there is no event `{name}`"),
        )
        .label("without `of`, the code must be an event");
        let unknown = with_suggestion(unknown, name, "the events are", names.event_names());
        cx.report(
            unknown.help("declare it under `events`, or list the measured events: `of: [Event]`"),
        );
        return None;
    };
    Some(vec![*id])
}

/// Returns the events in a name or a list of names.
fn events(node: &Node<'_>, names: &Names<'_>, cx: &mut Context<'_>) -> Option<Vec<EventId>> {
    let mut ids: Vec<EventId> = Vec::new();
    let mut sound = true;
    for node in node.one_or_many() {
        let Some(name) = node.text() else { continue };
        match names.event_ids.get(name) {
            Some(id) if ids.contains(id) => {
                cx.error(
                    Rule::DuplicateValue,
                    node.span,
                    format!("`{name}` is listed twice"),
                    "remove one",
                );
            }
            Some(id) => ids.push(*id),
            None => {
                let unknown = Diagnostic::new(
                    Rule::UnknownEvent,
                    node.span,
                    format!("there is no event `{name}`"),
                );
                cx.report(match names.old_names.get(name) {
                    Some(id) => unknown.help(format!(
                        "it was renamed: use `{}`, which also counts the old name",
                        names.events[id.0].name
                    )),
                    None => with_suggestion(unknown, name, "the events are", names.event_names())
                        .help("declare events under `events`"),
                });
                sound = false;
            }
        }
    }
    sound.then_some(ids)
}

fn measures(
    raw: &RawMetric,
    node: &Node<'_>,
    of: &[EventId],
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<EventMeasure>> {
    let words = measure_words(raw, node, cx)?;
    let value = match node.get("value") {
        Some(node) => Some(args::argument(node.text()?, node.span, of, names, cx)?),
        None => None,
    };
    let value = value.as_ref();
    let mut measures = Vec::new();
    for (word, span) in words {
        measures.push(match word {
            "unique_users" => EventMeasure::UniqueUsers,
            "first_time_users" => {
                groups::without_first_times(node, span, cx)?;
                EventMeasure::FirstTimeUsers
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
                EventMeasure::Of(measure(word, value.cloned(), raw)?)
            }
        });
    }
    Some(measures)
}

/// Returns whether a measure computes with values.
pub(super) fn is_arithmetic(word: &str) -> bool {
    matches!(word, "sum" | "stats" | "percentiles")
}

/// Returns the measure for a word. [`measure_words`] already checked that the required keys exist.
pub(super) fn measure<V>(word: &str, value: Option<V>, raw: &RawMetric) -> Option<Measure<V>> {
    Some(match word {
        "count" => Measure::Count,
        "distinct" => Measure::Distinct(value?),
        "sum" => Measure::Sum(value?),
        "stats" => Measure::Stats(value?),
        _ => {
            let mut at: Vec<_> = raw
                .at
                .iter()
                .filter_map(|text| raw::percentile(text))
                .collect();
            at.sort_unstable();
            Measure::Percentiles { value: value?, at }
        }
    })
}

/// Returns the words of `measure` with their locations, and checks that `value` and `at` match
/// them.
pub(super) fn measure_words<'r>(
    raw: &'r RawMetric,
    node: &Node<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<(&'r str, Span)>> {
    let places = node
        .get("measure")
        .map(Node::one_or_many)
        .unwrap_or_default();
    let mut words: Vec<(&str, Span)> = raw
        .measure
        .0
        .iter()
        .zip(places)
        .map(|(word, node)| (word.as_str(), node.span))
        .collect();
    if words.is_empty() {
        words.push(("count", node.head()));
    }
    let before = cx.diagnostics.len();
    for (at, (word, span)) in words.iter().enumerate() {
        if words[..at].iter().any(|(other, _)| other == word) {
            cx.error(
                Rule::DuplicateValue,
                *span,
                format!("`{word}` is listed twice"),
                "remove one",
            );
        }
    }
    let needs_value = words
        .iter()
        .find(|(word, _)| *word == "distinct" || is_arithmetic(word));
    match (needs_value, node.entry("value")) {
        (Some((word, span)), None) => {
            let help =
                "set `value` to an argument of the events, or to an SQL expression in a capture";
            cx.error(
                Rule::MissingKey,
                *span,
                format!("`{word}` needs a `value`"),
                help,
            );
        }
        (None, Some(entry)) => {
            let help = "remove it, or add a measure: distinct, sum, stats or percentiles";
            cx.error(
                Rule::MisplacedKey,
                entry.key_span,
                "a `value` that is not measured",
                help,
            );
        }
        _ => {}
    }
    let needs_at = words.iter().find(|(word, _)| *word == "percentiles");
    match (needs_at, node.entry("at")) {
        (Some((_, span)), None) => {
            cx.error(
                Rule::MissingKey,
                *span,
                "`percentiles` needs `at`",
                "list the percentiles: `at: [50, 90, 99]`",
            );
        }
        (None, Some(entry)) => {
            let help = "remove it, or set `measure: percentiles`";
            cx.error(
                Rule::MisplacedKey,
                entry.key_span,
                "`at` is only for percentiles",
                help,
            );
        }
        (Some(_), Some(entry)) => percentiles(&entry.value, cx),
        _ => {}
    }
    (cx.diagnostics.len() == before).then_some(words)
}

fn percentiles(node: &Node<'_>, cx: &mut Context<'_>) {
    let mut seen = Vec::new();
    for item in node.items() {
        let Some(percentile) = item.text().and_then(raw::percentile) else {
            continue;
        };
        if seen.contains(&percentile) {
            cx.error(
                Rule::DuplicateValue,
                item.span,
                format!("{percentile} is listed twice"),
                "remove one",
            );
        }
        seen.push(percentile);
    }
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
    let ty = match argument.ty {
        ArgumentType::Integer => ValueType::Integer,
        ArgumentType::Number => ValueType::Number,
        ArgumentType::String | ArgumentType::Boolean | ArgumentType::Enum(_) => ValueType::Text,
    };
    let buckets = groups::buckets(bounds, &argument.name, ty, cx)?;
    Some(EventDimension::Bucket(argument, buckets))
}

/// Reports a key that has no meaning in this context.
pub(super) fn misplaced(node: &Node<'_>, key: &str, why: &str, help: &str, cx: &mut Context<'_>) {
    let Some(entry) = node.entry(key) else {
        return;
    };
    cx.error(
        Rule::MisplacedKey,
        entry.key_span,
        format!("`{key}` {why}"),
        help,
    );
}

impl<'a> Names<'a> {
    /// Returns the names of all events, as written in the registry.
    pub(super) fn event_names(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.events.iter().map(|event| event.name.as_str())
    }
}
