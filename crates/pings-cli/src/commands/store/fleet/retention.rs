//! The retention of instances as text and CSV.

use pings_model::Registry;
use pings_store::{OFFSETS, Retention, number};

use crate::commands::store::entry;
use crate::commands::store::remarks::Remarks;
use crate::output::{self, Align, BOLD, DIM, Table, styled};

/// Returns the retention as text.
pub(super) fn lines(registry: &Registry, retention: &Retention, remarks: &Remarks) -> Vec<String> {
    let title = format!("{}  retention of instances", styled(BOLD, registry.name()));
    let by = match &retention.by {
        Some(by) => format!("{} in the first active week", by.name()),
        None => "month in which the first active week began".to_owned(),
    };
    let note = format!("share of instances that are active so many weeks later, by {by}");
    let mut lines = vec![title, format!("  {}", styled(DIM, &note))];
    lines.extend(remarks.head());
    lines.push(String::new());
    let mut columns = vec![Align::Left];
    columns.extend([Align::Right; OFFSETS.len() + 1]);
    let mut table = Table::new(&columns, 2);
    let mut head = vec![String::new(), "instances".to_owned()];
    head.extend(OFFSETS.map(|weeks| match weeks {
        1 => "1 week".to_owned(),
        weeks => format!("{weeks} weeks"),
    }));
    table.row(head.iter().map(|it| styled(DIM, it)).collect());
    for cohort in &retention.cohorts {
        let name = match (&cohort.name, cohort.is_all) {
            (_, true) => styled(BOLD, "all"),
            (Some(name), _) => output::plain(name),
            (None, _) => "(none)".to_owned(),
        };
        let mut cells = vec![name, output::number(&cohort.instances.into())];
        cells.extend(
            cohort
                .shares()
                .map(|it| it.map_or(String::new(), output::percent)),
        );
        table.row(cells);
    }
    lines.extend(table.lines());
    if retention.from_the_start > 0 {
        lines.push(String::new());
        lines.push(format!(
            "  {} in the store's first week are left out, because their first week is not known",
            output::counted(retention.from_the_start, "instance", "instances")
        ));
    }
    lines
}

/// Returns the retention as CSV, with a line for each group and number of weeks. The lines of all
/// instances together are at the end, with the group `(all)`.
pub(super) fn csv(retention: &Retention) -> String {
    let head = [retention.by_name(), "weeks", "instances", "active", "share"];
    let mut lines = vec![head.map(output::cell).to_vec()];
    for cohort in &retention.cohorts {
        let name = match cohort.is_all {
            true => "(all)".to_owned(),
            false => output::cell(cohort.name.as_deref().unwrap_or_default()),
        };
        let kept = OFFSETS.iter().zip(cohort.kept).zip(cohort.shares());
        for ((weeks, (known, active)), share) in kept {
            let counts = [u64::from(*weeks), known, active].map(|count| count.to_string());
            let share = share.map_or(String::new(), |share| number(share).to_string());
            let start = std::iter::once(name.clone());
            lines.push(start.chain(counts).chain([share]).collect());
        }
    }
    entry::csv(&lines)
}
