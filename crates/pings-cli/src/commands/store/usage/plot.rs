//! The use of a metric as a picture.

use std::path::Path;

use pings_charts::{Chart, Instances, Kind, Line, Week};
use pings_runtime::private;
use pings_store::{Spread, Statistic, UsagePeriod, UsageWeek, number};

use super::shown::Shown;
use crate::commands::store::{cohorts, entry};
use crate::output;

/// Draws a statistic to a file.
///
/// # Errors
///
/// Returns an error if the file cannot be written.
pub(super) fn draw(path: &Path, shown: &Shown<'_>) -> Result<(), String> {
    let usage = &shown.usage;
    let counts = usage.weeks.iter().flat_map(|week| &week.groups);
    let chosen = cohorts::shown(counts.map(|(cohort, spread)| (cohort, spread.instances)));
    let measure = output::measure(&usage.measure);
    let statistic = shown.statistic.as_str();
    let by = usage.by.as_ref().map(|by| format!(" by {}", by.name()));
    let incomplete = usage.weeks.iter().find(|week| !week.is_complete);
    let incomplete = incomplete.map(|week| format!("incomplete from {}, not drawn", week.week));
    let more = chosen
        .more
        .as_ref()
        .map(|it| format!("and {it}, not drawn"));
    let chart = Chart {
        title: &format!("{}: {}", usage.code, shown.title),
        subtitle: &format!(
            "{statistic} of {measure}{} per {}, over trusted instances",
            by.unwrap_or_default(),
            match usage.window {
                UsagePeriod::Window(window) => entry::period(window),
                UsagePeriod::Quarter => "quarter",
            }
        ),
        measure: statistic,
        lines: match usage.by {
            None => vec![Line {
                name: "trusted instances".to_owned(),
                kind: Kind::Trusted,
                values: line(shown, |week| Some(&week.spread)),
            }],
            Some(_) => {
                let groups = chosen.groups.iter().enumerate();
                let lines = groups.map(|(place, group)| Line {
                    name: cohorts::name(group),
                    kind: Kind::Group(place),
                    values: line(shown, |week| {
                        let found = week.groups.iter().find(|(cohort, _)| cohort == group);
                        found.map(|(_, spread)| spread)
                    }),
                });
                lines.collect()
            }
        },
        bands: Vec::new(),
        spans: Vec::new(),
        notes: more
            .into_iter()
            .chain(incomplete)
            .chain(shown.remarks.left_out.text())
            .collect(),
        weeks: usage.weeks.iter().map(|it| week(shown, it)).collect(),
        number: &|value| match shown.statistic {
            Statistic::Share => output::percent(value),
            _ => output::number(&number(value)),
        },
    };
    let svg = chart.svg().map_err(|error| error.to_string())?;
    private::write(path, svg.as_bytes()).map_err(|error| error.to_string())
}

/// Returns the statistic of each complete entry.
fn line<'s>(
    shown: &'s Shown<'_>,
    spread: impl Fn(&'s UsageWeek) -> Option<&'s Spread>,
) -> Vec<Option<f64>> {
    let weeks = shown.usage.weeks.iter();
    let value = |week: &'s UsageWeek| spread(week)?.get(shown.statistic);
    weeks
        .map(|week| value(week).filter(|_| week.is_complete))
        .collect()
}

fn week(shown: &Shown<'_>, week: &UsageWeek) -> Week {
    let untrusted = week.measured - week.spread.instances;
    Week {
        name: week.name.clone(),
        untrusted_share: untrusted as f64 / (week.measured as f64).max(1.0),
        instances: Instances {
            trusted: week.spread.instances,
            untrusted,
            rest: 0,
        },
        note: shown.remarks.note(&shown.borders(week)),
    }
}
