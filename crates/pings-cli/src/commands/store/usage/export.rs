//! The use of a metric as CSV.

use pings_store::{Cohort, Spread, Statistic, UsageWeek, number};

use super::shown::Shown;
use crate::commands::store::cohorts;
use crate::output;

/// Returns the lines of CSV, with a line for each entry, or for each entry and group.
pub(super) fn lines(shown: &Shown<'_>) -> Vec<Vec<String>> {
    let usage = &shown.usage;
    let has_window = !usage.is_weekly();
    let mut head = vec!["week".to_owned()];
    if has_window {
        head.extend(["start", "end"].map(str::to_owned));
    }
    head.extend(usage.by.as_ref().map(|by| output::cell(by.name())));
    head.extend(Statistic::ALL.map(|it| it.as_str().to_owned()));
    head.extend(["using", "instances", "measured", "complete", "notes"].map(str::to_owned));
    let mut lines = vec![head];
    for week in &usage.weeks {
        let mut add = |cohort: Option<&Cohort>, spread: &Spread| {
            let mut line = start(week, has_window);
            if usage.by.is_some() {
                line.push(cohort.map(cohorts::cell).unwrap_or_default());
            }
            let values = spread.statistics();
            let text =
                |value: Option<f64>| value.map_or(String::new(), |it| number(it).to_string());
            line.extend(values.map(|(_, value)| text(value)));
            let counts = [spread.using, spread.instances, week.measured];
            line.extend(counts.map(|count| count.to_string()));
            line.push(week.is_complete.to_string());
            line.push(shown.remarks.csv_cell(&shown.borders(week)));
            lines.push(line);
        };
        if week.groups.is_empty() {
            add(None, &week.spread);
        }
        for (cohort, spread) in &week.groups {
            add(Some(cohort), spread);
        }
    }
    lines
}

/// Returns the first cells of a line.
fn start(week: &UsageWeek, has_window: bool) -> Vec<String> {
    let mut line = vec![week.week.to_string()];
    if has_window {
        line.extend(week.borders.clone());
    }
    line
}
