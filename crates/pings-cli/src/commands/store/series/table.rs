//! A series as text.

use std::collections::BTreeMap;

use pings_model::{Broken, Registry};
use pings_payload::Week;
use pings_store::{Estimate, Instances, Refusal, Series, SeriesWeek, Together, rounded};

use super::groups;
use super::shown::{self, Shown, number};
use crate::commands::store::remarks::borders;
use crate::output::counted;
use crate::output::{self, Align, BAD, BOLD, CAREFUL, DIM, GOOD, Table, styled};

/// The width of the bar of the largest value.
const BAR: usize = 24;

/// The number of cells that represent the instances of a week.
const GAUGE: usize = 10;

pub(super) fn lines(registry: &Registry, shown: &Shown<'_>) -> Vec<String> {
    let series = &shown.series;
    let title = format!("{}  {}", styled(BOLD, &series.code), shown.title);
    let mut lines = vec![title];
    let notes = match groups::shown(series).is_empty() {
        true => notes(shown),
        false => notes_of_groups(shown),
    };
    lines.extend(notes.iter().map(|it| format!("  {}", styled(DIM, it))));
    lines.extend(shown.remarks.head());
    lines.push(String::new());
    lines.extend(weeks(shown));
    lines.push(String::new());
    lines.push(format!(
        "  {} trusted  {} not trusted  {} nothing measured, or not reporting",
        styled(GOOD, "█"),
        styled(BAD, "░"),
        styled(DIM, "·")
    ));
    if series.weeks.iter().any(|week| !week.is_complete) {
        lines.push(format!(
            "  {} instances send a week in the days after its end; the values cover only instances that have already sent it",
            styled(CAREFUL, "incomplete:")
        ));
    }
    lines.extend(reasons(registry, series));
    lines.extend(refusals(shown));
    lines.extend(shown.warning.iter().map(|warning| {
        let warning = warning.replace("\n", "\n  ");
        format!("  {} {warning}", styled(CAREFUL, "note:"))
    }));
    lines
}

/// Returns a note for each way in which the values of instances are combined.
fn notes(shown: &Shown<'_>) -> Vec<String> {
    let series = &shown.series;
    let mut notes = Vec::new();
    for together in [Together::Sum, Together::Mean] {
        let measures = series.measures.iter().filter(|(_, it)| *it == together);
        let names: Vec<String> = measures.map(|(name, _)| output::measure(name)).collect();
        if !names.is_empty() {
            let over = shown.over(together, "");
            notes.push(format!("{}: {over}{}", names.join(", "), caveat(together)));
        }
    }
    let users = |(name, _): &(String, Together)| name.ends_with("users") || name == "distinct";
    if series.merges_groups && series.measures.iter().any(users) {
        notes.push("users in several groups are counted once in each group".to_owned());
    }
    notes
}

/// Returns notes about a table with a column for each group, which has room for only one measure.
fn notes_of_groups(shown: &Shown<'_>) -> Vec<String> {
    let (_, together) = shown.main();
    let over = shown.over(together, "");
    let caveat = match shown.is_conversion {
        true => "",
        false => caveat(together),
    };
    let main = format!("{}, {over}{caveat}", shown.main_by());
    let others = shown.series.measures.iter().skip(1);
    let others: Vec<String> = others.map(|(name, _)| output::measure(name)).collect();
    let others = match others.as_slice() {
        [] => None,
        [one] => Some(format!("{one}: use --format csv to show it")),
        more => Some(format!(
            "{}: use --format csv to show them",
            more.join(", ")
        )),
    };
    std::iter::once(main).chain(others).collect()
}

/// Returns the caveat for a mean of means.
fn caveat(together: Together) -> &'static str {
    match together {
        Together::Mean => ", which differs from the mean over all of their values",
        _ => "",
    }
}

