//! Checks that the dimensions and measures of a metric have distinct names, because they are fields
//! of one row.

use std::collections::HashMap;

use pings_model::Buckets;
use pings_model::ident::snake_name;

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Span;
use crate::syntax::percentile;
use crate::tree::Node;

/// The number of bytes of a name that PostgreSQL keeps.
const LONGEST: usize = 63;

pub(super) fn check(ping: &Node<'_>, cx: &mut Context<'_>) {
    let metrics = ping.get("metrics").map(Node::items).unwrap_or_default();
    for metric in metrics {
        let dimensions = dimensions(metric);
        if dimensions.is_empty() {
            continue;
        }
        let mut seen: HashMap<String, (String, Option<Span>)> = HashMap::new();
        for measure in measures(metric) {
            seen.insert(snake_name(&measure).unwrap_or_default(), (measure, None));
        }
        for (name, span) in dimensions {
            if name.len() > LONGEST {
                let message = format!("the dimension's name has {} bytes", name.len());
                let help = format!("shorten it: PostgreSQL truncates names to {LONGEST} bytes");
                cx.error(Rule::InvalidName, span, message, help);
            }
            // The check of the form reports blank names, and the list of arguments those that are not
            // in it.
            if name.trim().is_empty() {
                continue;
            }
            let Some(field) = snake_name(name) else {
                let message = format!("the dimension `{name}` cannot become an identifier");
                let help = "use at least one of a to z, A to Z, 0 to 9";
                cx.error(Rule::NoIdentifier, span, message, help);
                continue;
            };
            match seen.get(&field) {
                Some((measure, None)) => {
                    let message = format!(
                        "the dimension `{name}` has the same name as the measure `{measure}`"
                    );
                    let help = "rename the dimension, because both are fields of the same row";
                    cx.error(Rule::DimensionName, span, message, help);
                }
                Some((first, Some(place))) if first != name => cx.report(
                    Diagnostic::new(
                        Rule::SameIdentifier,
                        span,
                        format!("`{name}` and `{first}` both become `{field}` in generated code"),
                    )
                    .label("this one")
                    .related(*place, "and this one")
                    .help("give one of them another name"),
                ),
                Some(_) => {}
                None => {
                    seen.insert(field, (name.to_owned(), Some(span)));
                }
            }
        }
    }
}

/// Returns the dimensions. For hand-written SQL, returns all columns, which are also fields of one
/// row.
fn dimensions<'n>(metric: &'n Node<'n>) -> Vec<(&'n str, Span)> {
    let keys = |node: &'n Node<'n>| {
        node.entries()
            .iter()
            .map(|entry| (entry.key.as_ref(), entry.key_span))
            .collect::<Vec<_>>()
    };
    if metric.get("sql").is_some() {
        return metric.get("columns").map(keys).unwrap_or_default();
    }
    let Some(by) = metric.get("by") else {
        return Vec::new();
    };
    let listed = by
        .items()
        .iter()
        .filter_map(|item| Some((item.text()?, item.span)));
    keys(by).into_iter().chain(listed).collect()
}

/// Returns the names of the measures in results.
fn measures(metric: &Node<'_>) -> Vec<String> {
    if metric.get("sql").is_some() {
        return Vec::new();
    }
    let words = metric
        .get("measure")
        .map(Node::one_or_many)
        .unwrap_or_default();
    let mut names = Vec::new();
    for word in words.iter().filter_map(Node::text) {
        match word {
            "stats" => names.extend(["avg", "min", "max", "median", "stddev"].map(str::to_owned)),
            "percentiles" => {
                let at = metric.get("at").map(Node::items).unwrap_or_default();
                let at = at.iter().filter_map(Node::text).filter_map(percentile);
                names.extend(at.map(pings_model::Percentile::name));
            }
            "histogram" => names.extend(labels(metric)),
            word => names.push(word.to_owned()),
        }
    }
    if words.is_empty() {
        names.push("count".to_owned());
    }
    names
}

/// Returns the labels of the ranges of a histogram. Both kinds of bounds are tried, because the type
/// of the value is not known here.
fn labels(metric: &Node<'_>) -> Vec<String> {
    let bounds = metric.get("buckets").map(Node::items).unwrap_or_default();
    let bounds: Vec<&str> = bounds.iter().filter_map(Node::text).collect();
    let whole: Option<Vec<i64>> = bounds.iter().map(|text| text.parse().ok()).collect();
    let real: Option<Vec<f64>> = bounds.iter().map(|text| text.parse().ok()).collect();
    let all = whole.map(Buckets::Whole).into_iter();
    let all = all.chain(real.map(Buckets::Real));
    all.flat_map(|buckets| buckets.labels()).collect()
}
