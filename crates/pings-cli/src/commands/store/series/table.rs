//! A series as people like to read it.

use std::collections::BTreeMap;

use pings_model::{Broken, Registry};
use pings_payload::Week;
use pings_store::{Instances, Series, SeriesWeek, Together};
use serde_json::Value as Json;

use super::written::number;
use crate::commands::counted;
use crate::look::{self, Align, BAD, BOLD, CAREFUL, DIM, GOOD, Table, styled};

/// How long the bar of the largest value is.
const BAR: usize = 24;

/// How many parts the instances of a week are shown as.
const GAUGE: usize = 10;

/// How many groups stand beside each other.
const GROUPS: usize = 6;

pub(super) fn lines(registry: &Registry, series: &Series, title: &str) -> Vec<String> {
    let mut lines = vec![format!("{}  {title}", styled(BOLD, &series.code))];
    lines.extend(notes(series).into_iter().map(|it| format!("  {it}")));
    lines.push(String::new());
    lines.extend(weeks(series));
    lines.push(String::new());
    lines.push(format!(
        "  {} to be believed  {} not  {} nothing measured, or silent",
        styled(GOOD, "█"),
        styled(BAD, "░"),
        styled(DIM, "·")
    ));
    lines.extend(reasons(registry, series));
    lines
}

/// How the values of instances became one.
fn notes(series: &Series) -> Vec<String> {
    let mut notes = Vec::new();
    let of = |together: Together| {
        let measures = series.measures.iter().filter(|(_, it)| *it == together);
        let names: Vec<&str> = measures.map(|(name, _)| name.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    if let Some(names) = of(Together::Sum) {
        notes.push(format!("{names}: added up over instances"));
    }
    if let Some(names) = of(Together::Mean) {
        notes.push(format!(
            "{names}: mean over instances, which is not what it would be over all of their values"
        ));
    }
    let users = |(name, _): &(String, Together)| name.ends_with("users") || name == "distinct";
    if series.merges_groups && series.measures.iter().any(users) {
        notes.push("who is in several groups is counted in each".to_owned());
    }
    notes.into_iter().map(|it| styled(DIM, &it)).collect()
}

fn weeks(series: &Series) -> Vec<String> {
    use Align::{Left, Right};
    let groups = groups(series);
    let has_all = series.weeks.iter().any(|week| week.all.is_some());
    let mut columns = vec![Left];
    let mut head = vec![String::new()];
    if groups.is_empty() {
        for (name, _) in &series.measures {
            columns.push(Right);
            head.push(name.clone());
            if has_all {
                columns.push(Right);
                head.push(format!("all {name}"));
            }
        }
        columns.push(Left);
        head.push(String::new());
    } else {
        for group in &groups {
            columns.push(Right);
            head.push(name(group));
        }
    }
    columns.extend([Left, Right, Left]);
    head.extend(["instances", "believed", ""].map(str::to_owned));
    let mut table = Table::new(&columns, 2);
    table.row(head.iter().map(|it| styled(DIM, it)).collect());
    let main = |week: &SeriesWeek| week.values.first().copied().flatten();
    let largest = series.weeks.iter().filter_map(main).fold(0.0, f64::max);
    for week in &series.weeks {
        let mut cells = vec![week.week.to_string()];
        if groups.is_empty() {
            for place in 0..series.measures.len() {
                cells.push(value(week.values.get(place).copied().flatten()));
                if let Some(all) = &week.all {
                    let value = value(all.get(place).copied().flatten());
                    cells.push(styled(DIM, &value));
                }
            }
            let bar = main(week).map(|value| look::bar(value, largest, BAR));
            cells.push(bar.unwrap_or_default());
        } else {
            for group in &groups {
                let found = week.groups.iter().find(|it| it.value == *group);
                let found = found.and_then(|it| it.values.first().copied().flatten());
                cells.push(value(found));
            }
        }
        let of = &week.instances;
        cells.push(gauge(of));
        cells.push(format!("{} of {}", of.trusted, of.known()));
        cells.push(rest(of));
        table.row(cells);
    }
    let mut lines = table.lines();
    if let Some(more) = all_groups(series).len().checked_sub(GROUPS + 1) {
        let more = counted(more as u64 + 1, "more group", "more groups");
        lines.push(format!("  {more}: --format csv shows them"));
    }
    lines
}

fn value(value: Option<f64>) -> String {
    match value {
        Some(value) => look::number(&number(value)),
        None => styled(CAREFUL, "–"),
    }
}

/// The values of the dimension, the largest in the end first.
fn groups(series: &Series) -> Vec<Json> {
    let mut groups = all_groups(series);
    groups.truncate(GROUPS);
    groups
}

fn all_groups(series: &Series) -> Vec<Json> {
    let mut sums: Vec<(Json, f64)> = Vec::new();
    for group in series.weeks.iter().flat_map(|week| &week.groups) {
        let value = group.values.first().copied().flatten().unwrap_or_default();
        match sums.iter_mut().find(|(it, _)| *it == group.value) {
            Some((_, sum)) => *sum += value,
            None => sums.push((group.value.clone(), value)),
        }
    }
    if series.by.as_deref() == Some("step") {
        sums.sort_by_key(|(it, _)| it.as_i64());
    } else {
        sums.sort_by(|one, other| other.1.total_cmp(&one.1));
    }
    sums.into_iter().map(|(value, _)| value).collect()
}

pub(super) fn name(group: &Json) -> String {
    match group {
        Json::Null => "(none)".to_owned(),
        Json::String(text) if text == "@other" => "(other)".to_owned(),
        Json::String(text) => look::plain(text),
        Json::Number(step) => format!("step {step}"),
        other => other.to_string(),
    }
}

/// The known instances in ten parts: to be believed, not, and nothing.
fn gauge(of: &Instances) -> String {
    let known = of.known();
    let untrusted = untrusted(of);
    if known == 0 {
        return String::new();
    }
    let cells = |count: u64| (count as f64 / known as f64 * GAUGE as f64).round() as usize;
    let end = cells(of.trusted + untrusted);
    // Whatever there is is seen.
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
        + of.unknown_version
        + of.unknown_registry
        + of.partly_absent
}

/// What the others are.
fn rest(of: &Instances) -> String {
    let parts = [
        (of.all_broken(), "broken", BAD),
        (of.all_partly_broken(), "partly broken", BAD),
        (of.all_failed(), "failed", CAREFUL),
        (of.unknown_registry, "of an unknown registry", CAREFUL),
        (of.unknown_version, "of an unknown version", CAREFUL),
        (of.partly_absent, "partly without the code", CAREFUL),
        (of.absent, "too old or too new", DIM),
        (of.without, "sent nothing of it", DIM),
        (of.silent, "silent", DIM),
    ];
    let told = parts.into_iter().filter(|(count, ..)| *count > 0);
    let told: Vec<String> = told
        .map(|(count, what, style)| styled(style, &format!("{count} {what}")))
        .collect();
    told.join(", ")
}

/// Why some are not to be believed, and in which weeks; and of which kinds failures were.
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
        let reason = why.reason.as_deref().unwrap_or("nobody wrote down why");
        let fix = why.fix.map(|fix| {
            let address = registry.links.pr(fix);
            format!(
                ", mended by {}",
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
