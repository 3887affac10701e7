//! The shapes that instruments of several systems become: an event with its metric.

use crate::context::Context;
use crate::dimensions;
use crate::draft::{Argument, Metric, Selected, Type, leaves};
use crate::loss::Effect;
use crate::place::Place;

/// The values that an instrument records, apart from the kind of instrument.
pub(crate) struct Instrument<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: Option<&'a str>,
    /// The arguments that split the numbers.
    pub(crate) args: Vec<Argument>,
    pub(crate) place: &'a Place,
}

/// Adds an event that is counted, and returns its metric.
pub(crate) fn event(cx: &mut Context<'_>, it: Instrument<'_>) -> Metric {
    let by = dimensions::chosen(&it.args);
    let left_out = dimensions::left_out(&it.args, &by);
    let reason =
        "the count is not split by these arguments, because there would be too many groups";
    cx.parts(Effect::Note, it.place, it.name, &left_out, reason);
    let free = leaves(&it.args).into_iter();
    let free = free.filter(|(_, arg)| arg.ty == Type::String);
    let free: Vec<String> = free.map(|(path, _)| path).collect();
    let reason =
        "free text is recorded, and never sent: declare the values with `enum` to split by it";
    cx.parts(Effect::Note, it.place, it.name, &free, reason);
    let metric = Metric {
        code: it.name.to_owned(),
        of: vec![Selected::every(it.name)],
        measures: vec!["count", "unique_users"],
        by,
        ..Metric::default()
    };
    declare(cx, it);
    metric
}

/// Adds an event with the number to add, and returns the metric with the sum.
pub(crate) fn counter(cx: &mut Context<'_>, it: Instrument<'_>) -> Metric {
    let mut amount = Argument::new("amount", Type::Integer);
    amount.description = Some("The number to add.".to_owned());
    numbers(cx, it, amount, &["sum"])
}

/// Adds an event with a measured number, and returns the metric with its distribution.
pub(crate) fn distribution(
    cx: &mut Context<'_>,
    it: Instrument<'_>,
    unit: &str,
    buckets: Vec<String>,
) -> Metric {
    let mut value = Argument::new("value", Type::Number);
    value.description = Some(match unit {
        "" => "The measured number.".to_owned(),
        unit => format!("The measured number, in {unit}."),
    });
    Metric {
        buckets,
        ..numbers(cx, it, value, &["histogram", "percentiles"])
    }
}

fn numbers(
    cx: &mut Context<'_>,
    mut it: Instrument<'_>,
    number: Argument,
    measures: &[&'static str],
) -> Metric {
    // The name of the number may be the name of an attribute.
    let name = number.name.clone();
    let by = dimensions::chosen(&it.args);
    let unsplit = leaves(&it.args).into_iter().map(|(path, _)| path);
    let unsplit: Vec<String> = unsplit.filter(|path| !by.contains(path)).collect();
    let reason = "not split by these attributes, which have no declared values, or too many: declare \
                  them with `enum`, and list the argument in `by`";
    cx.parts(Effect::Changed, it.place, it.name, &unsplit, reason);
    it.args.retain(|arg| arg.name != name);
    it.args.insert(0, number);
    let metric = Metric {
        code: it.name.to_owned(),
        of: vec![Selected::every(it.name)],
        measures: measures.to_vec(),
        value: Some(name.clone()),
        by: by.into_iter().filter(|it| *it != name).collect(),
        ..Metric::default()
    };
    declare(cx, it);
    metric
}

/// Adds the event of an instrument.
fn declare(cx: &mut Context<'_>, it: Instrument<'_>) {
    let event = cx.draft.events.entry(it.name.to_owned()).or_default();
    event.place = it.place.clone();
    if event.description.is_none() {
        event.description = it.description.map(str::to_owned);
    }
    for arg in it.args {
        event.add(arg);
    }
}
