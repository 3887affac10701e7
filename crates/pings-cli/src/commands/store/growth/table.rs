//! Growth as text.

use pings_store::{CodeGrowth, Estimate, MeasureGrowth, Refusal, rounded};

use crate::output::{self, Align, BOLD, CAREFUL, DIM, Table, counted, styled};

pub(super) fn lines(growth: &CodeGrowth, title: &str) -> Vec<String> {
    let mut lines = vec![
        format!("{}  {title}", styled(BOLD, &growth.code)),
        format!(
            "  {}",
            styled(DIM, "sum over all instances that reported; ≈ is estimated")
        ),
        String::new(),
    ];
    use Align::{Left, Right};
    let mut table = Table::new(&[Left, Right, Right, Right, Left, Right, Left], 2);
    let head = [
        "".to_owned(),
        growth.from.to_string(),
        growth.to.to_string(),
        "growth".to_owned(),
        "95 % interval".to_owned(),
        "same instances".to_owned(),
        String::new(),
    ];
    table.row(head.iter().map(|it| styled(DIM, it)).collect());
    for measure in &growth.measures {
        table.row(row(measure));
    }
    lines.extend(table.lines());
    lines.push(String::new());
    if let Some(measure) = growth.measures.first() {
        let weeks = [(growth.from, &measure.from), (growth.to, &measure.to)];
        lines.extend(weeks.iter().filter_map(|(week, total)| {
            let total = total.as_ref().ok().filter(|total| total.estimated > 0)?;
            Some(format!(
                "  {week}: {:.0} % of the total is trusted, from {}; {} estimated",
                total.observed * 100.0,
                counted(total.trusted, "instance", "instances"),
                counted(total.estimated, "instance is", "instances are"),
            ))
        }));
    }
    for measure in &growth.measures {
        let weeks = [(growth.from, &measure.from), (growth.to, &measure.to)];
        for (week, total) in weeks {
            lines.extend(total.as_ref().err().map(|refusal| {
                let what = format!(
                    "no estimate of {} in {week}:",
                    output::measure(&measure.measure)
                );
                format!("  {} {refusal}", styled(CAREFUL, &what))
            }));
        }
        if let (Ok(_), Ok(_), Err(refusal)) = (&measure.from, &measure.to, &measure.growth) {
            let what = format!("no growth of {}:", output::measure(&measure.measure));
            lines.push(format!("  {} {refusal}", styled(CAREFUL, &what)));
        }
    }
    lines.push(format!(
        "  {} the sums over the instances that are trusted in both weeks",
        styled(DIM, "same instances:")
    ));
    lines
}

fn row(measure: &MeasureGrowth) -> Vec<String> {
    let none = || styled(CAREFUL, "–");
    let matched = &measure.matched;
    let of_same = matched.growth().map(percent);
    let mut cells = vec![
        output::measure(&measure.measure),
        total(&measure.from),
        total(&measure.to),
    ];
    match &measure.growth {
        Ok(growth) => cells.extend([
            percent(growth.value),
            format!("{} to {}", percent(growth.low), percent(growth.high)),
        ]),
        Err(_) => cells.extend([none(), String::new()]),
    }
    cells.extend([
        of_same.unwrap_or_else(none),
        styled(DIM, &counted(matched.instances, "instance", "instances")),
    ]);
    cells
}

fn total(total: &Result<Estimate, Refusal>) -> String {
    match total {
        Ok(total) if total.estimated == 0 => output::number(&rounded(total.value)),
        Ok(total) => format!("≈{}", output::number(&rounded(total.value.round()))),
        Err(_) => styled(CAREFUL, "–"),
    }
}

/// Formats a relative change with one decimal place.
fn percent(change: f64) -> String {
    match (change * 1000.0).round() {
        0.0 => "±0 %".to_owned(),
        rounded => format!("{:+.1} %", rounded / 10.0),
    }
}
