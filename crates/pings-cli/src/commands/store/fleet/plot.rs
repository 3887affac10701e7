//! The fleet as a picture.

use std::path::Path;

use pings_charts::{Chart, Instances, Kind, Line, Week};
use pings_model::Registry;
use pings_runtime::private;
use pings_store::{Fleet, FleetWeek};

use crate::commands::store::cohorts;
use crate::commands::store::remarks::Remarks;
use crate::output;

/// Draws the active instances to a file.
///
/// # Errors
///
/// Returns an error if the file cannot be written.
pub(super) fn draw(
    path: &Path,
    registry: &Registry,
    fleet: &Fleet,
    remarks: &Remarks,
) -> Result<(), String> {
    let counts = fleet.weeks.iter().flat_map(|week| &week.groups);
    let chosen = cohorts::shown(counts.map(|(cohort, active)| (cohort, *active)));
    let by = fleet.by.as_ref().map(|by| format!(" by {}", by.name()));
    let incomplete = fleet.weeks.iter().find(|week| !week.is_complete);
    let incomplete = incomplete.map(|week| format!("incomplete from {}, not drawn", week.week));
    let more = chosen
        .more
        .as_ref()
        .map(|it| format!("and {it}, not drawn"));
    let line = |active: &dyn Fn(&FleetWeek) -> Option<u64>| {
        let weeks = fleet.weeks.iter();
        let values = weeks.map(|week| active(week).filter(|_| week.is_complete));
        values.map(|count| count.map(|it| it as f64)).collect()
    };
    let chart = Chart {
        title: &format!("{}: active instances", registry.name()),
        subtitle: &format!(
            "instances with an event in the week{}",
            by.unwrap_or_default()
        ),
        measure: "active",
        lines: match fleet.by {
            None => vec![Line {
                name: "active instances".to_owned(),
                kind: Kind::Trusted,
                values: line(&|week| Some(week.active)),
            }],
            Some(_) => {
                let groups = chosen.groups.iter().enumerate();
                let lines = groups.map(|(place, group)| Line {
                    name: cohorts::name(group),
                    kind: Kind::Group(place),
                    values: line(&|week| {
                        let found = week.groups.iter().find(|(cohort, _)| cohort == group);
                        found.map(|(_, active)| *active)
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
            .chain(remarks.left_out.text())
            .collect(),
        weeks: fleet.weeks.iter().map(|it| week(it, remarks)).collect(),
        number: &|value| output::number(&pings_store::number(value)),
    };
    let svg = chart.svg().map_err(|error| error.to_string())?;
    private::write(path, svg.as_bytes()).map_err(|error| error.to_string())
}

fn week(week: &FleetWeek, remarks: &Remarks) -> Week {
    Week {
        name: week.week.to_string(),
        untrusted_share: 0.0,
        instances: Instances {
            trusted: week.active,
            untrusted: 0,
            rest: week.reported - week.active,
        },
        note: remarks.note(&week.week.borders()),
    }
}