fn weeks(shown: &Shown<'_>) -> Vec<String> {
    let series = &shown.series;
    use Align::{Left, Right};
    let groups = groups::shown(series);
    let has_all = series.weeks.iter().any(|week| week.all.is_some());
    let mut columns = vec![Left];
    let mut head = vec![String::new()];
    if groups.is_empty() {
        for (name, _) in &series.measures {
            let name = output::measure(name);
            columns.push(Right);
            head.push(name.clone());
            if has_all {
                columns.push(Right);
                head.push(format!("all {name}"));
            }
        }
        if !shown.estimates.is_empty() {
            columns.extend([Right, Left]);
            let (main, _) = shown.main();
            head.extend([format!("estimated {main}"), "95 % interval".to_owned()]);
        }
        columns.push(Left);
        head.push(String::new());
    } else {
        for group in &groups {
            columns.push(Right);
            head.push(groups::name(group));
        }
    }
    columns.extend([Left, Right, Left]);
    head.extend(["instances", "trusted", ""].map(str::to_owned));
    let mut table = Table::new(&columns, 2);
    table.row(head.iter().map(|it| styled(DIM, it)).collect());
    let main = |week: &SeriesWeek| week.values.first().copied().flatten();
    let complete = series.weeks.iter().filter(|week| week.is_complete);
    let largest = complete.filter_map(main).fold(0.0, f64::max);
    for week in &series.weeks {
        let mut cells = vec![shown::name(week)];
        if groups.is_empty() {
            for place in 0..series.measures.len() {
                cells.push(value(week.values.get(place).copied().flatten()));
                if let Some(all) = &week.all {
                    let value = value(all.get(place).copied().flatten());
                    cells.push(styled(DIM, &value));
                }
            }
            if let Some((main, _)) = series.measures.first()
                && !shown.estimates.is_empty()
            {
                cells.extend(estimate(shown.estimate(main, week)));
            }
            // An incomplete week has values of a few instances only, which a bar would compare with
            // those of the whole fleet.
            let value = main(week).filter(|_| week.is_complete);
            let bar = value.map(|value| output::bar(value, largest, BAR));
            cells.push(bar.unwrap_or_default());
        } else {
            for group in &groups {
                let found = week.groups.iter().find(|it| it.value == *group);
                let found = found.and_then(|it| it.values.first().copied().flatten());
                cells.push(match found {
                    Some(share) if shown.is_conversion => output::percent(share),
                    found => value(found),
                });
            }
        }
        let of = &week.instances;
        cells.push(gauge(of));
        cells.push(format!("{} of {}", of.trusted, of.known()));
        let remark = shown
            .remarks
            .cell(&borders(week.week, week.window), week.is_complete);
        let rest = [remark, rest(of)].into_iter().filter(|it| !it.is_empty());
        cells.push(rest.collect::<Vec<_>>().join(", "));
        table.row(cells);
    }
    let mut lines = table.lines();
    if let Some(more) = groups::more(series) {
        lines.push(format!("  {more}: use --format csv to show them"));
    }
    lines
}

fn value(value: Option<f64>) -> String {
    match value {
        Some(value) => output::number(&number(value)),
        None => styled(CAREFUL, "–"),
    }
}

/// Returns an estimate and its interval.
fn estimate(estimate: Option<&Result<Estimate, Refusal>>) -> [String; 2] {
    let number = |value: f64| output::number(&rounded(value));
    match estimate {
        Some(Ok(total)) if total.estimated == 0 => [number(total.value), String::new()],
        Some(Ok(total)) => [
            format!("≈{}", number(total.value.round())),
            format!(
                "{} to {}",
                number(total.low.round()),
                number(total.high.round())
            ),
        ],
        Some(Err(_)) | None => [styled(CAREFUL, "–"), String::new()],
    }
}

/// Returns the reasons why weeks have no estimate, with the number of weeks.
fn refusals(shown: &Shown<'_>) -> Vec<String> {
    let main = shown.estimates.first();
    let weeks = main.iter().flat_map(|series| &series.weeks);
    let mut by_reason: BTreeMap<&str, (Refusal, Week, u64)> = BTreeMap::new();
    for (week, estimate) in weeks {
        if let Err(refusal) = estimate {
            let (.., count) = by_reason
                .entry(refusal.name())
                .or_insert((*refusal, *week, 0));
            *count += 1;
        }
    }
    let reasons = by_reason.into_values().map(|(refusal, week, count)| {
        let what = match count {
            1 => format!("no estimate in {week}:"),
            more => format!("no estimate in {more} weeks, first in {week}:"),
        };
        format!("  {} {refusal}", styled(CAREFUL, &what))
    });
    reasons.collect()
}

