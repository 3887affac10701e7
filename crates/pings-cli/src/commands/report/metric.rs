//! The lines of a metric in the report.

use std::time::Duration;

use pings_runtime::{FailureKind, MetricReport};
use serde_json::{Map, Value as Json};

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

pub(super) fn block(metric: &MetricReport, trend: &Trend) -> Block {
    let mut below = Vec::new();
    let text = match &metric.outcome {
        // The heading contains the reason.
        Err(failure) if failure.kind == FailureKind::NotRunning => styled(DIM, "–"),
        Err(failure) if failure.kind == FailureKind::NotCaptured => {
            styled(DIM, &output::plain(&format!("not captured: {failure}")))
        }
        Err(failure) => styled(BAD, &output::plain(&format!("failed: {failure}"))),
        Ok(value) => {
            let json = value.json();
            if let Some(steps) = json.get("steps").and_then(Json::as_array) {
                below = funnel(steps);
                String::new()
            } else if let (Some(by), Some(rows)) = (json.get("by"), json.get("rows")) {
                let rows = rows.as_array().map_or(&[][..], Vec::as_slice);
                below = groups(by.as_array().map_or(0, Vec::len), rows);
                total(by.as_array().map_or(0, Vec::len), rows)
            } else {
                measures(json.as_object().into_iter().flatten())
            }
        }
    };
    let mut head = vec![metric.code.clone(), text];
    if trend.is_long() {
        let (before, now) = trend.last_two();
        head.push(output::sparkline(trend.numbers()));
        head.push(styled(DIM, &output::change(before, now)));
    }
    if let Some(at) = metric.captured_at {
        let mut at = format!("captured {} {:02}:{:02}", at.date(), at.hour(), at.minute());
        if let Some(late) = metric.late {
            at += &format!(", {} after the end of the week", days(late));
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
fn measures<'m>(measures: impl Iterator<Item = (&'m String, &'m Json)>) -> String {
    let told = measures.map(|(name, value)| match name.as_str() {
        "count" => output::number(value),
        "unique_users" => count_of(value, "unique user", "unique users"),
        "first_time_users" => count_of(value, "first-time user", "first-time users"),
        name => {
            let name = output::measure(name).replace('_', " ");
            format!("{name} {}", output::number(value))
        }
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Returns a count with its noun. A count that is missing is shown as zero.
fn count_of(number: &Json, one: &str, many: &str) -> String {
    output::counted(number.as_u64().unwrap_or_default(), one, many)
}

/// Returns the sum over all groups if the measure is a count, and otherwise the number of groups.
fn total(by: usize, rows: &[Json]) -> String {
    let measure = |row: &Json| {
        let (name, value) = row.as_object()?.iter().nth(by)?;
        (name == "count").then_some(value.as_i64()?)
    };
    match rows.iter().map(measure).sum::<Option<i64>>() {
        Some(sum) => output::number(&sum.into()),
        None => output::counted(rows.len() as u64, "group", "groups"),
    }
}

/// Returns a line for each group, with a bar for its first measure.
fn groups(by: usize, rows: &[Json]) -> Vec<String> {
    use Align::{Left, Right};
    let first = |row: &Map<String, Json>| row.values().nth(by).and_then(Json::as_f64);
    let rows: Vec<&Map<String, Json>> = rows.iter().filter_map(Json::as_object).collect();
    let largest = rows.iter().filter_map(|row| first(row)).fold(0.0, f64::max);
    let mut table = Table::new(&[Left, Right, Left], 4);
    for row in rows {
        let names: Vec<String> = row.values().take(by).map(group).collect();
        let bar = first(row).map_or(String::new(), |number| output::bar(number, largest, BAR));
        table.row(vec![
            names.join(", "),
            measures(row.iter().skip(by)),
            styled(DIM, &bar),
        ]);
    }
    table.lines()
}

fn group(value: &Json) -> String {
    match value {
        Json::Null => "(none)".to_owned(),
        Json::String(text) if text == "@other" => "(other)".to_owned(),
        Json::String(text) if text.is_empty() => "(empty)".to_owned(),
        Json::String(text) => output::plain(text),
        other => other.to_string(),
    }
}

/// Returns a line for each step, with the share of users who reached it.
fn funnel(steps: &[Json]) -> Vec<String> {
    use Align::{Left, Right};
    let number = |step: &Json, name: &str| step[name].as_f64().unwrap_or_default();
    let began = steps.first().map_or(0.0, |step| number(step, "reached"));
    let mut table = Table::new(&[Right, Left, Right, Right, Left, Left], 4);
    for (step, place) in steps.iter().zip(1..) {
        let names: Vec<&str> = step["events"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .collect();
        let reached = number(step, "reached");
        let part = match began {
            0.0 => String::new(),
            _ => format!("{:.0} %", reached / began * 100.0),
        };
        table.row(vec![
            format!("{place}."),
            names.join(" or "),
            output::number(&step["reached"]),
            part,
            styled(DIM, &output::bar(reached, began, BAR)),
            styled(
                DIM,
                &format!(
                    "{}, {}",
                    count_of(&step["count"], "event", "events"),
                    count_of(&step["users"], "user", "users")
                ),
            ),
        ]);
    }
    table.lines()
}
