//! The lines of a metric in the report.

use std::time::Duration;

use pings_runtime::{FailureKind, Measures, MetricReport, Row, Step, Value};
use serde_json::{Number, Value as Json};

use super::trend::Trend;
use crate::output::{self, Align, BAD, DIM, Table, styled};

/// The width of the bar of the largest group.
const BAR: usize = 20;

/// The line of a metric and the lines below it.
pub(super) struct Block {
    head: Vec<String>,
    below: Vec<String>,
}

/// Returns the lines of several metrics, whose first lines are aligned.
pub(super) fn lines(blocks: &[Block]) -> Vec<String> {
    use Align::{Left, Right};
    let mut table = Table::new(&[Left, Right, Left, Right], 2);
    for block in blocks {
        table.row(block.head.clone());
    }
    let heads = table.rows().into_iter().zip(blocks);
    heads
        .flat_map(|(head, block)| head.into_iter().chain(block.below.iter().cloned()))
        .collect()
}

/// Returns the lines of a metric in a window, which `label` names and of which `window` is the kind.
pub(super) fn block(
    metric: &MetricReport,
    label: String,
    (is_running, window): (bool, &str),
    trend: &Trend,
) -> Block {
    let mut below = Vec::new();
    let text = match &metric.outcome {
        Err(failure) if failure.kind == FailureKind::NotRunning => match is_running {
            true => styled(DIM, &output::plain(&format!("not counted: {failure}"))),
            // The heading contains the reason.
            false => styled(DIM, "–"),
        },
        Err(failure) if failure.kind == FailureKind::NotCaptured => {
            styled(DIM, &output::plain(&format!("not captured: {failure}")))
        }
        Err(failure) if failure.kind == FailureKind::Unsupported => {
            styled(DIM, &output::plain(&format!("skipped: {failure}")))
        }
        Err(failure) => styled(BAD, &output::plain(&format!("failed: {failure}"))),
        Ok(Value::One(all)) => measures(all),
        Ok(Value::Rows { rows, .. }) => {
            below = groups(rows);
            total(rows)
        }
        Ok(Value::Steps(steps)) => {
            below = funnel(steps);
            String::new()
        }
    };
    let mut head = vec![label, text];
    if trend.is_long() {
        let (before, now) = trend.last_two();
        head.push(output::sparkline(trend.numbers()));
        head.push(styled(DIM, &output::change(before, now)));
    }
    if let Some(at) = metric.captured_at {
        let mut at = format!("captured {} {:02}:{:02}", at.date(), at.hour(), at.minute());
        if let Some(late) = metric.late {
            at += &format!(", {} after the end of the {window}", days(late));
        }
        if metric.is_retaken {
            at += ", repeated on request";
        }
        below.push(format!("    {}", styled(DIM, &at)));
    }
    Block { head, below }
}

fn days(late: Duration) -> String {
    output::counted(late.as_secs() / (24 * 60 * 60), "day", "days")
}

/// Returns measures in one line. A count is shown without its name.
pub(crate) fn measures(measures: &Measures) -> String {
    let told = measures.iter().map(|(name, value)| match name.as_str() {
        "count" => number(value.as_ref()),
        "unique_users" => counted(value.as_ref(), "unique user", "unique users"),
        "first_time_users" => counted(value.as_ref(), "first-time user", "first-time users"),
        name => {
            let name = output::measure(name).replace('_', " ");
            format!("{name} {}", number(value.as_ref()))
        }
    });
    told.collect::<Vec<_>>().join(", ")
}

fn number(number: Option<&Number>) -> String {
    output::number(&Json::from(number.cloned()))
}

fn counted(number: Option<&Number>, one: &str, many: &str) -> String {
    let count = number.and_then(Number::as_u64).unwrap_or_default();
    output::counted(count, one, many)
}

/// Returns the sum over all groups if the measure is a count, and otherwise the number of groups.
pub(crate) fn total(rows: &[Row]) -> String {
    let measure = |row: &Row| {
        let (name, value) = row.measures.first()?;
        (name == "count").then_some(value.as_ref()?.as_i64()?)
    };
    match rows.iter().map(measure).sum::<Option<i64>>() {
        Some(sum) => output::number(&sum.into()),
        None => output::counted(rows.len() as u64, "group", "groups"),
    }
}

/// Returns a line for each group, with a bar for its first measure.
fn groups(rows: &[Row]) -> Vec<String> {
    use Align::{Left, Right};
    let first = |row: &Row| row.measures.first()?.1.as_ref()?.as_f64();
    let largest = rows.iter().filter_map(first).fold(0.0, f64::max);
    let mut table = Table::new(&[Left, Right, Left], 4);
    for row in rows {
        let names: Vec<String> = row.group.iter().map(group).collect();
        let bar = first(row).map_or(String::new(), |number| output::bar(number, largest, BAR));
        table.row(vec![
            names.join(", "),
            measures(&row.measures),
            styled(DIM, &bar),
        ]);
    }
    table.lines()
}

pub(crate) fn group(value: &Json) -> String {
    match value {
        Json::Null => "(none)".to_owned(),
        Json::String(text) if text == "@other" => "(other)".to_owned(),
        Json::String(text) if text.is_empty() => "(empty)".to_owned(),
        Json::String(text) => output::plain(text),
        other => other.to_string(),
    }
}

/// Returns a line for each step, with the share of users who reached it.
fn funnel(steps: &[Step]) -> Vec<String> {
    use Align::{Left, Right};
    let reached = |step: &Step| step.measure("reached").and_then(Number::as_f64);
    let began = steps.first().and_then(reached).unwrap_or_default();
    let mut table = Table::new(&[Right, Left, Right, Right, Left, Left], 4);
    for (step, place) in steps.iter().zip(1..) {
        let users = reached(step).unwrap_or_default();
        let part = match began {
            0.0 => String::new(),
            _ => format!("{:.0} %", users / began * 100.0),
        };
        table.row(vec![
            format!("{place}."),
            step.events.join(" or "),
            number(step.measure("reached")),
            part,
            styled(DIM, &output::bar(users, began, BAR)),
            styled(
                DIM,
                &format!(
                    "{}, {}",
                    counted(step.measure("count"), "event", "events"),
                    counted(step.measure("users"), "user", "users")
                ),
            ),
        ]);
    }
    table.lines()
}
