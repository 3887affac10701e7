//! The fleet as text.

use pings_model::Registry;
use pings_store::{Fleet, FleetWeek, InstancesBy};

use crate::commands::store::cohorts;
use crate::commands::store::remarks::Remarks;
use crate::output::{self, Align, BOLD, CAREFUL, DIM, Table, styled};

/// The width of the bar of the largest value.
const BAR: usize = 24;

pub(super) fn lines(registry: &Registry, fleet: &Fleet, remarks: &Remarks) -> Vec<String> {
    let title = format!("{}  active instances", styled(BOLD, registry.name()));
    let mut lines = vec![title];
    let note = match &fleet.by {
        None => "instances with an event in the week".to_owned(),
        Some(by) => format!("instances with an event in the week, by {}", by.name()),
    };
    lines.push(format!("  {}", styled(DIM, &note)));
    if fleet.by == Some(InstancesBy::Version) {
        let note = "mixed: the instance was upgraded within the week";
        lines.push(format!("  {}", styled(DIM, note)));
    }
    lines.extend(remarks.head());
    lines.push(String::new());
    lines.extend(weeks(fleet, remarks));
    if fleet.weeks.iter().any(|week| !week.is_complete) {
        lines.push(String::new());
        lines.push(format!(
            "  {} instances send a week in the days after its end",
            styled(CAREFUL, "incomplete:")
        ));
    }
    lines
}

fn weeks(fleet: &Fleet, remarks: &Remarks) -> Vec<String> {
    use Align::{Left, Right};
    let counts = fleet.weeks.iter().flat_map(|week| &week.groups);
    let chosen = cohorts::shown(counts.map(|(cohort, active)| (cohort, *active)));
    let mut head = vec![String::new(), "active".to_owned()];
    let mut columns = vec![Left, Right];
    match fleet.by {
        None => {
            head.extend(["", "new", "returned", "lost"].map(str::to_owned));
            columns.extend([Left, Right, Right, Right]);
        }
        Some(_) => {
            head.extend(chosen.groups.iter().map(cohorts::name));
            columns.extend(chosen.groups.iter().map(|_| Right));
        }
    }
    head.push(String::new());
    columns.push(Left);
    let mut table = Table::new(&columns, 2);
    table.row(head.iter().map(|it| styled(DIM, it)).collect());
    let active = |week: &FleetWeek| week.is_complete.then_some(week.active as f64);
    let largest = fleet.weeks.iter().filter_map(active).fold(0.0, f64::max);
    let count = |count: u64| output::number(&count.into());
    for week in &fleet.weeks {
        let mut cells = vec![week.week.to_string(), count(week.active)];
        match fleet.by {
            None => {
                let bar = active(week).map(|active| output::bar(active, largest, BAR));
                cells.push(bar.unwrap_or_default());
                cells.extend([week.new, week.returned, week.lost].map(count));
            }
            Some(_) => cells.extend(chosen.groups.iter().map(|group| {
                let found = week.groups.iter().find(|(cohort, _)| cohort == group);
                found.map_or_else(String::new, |(_, active)| count(*active))
            })),
        }
        cells.push(remarks.cell(&week.week.borders(), week.is_complete));
        table.row(cells);
    }
    let mut lines = table.lines();
    if let Some(more) = chosen.more {
        lines.push(format!("  {more}: use --format csv to show them"));
    }
    lines
}
