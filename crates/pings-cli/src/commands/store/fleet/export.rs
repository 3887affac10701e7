//! The fleet as CSV.

use pings_store::Fleet;

use crate::commands::store::cohorts;
use crate::commands::store::remarks::Remarks;
use crate::output;

/// Returns the lines of CSV, with a line for each week, or for each week and group.
pub(super) fn lines(fleet: &Fleet, remarks: &Remarks) -> Vec<Vec<String>> {
    let mut head = vec!["week".to_owned()];
    let numbers = ["active", "new", "returned", "lost", "reported"].map(str::to_owned);
    match &fleet.by {
        Some(by) => head.extend([output::cell(by.name()), "active".to_owned()]),
        None => head.extend(numbers),
    }
    head.extend(["complete", "notes"].map(str::to_owned));
    let mut lines = vec![head];
    for week in &fleet.weeks {
        let line = |cells: Vec<String>| {
            let start = std::iter::once(week.week.to_string());
            let line = start.chain(cells);
            let notes = remarks.csv_cell(&week.week.borders());
            line.chain([week.is_complete.to_string(), notes]).collect()
        };
        if fleet.by.is_none() {
            let counts = [
                week.active,
                week.new,
                week.returned,
                week.lost,
                week.reported,
            ];
            lines.push(line(counts.map(|count| count.to_string()).into()));
        }
        for (cohort, active) in &week.groups {
            lines.push(line(vec![cohorts::cell(cohort), active.to_string()]));
        }
    }
    lines
}
