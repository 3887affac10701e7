//! The use of a metric as text.

use pings_store::{InstancesBy, Spread, Statistic, UsageWeek, number};

use super::shown::Shown;
use crate::commands::store::cohorts;
use crate::output::{self, Align, BOLD, CAREFUL, DIM, Table, styled};

/// The width of the bar of the largest value.
const BAR: usize = 24;

pub(super) fn lines(shown: &Shown<'_>) -> Vec<String> {
    let usage = &shown.usage;
    let title = format!("{}  {}", styled(BOLD, &usage.code), shown.title);
    let mut lines = vec![title];
    let measure = output::measure(&usage.measure);
    let note = match &usage.by {
        None => format!("{measure} of each instance, over trusted instances"),
        Some(by) => format!(
            "{} of {measure} by {}, over trusted instances",
            shown.statistic.as_str(),
            by.name()
        ),
    };
    lines.push(format!("  {}", styled(DIM, &note)));
    if usage.by == Some(InstancesBy::Version) {
        let note = "mixed: the instance was upgraded within the week";
        lines.push(format!("  {}", styled(DIM, note)));
    }
    lines.extend(shown.remarks.head());
    lines.push(String::new());
    match usage.by {
        None => lines.extend(spreads(shown)),
        Some(_) => lines.extend(groups(shown)),
    }
    if usage.weeks.iter().any(|week| !week.is_complete) {
        lines.push(String::new());
        lines.push(format!(
            "  {} instances send a week in the days after its end; the values cover only instances that have already sent it",
            styled(CAREFUL, "incomplete:")
        ));
    }
    lines
}

/// Returns the statistics of each entry.
fn spreads(shown: &Shown<'_>) -> Vec<String> {
    use Align::{Left, Right};
    let weeks = &shown.usage.weeks;
    let shows = |statistic: &Statistic| {
        weeks
            .iter()
            .any(|week| week.spread.get(*statistic).is_some())
    };
    let statistics: Vec<Statistic> = Statistic::ALL.into_iter().filter(shows).collect();
    let mut columns = vec![Left];
    columns.extend(statistics.iter().map(|_| Right));
    columns.extend([Left, Right, Left]);
    let mut head = vec![String::new()];
    head.extend(statistics.iter().map(|it| name(*it).to_owned()));
    head.extend(["", "trusted", ""].map(str::to_owned));
    let mut table = Table::new(&columns, 2);
    table.row(head.iter().map(|it| styled(DIM, it)).collect());
    let main = |week: &UsageWeek| {
        week.spread
            .get(shown.statistic)
            .filter(|_| week.is_complete)
    };
    let largest = weeks.iter().filter_map(main).fold(0.0, f64::max);
    for week in weeks {
        let mut cells = vec![week.name.clone()];
        cells.extend(statistics.iter().map(|it| value(&week.spread, *it)));
        let bar = main(week).map(|value| output::bar(value, largest, BAR));
        cells.push(bar.unwrap_or_default());
        cells.extend(end(shown, week));
        table.row(cells);
    }
    table.lines()
}

/// Returns one statistic of each entry, with a column for each group.
fn groups(shown: &Shown<'_>) -> Vec<String> {
    use Align::{Left, Right};
    let weeks = &shown.usage.weeks;
    let counts = weeks.iter().flat_map(|week| &week.groups);
    let chosen = cohorts::shown(counts.map(|(cohort, spread)| (cohort, spread.instances)));
    let mut columns = vec![Left];
    columns.extend(chosen.groups.iter().map(|_| Right));
    columns.extend([Right, Left]);
    let mut head = vec![String::new()];
    head.extend(chosen.groups.iter().map(cohorts::name));
    head.extend(["trusted", ""].map(str::to_owned));
    let mut table = Table::new(&columns, 2);
    table.row(head.iter().map(|it| styled(DIM, it)).collect());
    for week in weeks {
        let mut cells = vec![week.name.clone()];
        cells.extend(chosen.groups.iter().map(|group| {
            let found = week.groups.iter().find(|(cohort, _)| cohort == group);
            found.map_or_else(String::new, |(_, spread)| value(spread, shown.statistic))
        }));
        cells.extend(end(shown, week));
        table.row(cells);
    }
    let mut lines = table.lines();
    if let Some(more) = chosen.more {
        lines.push(format!("  {more}: use --format csv to show them"));
    }
    lines
}

/// Returns the last cells of a row: the number of trusted instances, and remarks.
fn end(shown: &Shown<'_>, week: &UsageWeek) -> [String; 2] {
    let trusted = format!("{} of {}", week.spread.instances, week.measured);
    let remark = shown.remarks.cell(&shown.borders(week), week.is_complete);
    [trusted, remark]
}

/// Returns the name of a statistic in the head of a table.
fn name(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::P50 => "median",
        Statistic::Share => "using",
        other => other.as_str(),
    }
}

fn value(spread: &Spread, statistic: Statistic) -> String {
    match (spread.get(statistic), statistic) {
        (None, _) => styled(CAREFUL, "–"),
        (Some(share), Statistic::Share) => output::percent(share),
        (Some(value), _) => output::number(&number(value)),
    }
}
