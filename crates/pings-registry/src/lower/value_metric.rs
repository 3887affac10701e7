//! Metrics whose values the product sets.

use pings_model::{ValueKind, ValueMetric};

use super::values;
use crate::context::Context;
use crate::diagnostic::Rule;
use crate::tree::{Content, Node};

pub(super) fn value_metric(node: &Node<'_>, cx: &mut Context<'_>) -> Option<ValueMetric> {
    for key in ValueMetric::OTHER_KEYS {
        cx.misplaced(
            node,
            key,
            "is not for values",
            "a `value` ping has the type of each value: `value: boolean`",
        );
    }
    let help =
        "write boolean, integer, number, version, date, or the texts: `value: { enum: [a, b] }`";
    let Some(value) = node.get("value") else {
        let message = "the metric has no type of its value";
        cx.error(Rule::MissingKey, node.head(), message, help);
        return None;
    };
    if let Content::Mapping(_) = &value.content {
        let kind = ValueKind::Enum(values::texts("value", value, cx)?);
        return Some(ValueMetric { kind });
    }
    let kind = value.text().and_then(ValueKind::of_word);
    if kind.is_none() {
        let message = format!(
            "`{}` is not a type of value",
            value.text().unwrap_or_default()
        );
        cx.error(Rule::UnknownWord, value.span, message, help);
    }
    Some(ValueMetric { kind: kind? })
}

/// Reports the texts of a value in a ping of another type.
pub(super) fn refuse_texts(metric: &Node<'_>, expected: &str, cx: &mut Context<'_>) {
    let is_mapping = |node: &&Node<'_>| matches!(node.content, Content::Mapping(_));
    if let Some(node) = metric.get("value").filter(is_mapping) {
        let message = format!("`value` is {expected} here, not the texts of a value");
        let help = "texts are for pings with `type: value`";
        cx.error(Rule::WrongType, node.span, message, help);
    }
}
