//! A series as CSV.

use pings_model::Period;
use pings_store::{Together, Values, rounded};
use serde_json::Value as Json;

use super::shown::{Shown, number};
use crate::commands::store::remarks::borders;
use crate::output;

/// Returns the lines of a series as CSV, with a line for each week or for each week and group.
pub(super) fn csv(shown: &Shown<'_>) -> Vec<Vec<String>> {
    let series = &shown.series;
    let mut head = vec!["week".to_owned()];
    let has_window = series.window != Period::Week;
    if has_window {
        head.extend(["start", "end"].map(str::to_owned));
    }
    head.extend(series.by.as_deref().map(output::cell));
    head.extend(series.measures.iter().map(|(name, together)| {
        let is_mean = shown.is_mean && *together == Together::Sum;
        let per = if is_mean { "_per_trusted_instance" } else { "" };
        output::cell(&format!("{name}{per}"))
    }));
    let has_all = series.weeks.iter().any(|week| week.all.is_some());
    if has_all {
        let names = series.measures.iter();
        head.extend(names.map(|(name, _)| format!("all_{name}")));
    }
    for estimates in &shown.estimates {
        let parts = ["estimate", "low", "high", "observed"].iter();
        head.extend(parts.map(|part| output::cell(&format!("{}_{part}", estimates.measure))));
    }
    for name in [
        "trusted",
        "broken",
        "partly_broken",
        "failed",
        "without",
        "absent",
        "partly_absent",
        "unreleased",
        "unknown_version",
        "unknown_registry",
        "not_running",
        "silent",
    ] {
        head.push(format!("instances_{name}"));
    }
    head.extend(["complete", "notes"].map(str::to_owned));
    let mut lines = vec![head];
    for week in &series.weeks {
        let of = &week.instances;
        let counts = [
            of.trusted,
            of.all_broken(),
            of.all_partly_broken(),
            of.all_failed(),
            of.without,
            of.absent,
            of.partly_absent,
            of.unreleased,
            of.unknown_version,
            of.unknown_registry,
            of.not_running,
            of.silent,
        ];
        let line = |group: Option<&Json>, values: &Values, all: Option<&Values>| {
            let mut line = vec![week.week.to_string()];
            if has_window {
                let [start, end] = week.window.borders();
                let is_all = series.window == Period::AllTime;
                line.extend([Some(start).filter(|_| !is_all).unwrap_or_default(), end]);
            }
            line.extend(group.map(|value| match value {
                Json::String(text) => output::cell(text),
                Json::Null => String::new(),
                other => other.to_string(),
            }));
            let numbers = values.iter().chain(all.into_iter().flatten());
            line.extend(numbers.map(|it| it.map_or(String::new(), |it| number(it).to_string())));
            for estimates in &shown.estimates {
                let estimate = shown.estimate(&estimates.measure, week);
                let estimate = estimate.and_then(|it| it.as_ref().ok());
                let parts = estimate.map(|it| [it.value, it.low, it.high, it.observed]);
                line.extend(match parts {
                    Some(parts) => parts.map(|part| rounded(part).to_string()),
                    None => Default::default(),
                });
            }
            line.extend(counts.map(|count| count.to_string()));
            line.push(week.is_complete.to_string());
            line.push(shown.remarks.csv_cell(&borders(week.week, week.window)));
            line
        };
        if series.by.is_none() {
            lines.push(line(None, &week.values, week.all.as_ref()));
        } else if week.groups.is_empty() {
            let nothing = vec![None; series.measures.len()];
            let all = has_all.then_some(&nothing);
            lines.push(line(Some(&Json::Null), &nothing, all));
        }
        for group in &week.groups {
            lines.push(line(Some(&group.value), &group.values, group.all.as_ref()));
        }
    }
    lines
}