/// Returns a gauge of the known instances in ten cells: trusted, untrusted, no value.
fn gauge(of: &Instances) -> String {
    let known = of.known();
    let untrusted = untrusted(of);
    if known == 0 {
        return String::new();
    }
    let cells = |count: u64| (count as f64 / known as f64 * GAUGE as f64).round() as usize;
    let end = cells(of.trusted + untrusted);
    // Any untrusted instances are visible, however few.
    let doubted = (end - cells(of.trusted)).max(usize::from(untrusted > 0));
    let trusted = cells(of.trusted).min(GAUGE - doubted);
    let nothing = GAUGE - trusted - doubted;
    format!(
        "{}{}{}",
        styled(GOOD, &"█".repeat(trusted)),
        styled(BAD, &"░".repeat(doubted)),
        styled(DIM, &"·".repeat(nothing))
    )
}

fn untrusted(of: &Instances) -> u64 {
    of.all_broken()
        + of.all_partly_broken()
        + of.unreleased
        + of.unknown_version
        + of.unknown_registry
        + of.partly_absent
}

/// Returns the numbers of instances that are not trusted, by reason.
fn rest(of: &Instances) -> String {
    let parts = [
        (of.all_broken(), "broken", BAD),
        (of.all_partly_broken(), "partly broken", BAD),
        (of.all_failed(), "failed", CAREFUL),
        (of.unknown_registry, "with an unknown registry", CAREFUL),
        (of.unreleased, "with an unreleased version", CAREFUL),
        (of.unknown_version, "with an unknown version", CAREFUL),
        (of.partly_absent, "partly without the metric", CAREFUL),
        (of.absent, "without the metric", DIM),
        (of.without, "sent no value", DIM),
        (of.not_running, "not running", DIM),
        (of.silent, "not reporting", DIM),
    ];
    let told = parts.into_iter().filter(|(count, ..)| *count > 0);
    let told: Vec<String> = told
        .map(|(count, what, style)| styled(style, &format!("{count} {what}")))
        .collect();
    told.join(", ")
}

/// Returns the reasons why instances are not trusted, with the weeks, and the kinds of failures.
fn reasons(registry: &Registry, series: &Series) -> Vec<String> {
    let mut broken: Vec<(&Broken, Week, Week, u64)> = Vec::new();
    let mut failed: BTreeMap<&str, u64> = BTreeMap::new();
    for week in &series.weeks {
        let of = &week.instances;
        for (why, count) in of.broken.iter().chain(&of.partly_broken) {
            match broken.iter_mut().find(|(it, ..)| *it == why) {
                Some((_, _, last, most)) => {
                    *last = week.week;
                    *most = (*most).max(*count);
                }
                None => broken.push((why, week.week, week.week, *count)),
            }
        }
        for (kind, count) in &of.failed {
            *failed.entry(kind.name()).or_default() += count;
        }
    }
    let mut lines = Vec::new();
    for (why, first, last, most) in broken {
        let reason = why.reason.as_deref().unwrap_or("no reason given");
        let fix = why.fix.map(|fix| {
            let address = registry.links().pr(fix);
            format!(
                ", fixed in {}",
                address.unwrap_or_else(|| format!("#{fix}"))
            )
        });
        lines.push(format!(
            "  {} {reason}{}; {first} to {last}, at most {}",
            styled(BAD, &format!("broken in {}:", why.versions)),
            fix.unwrap_or_default(),
            counted(most, "instance", "instances")
        ));
    }
    let unreleased = series.weeks.iter().map(|week| week.instances.unreleased);
    if let (Some(newest), Some(most @ 1..)) = (registry.released(), unreleased.max()) {
        lines.push(format!(
            "  {} `released` in the registry is {newest}; at most {} ran a later version",
            styled(CAREFUL, "unreleased:"),
            counted(most, "instance", "instances")
        ));
    }
    if !failed.is_empty() {
        let failed: Vec<String> = failed
            .iter()
            .map(|(kind, count)| format!("{} {count}", kind.replace('_', " ")))
            .collect();
        lines.push(format!(
            "  {} {}",
            styled(CAREFUL, "failures:"),
            failed.join(", ")
        ));
    }
    lines
}
