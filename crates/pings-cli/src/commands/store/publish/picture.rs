//! The picture of a code.

use pings_charts::{Chart, Instances, Kind, Line, Week};
use pings_store::number;

use super::pages::per;
use super::published::{MARK, Published};
use crate::output;

/// Returns the values per counted instance as SVG.
///
/// # Errors
///
/// Returns an error if the drawing library fails.
pub(super) fn svg(code: &Published<'_>) -> Result<String, String> {
    let publication = &code.publication;
    let weeks = &publication.weeks;
    let measure = output::measure(&publication.measure);
    let values = weeks.iter().map(|week| week.numbers.as_ref().ok().map(per));
    let title = format!("{}: {}", publication.code, code.title);
    let subtitle = format!("{measure} per week and counted instance");
    let chart = Chart {
        title: &output::plain(&title),
        subtitle: &subtitle,
        measure: &measure,
        lines: vec![Line {
            name: "counted instances".to_owned(),
            kind: Kind::Trusted,
            values: values.collect(),
        }],
        bands: Vec::new(),
        spans: Vec::new(),
        notes: Vec::new(),
        weeks: weeks
            .iter()
            .map(|week| Week {
                name: week.week.to_string(),
                untrusted_share: 0.0,
                instances: Instances {
                    trusted: week.numbers.as_ref().map_or(0, |it| it.instances),
                    ..Instances::default()
                },
                note: None,
            })
            .collect(),
        number: &|value| output::number(&number(value)),
    };
    let svg = chart.svg().map_err(|error| error.to_string())?;
    Ok(format!("<!-- {MARK} -->\n{}\n", svg.trim_end()))
}
