//! Glean: `metrics.yaml` and `pings.yaml`.

mod arguments;

use pings_model::{Version, is_date};

use arguments::{FROM_PROSE, extras, label, labels, listed, members};

use crate::buckets::{self, BOUNDS};
use crate::context::Context;
use crate::draft::{Argument, Metric, Ping, Sensitivity, Type};
use crate::node::{Entry, Node};
use crate::place::Place;
use crate::shapes::{self, Instrument};
use crate::vocabulary;
use crate::words::{humanized, pull_request};

/// The result for a type of metric.
enum Becomes {
    /// An event that is counted.
    Event,
    /// An event with the number to add.
    Counter,
    /// The same, split by a label.
    LabeledCounter,
    /// Two counters.
    Rate,
    /// An event with a measured number, whose unit is in this key, or else is this word.
    Distribution(&'static str, &'static str),
    /// A value of this type that the product sets.
    Value(Type),
    /// A value for each label.
    LabeledValue(Type),
    /// A value, if its texts are known.
    Text,
    /// A value for each label, if its texts are known.
    LabeledText,
    /// A value with a date.
    Date,
    /// An event with a list, if its texts are known.
    List,
    /// An event with the members of an object.
    Object,
    /// Nothing, for this reason.
    Nothing(&'static str),
}

const DATE: &str = "only the date is kept, without the time of the day";
const EACH_TIME: &str =
    "the metric counts how often it is recorded, instead of keeping what was recorded";
const ENTRIES: &str = "an object without declared members, or a list of objects, cannot be counted: record an event \
                       for each entry";
const LABELS: &str = "a value for each label needs declared labels";
const FREE_VALUE: &str =
    "free text is never sent: set a value with declared texts, `{ enum: [a, b] }`";
const FREE: &str =
    "free text is never sent: record an event with an argument that has declared values";
const IDENTIFYING: &str = "the value identifies an installation or a person, and is never sent";

/// The types of metrics of Glean.
const TYPES: &[(&str, Becomes)] = &[
    ("event", Becomes::Event),
    ("counter", Becomes::Counter),
    ("labeled_counter", Becomes::LabeledCounter),
    ("dual_labeled_counter", Becomes::LabeledCounter),
    ("denominator", Becomes::Counter),
    ("numerator", Becomes::Counter),
    ("rate", Becomes::Rate),
    (
        "timing_distribution",
        Becomes::Distribution("time_unit", "nanosecond"),
    ),
    (
        "labeled_timing_distribution",
        Becomes::Distribution("time_unit", "nanosecond"),
    ),
    (
        "timespan",
        Becomes::Distribution("time_unit", "millisecond"),
    ),
    (
        "memory_distribution",
        Becomes::Distribution("memory_unit", "byte"),
    ),
    (
        "labeled_memory_distribution",
        Becomes::Distribution("memory_unit", "byte"),
    ),
    ("custom_distribution", Becomes::Distribution("unit", "")),
    (
        "labeled_custom_distribution",
        Becomes::Distribution("unit", ""),
    ),
    ("boolean", Becomes::Value(Type::Boolean)),
    ("labeled_boolean", Becomes::LabeledValue(Type::Boolean)),
    ("quantity", Becomes::Value(Type::Integer)),
    ("labeled_quantity", Becomes::LabeledValue(Type::Integer)),
    ("datetime", Becomes::Date),
    ("string", Becomes::Text),
    ("labeled_string", Becomes::LabeledText),
    ("string_list", Becomes::List),
    ("text", Becomes::Nothing(FREE)),
    ("url", Becomes::Nothing(IDENTIFYING)),
    ("uuid", Becomes::Nothing(IDENTIFYING)),
    ("object", Becomes::Object),
];

/// Keys of a metric that are converted.
const CONVERTED: &[&str] = &[
    "type",
    "description",
    "extra_keys",
    "labels",
    "bugs",
    "data_reviews",
    "notification_emails",
    "data_sensitivity",
    "expires",
    "metadata",
    "disabled",
    "lifetime",
    "time_unit",
    "memory_unit",
    "unit",
    "range_min",
    "range_max",
    "bucket_count",
    "histogram_type",
    "dual_labels",
    "structure",
];

/// Keys of a metric that mean nothing to a registry: where Glean sends the metric, and how it
/// compresses it.
const WITHOUT_MEANING: &[&str] = &[
    "send_in_pings",
    "no_lint",
    "version",
    "decrypted_name",
    "gecko_datapoint",
    "jwe",
    "telemetry_mirror",
    "telemetry_enabled",
    "denominator_metric",
    "in_session",
];

pub(crate) fn convert(cx: &mut Context<'_>, root: &Node) {
    let schema = root.text_of("$schema").unwrap_or_default();
    if schema.contains("glean/pings") {
        return pings(cx, root);
    }
    if schema.contains("glean/tags") {
        let place = cx.place(root);
        return cx.note(
            place,
            "tags",
            "the descriptions of tags have no counterpart",
        );
    }
    for category in root.entries() {
        let key = category.key.as_str();
        if key.starts_with('$') || key == "no_lint" {
            continue;
        }
        if !category.value.is_mapping() {
            let place = cx.key_place(category);
            cx.note(place, key, "not a category of metrics, and ignored");
            continue;
        }
        for metric in category.value.entries() {
            convert_metric(cx, key, metric);
        }
    }
}

/// Notes that the schedules of pings have no counterpart.
fn pings(cx: &mut Context<'_>, root: &Node) {
    for ping in root.entries() {
        if !ping.key.starts_with('$') && ping.key != "no_lint" {
            let place = cx.key_place(ping);
            let reason = "a ping with a schedule of its own: its metrics are sent once a week, as all others";
            cx.note(place, &ping.key, reason);
        }
    }
}

fn convert_metric(cx: &mut Context<'_>, category: &str, entry: &Entry) {
    let (name, node) = (format!("{category}.{}", entry.key), &entry.value);
    let place = cx.key_place(entry);
    cx.metrics += 1;
    let Some(ty) = node.text_of("type") else {
        return cx.dropped(place, &name, "the metric has no `type`");
    };
    let known = TYPES.iter().find(|(known, _)| *known == ty);
    let Some((_, becomes)) = known else {
        return cx.dropped(place, &name, format!("the type `{ty}` is unknown"));
    };
    if node.get("disabled").is_some_and(Node::is_true) {
        return cx.dropped(place, &name, "the metric is disabled in the source");
    }
    cx.note_unknown(node, &name, &[CONVERTED, WITHOUT_MEANING]);
    let mut ping = ping(cx, category, entry);
    let instrument = |args| Instrument {
        name: &name,
        description: None,
        args,
        place: &place,
    };
    ping.metrics = match becomes {
        Becomes::Nothing(reason) => return cx.dropped(place, &name, *reason),
        Becomes::Value(ty) => vec![Metric::value(&name, ty.clone())],
        Becomes::LabeledValue(ty) => {
            let labels = labels(node);
            if labels.is_empty() {
                return cx.dropped(place, &name, LABELS);
            }
            let codes = labels.iter().map(|label| format!("{name}.{label}"));
            codes.map(|code| Metric::value(&code, ty.clone())).collect()
        }
        Becomes::Text if vocabulary::is_version(&name) => {
            vec![Metric::value(&name, Type::Version)]
        }
        Becomes::Text => match listed(node) {
            Some(values) => {
                ping.checks.push(FROM_PROSE.to_owned());
                vec![Metric::value(&name, Type::Enum(values))]
            }
            None => return cx.dropped(place, &name, FREE_VALUE),
        },
        Becomes::LabeledText => match (labels(node), listed(node)) {
            (labels, Some(values)) if !labels.is_empty() => {
                ping.checks.push(FROM_PROSE.to_owned());
                let codes = labels.iter().map(|label| format!("{name}.{label}"));
                let ty = Type::Enum(values);
                codes.map(|code| Metric::value(&code, ty.clone())).collect()
            }
            _ => return cx.dropped(place, &name, FREE),
        },
        Becomes::Date => {
            if !matches!(node.text_of("time_unit"), Some("day")) {
                cx.note(place.clone(), &name, DATE);
            }
            vec![Metric::value(&name, Type::Date)]
        }
        Becomes::List => match listed(node) {
            Some(values) => {
                let mut list = Argument::new("values", Type::List(values));
                list.check = Some(FROM_PROSE.to_owned());
                cx.changed(place.clone(), &name, EACH_TIME);
                vec![shapes::event(cx, instrument(vec![list]))]
            }
            None => return cx.dropped(place, &name, FREE),
        },
        Becomes::Object => match node.get("structure").map(members) {
            Some(args) if !args.is_empty() => {
                cx.changed(place.clone(), &name, EACH_TIME);
                vec![shapes::event(cx, instrument(args))]
            }
            _ => return cx.dropped(place, &name, ENTRIES),
        },
        Becomes::Event => {
            let args = extras(node);
            vec![shapes::event(cx, instrument(args))]
        }
        Becomes::Counter => vec![shapes::counter(cx, instrument(Vec::new()))],
        Becomes::LabeledCounter => {
            let labels = match node.get("dual_labels") {
                Some(both) => ["key", "category"]
                    .iter()
                    .filter_map(|name| Some(label(name, both.get(name)?)))
                    .collect(),
                None => vec![label("label", node)],
            };
            vec![shapes::counter(cx, instrument(labels))]
        }
        Becomes::Rate => rate(cx, &name, &place),
        Becomes::Distribution(key, default) => {
            let unit = node.text_of(key).unwrap_or(default);
            let labels = if ty.starts_with("labeled_") {
                vec![label("label", node)]
            } else {
                Vec::new()
            };
            let bounds = bounds(cx, &name, node, &place);
            let metric = shapes::distribution(cx, instrument(labels), &plural(unit), bounds);
            vec![metric]
        }
    };
    ping.is_value = ping.metrics.iter().any(|metric| metric.state.is_some());
    if !ping.is_value
        && node
            .text_of("lifetime")
            .is_some_and(|lifetime| lifetime == "user")
    {
        let reason =
            "`lifetime: user` keeps the total of all time, and the metric is the number of a week";
        cx.changed(place, &name, reason);
    }
    cx.push(ping);
}

/// Returns the ping of a metric, without the metrics.
fn ping(cx: &Context<'_>, category: &str, entry: &Entry) -> Ping {
    let node = &entry.value;
    let texts = |key| node.get(key).map(Node::texts).unwrap_or_default();
    let mut ping = Ping {
        name: format!("{category}.{}", entry.key),
        section: humanized(category),
        title: humanized(&entry.key),
        purpose: node.text_of("description").map(str::to_owned),
        added: cx.added.to_owned(),
        sensitivity: sensitivity(&texts("data_sensitivity")),
        owners: texts("notification_emails")
            .into_iter()
            .map(str::to_owned)
            .collect(),
        place: cx.key_place(entry),
        ..Ping::default()
    };
    for key in ["bugs", "data_reviews"] {
        for address in texts(key) {
            match pull_request(address) {
                Some((prefix, number)) => ping.prs.push((prefix.to_owned(), number)),
                None => ping.others.push((key.to_owned(), address.to_owned())),
            }
        }
    }
    expires(node.text_of("expires").unwrap_or("never"), &mut ping);
    let tags = node.at(&["metadata", "tags"]).map(Node::texts);
    ping.tags = tags
        .unwrap_or_default()
        .into_iter()
        .map(str::to_owned)
        .collect();
    ping
}

/// Converts the date or the version after which a metric is no longer collected.
fn expires(text: &str, ping: &mut Ping) {
    if text == "never" {
        return;
    }
    if is_date(text) {
        ping.review = Some(text.to_owned());
        return;
    }
    match text.parse::<Version>() {
        Ok(version)
            if ping
                .added
                .parse::<Version>()
                .is_ok_and(|added| added < version) =>
        {
            ping.expires = Some(version.to_string());
        }
        _ => ping.others.push(("expires".to_owned(), text.to_owned())),
    }
}

/// Returns the sensitivity for Glean's categories of data.
fn sensitivity(categories: &[&str]) -> Sensitivity {
    let each = categories.iter().map(|category| match *category {
        "technical" => Sensitivity::Operational,
        "interaction" => Sensitivity::Usage,
        _ => Sensitivity::Identifying,
    });
    let is_usage = categories.contains(&"interaction");
    match each.max().unwrap_or_default() {
        Sensitivity::Operational if is_usage => Sensitivity::Usage,
        sensitivity => sensitivity,
    }
}

/// Returns the two sums of a rate.
fn rate(cx: &mut Context<'_>, name: &str, place: &Place) -> Vec<Metric> {
    let reason = "a rate becomes two sums: divide them after adding up the instances";
    cx.changed(place.clone(), name, reason);
    let parts = ["numerator", "denominator"];
    let names = parts.map(|part| format!("{name}.{part}"));
    let mut metrics = Vec::new();
    for name in &names {
        let instrument = Instrument {
            name,
            description: None,
            args: Vec::new(),
            place,
        };
        metrics.push(shapes::counter(cx, instrument));
    }
    metrics
}

/// Returns the bounds of a distribution: those of the source, or else powers of ten.
fn bounds(cx: &mut Context<'_>, name: &str, node: &Node, place: &Place) -> Vec<String> {
    let number = |key| node.text_of(key)?.parse::<f64>().ok();
    let count = node
        .text_of("bucket_count")
        .and_then(|text| text.parse().ok());
    let is_linear = node.text_of("histogram_type") == Some("linear");
    let declared = number("range_max").zip(count).and_then(|(max, count)| {
        buckets::between(number("range_min").unwrap_or(1.0), max, count, is_linear)
    });
    declared.unwrap_or_else(|| {
        cx.note(place.clone(), name, BOUNDS);
        buckets::powers_of_ten()
    })
}

/// Returns a unit in the plural.
fn plural(unit: &str) -> String {
    match unit {
        "" => String::new(),
        unit if unit.ends_with('s') => unit.to_owned(),
        unit => format!("{unit}s"),
    }
}
