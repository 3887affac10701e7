//! Counts instances by their state, week by week.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell};
use pings_model::{Broken, Life, Registry, ValueType};
use pings_payload::{FailureKind, Week};
use time::OffsetDateTime;

use super::origins::Origins;
use super::week::{Instances, SeriesWeek, Span};
use crate::analysis::trust::Label;
use crate::reader::Reader;
use pings_database::Result;

/// The number of instances that sent something in a week, by origin.
pub(crate) type Told = (Week, i64, u64);

/// The number of weeks after which an instance that does not report counts as gone.
const GONE: u32 = 26;

fn none(span: Span<'_>) -> BTreeMap<Week, Instances> {
    span.all()
        .map(|week| (week, Instances::default()))
        .collect()
}

/// Returns the counter for instances with a label.
fn place<'i>(instances: &'i mut Instances, label: &Label<'_>) -> &'i mut u64 {
    match label {
        Label::NotRunning => &mut instances.not_running,
        Label::UnknownRegistry => &mut instances.unknown_registry,
        Label::Absent => &mut instances.absent,
        Label::Broken(broken) => of(&mut instances.broken, broken),
        Label::PartlyBroken(broken) => of(&mut instances.partly_broken, broken),
        Label::Unreleased => &mut instances.unreleased,
        Label::UnknownVersion => &mut instances.unknown_version,
        Label::PartlyAbsent => &mut instances.partly_absent,
        Label::Trusted => &mut instances.without,
    }
}

/// The code whose instances are counted, with its life and the origins of its values.
#[derive(Clone, Copy)]
pub(crate) struct OfCode<'c> {
    pub(crate) life: Life<'c>,
    pub(crate) code: &'c str,
    pub(crate) origins: &'c Origins,
    pub(crate) span: Span<'c>,
}

/// Counts the instances of each week by their state.
///
/// Instances that reported are counted by the label of their versions. Instances that measured a
/// code or failed at it are counted by the label of the measurement's origin: a captured value
/// comes from the version that took it, and a value that an earlier revision carried comes from the
/// registry of that revision. A code that was never captured has no version, and its failure is
/// trusted. All trusted instances are counted as [`Instances::without`], because their measurements
/// are not known here.
pub(crate) fn reported(
    reports: &[Told],
    told: &[Told],
    uncaptured: &[Told],
    of_code: OfCode<'_>,
) -> BTreeMap<Week, Instances> {
    let OfCode {
        life,
        code,
        origins,
        span,
    } = of_code;
    let by_week = |all: &[Told]| {
        let mut weeks: BTreeMap<Week, BTreeMap<i64, u64>> = BTreeMap::new();
        for (week, origin, count) in all {
            *weeks.entry(*week).or_default().entry(*origin).or_default() += count;
        }
        weeks
    };
    let (reports, told, uncaptured) = (by_week(reports), by_week(told), by_week(uncaptured));
    let mut counts = none(span);
    for (week, instances) in &mut counts {
        let of = |all: &BTreeMap<Week, BTreeMap<i64, u64>>, origin: i64| -> u64 {
            let count = all.get(week).and_then(|week| week.get(&origin));
            count.copied().unwrap_or_default()
        };
        let here = [&reports, &told, &uncaptured].map(|all| all.get(week));
        let here = here.into_iter().flatten().flat_map(BTreeMap::keys);
        let all: BTreeSet<i64> = here.copied().collect();
        // An instance that reported from an origin without a measurement from it either has its
        // measurement at another origin, as far as there are surplus measurements elsewhere, or has
        // no measurement at all.
        let (mut elsewhere, mut rest) = (0, Vec::new());
        for origin in all {
            let (reported, told) = (of(&reports, origin), of(&told, origin));
            let label = origins.label(life, code, origin);
            *place(instances, &label) += told;
            let uncaptured = of(&uncaptured, origin);
            instances.without += uncaptured;
            let told = told + uncaptured;
            elsewhere += told.saturating_sub(reported);
            rest.push((label, reported.saturating_sub(told)));
        }
        rest.sort_by_key(|(label, _)| match label {
            Label::Trusted => 0,
            Label::Absent => 2,
            _ => 1,
        });
        for (label, count) in rest {
            let moved = elsewhere.min(count);
            elsewhere -= moved;
            *place(instances, &label) += count - moved;
        }
    }
    counts
}

/// Returns how many instances reported each week from each origin.
pub(crate) async fn by_origin(tx: &mut Reader, span: Span<'_>) -> Result<Vec<Told>> {
    let sql = "SELECT week, origin, instances FROM reports \
        WHERE registry = $1 AND week >= $2 AND week <= $3";
    let (first, last) = (span.weeks.0.to_string(), span.weeks.1.to_string());
    let binds = [
        Bind::Text(span.registry.name()),
        Bind::Text(&first),
        Bind::Text(&last),
    ];
    let types = [ValueType::Text, ValueType::Integer, ValueType::Integer];
    let rows = tx.rows(sql, &binds, &types).await?;
    let counts = rows.into_iter().filter_map(|row| match &row[..] {
        [
            Cell::Text(week),
            Cell::Integer(origin),
            Cell::Integer(count),
        ] => Some((week.parse().ok()?, *origin, count.unsigned_abs())),
        _ => None,
    });
    Ok(counts.collect())
}

fn of<'c>(counts: &'c mut Vec<(Broken, u64)>, broken: &Broken) -> &'c mut u64 {
    let place = counts.iter().position(|(it, _)| it == broken);
    let place = place.unwrap_or_else(|| {
        counts.push((broken.clone(), 0));
        counts.len() - 1
    });
    &mut counts[place].1
}

/// Returns how many instances measured a code by dimensions in each week, by origin.
pub(crate) async fn measured(tx: &mut Reader, code: i64, span: Span<'_>) -> Result<Vec<Told>> {
    let sql = "SELECT week, origin, '', count(*) FROM measured \
        WHERE code = $1 AND week >= $2 AND week <= $3 GROUP BY week, origin";
    let counts = counts(tx, sql, code, span).await?;
    let counts = counts.into_iter();
    Ok(counts
        .map(|(week, origin, _, count)| (week, origin, count))
        .collect())
}

/// Returns how many instances failed at a code in each week, by origin and kind.
pub(crate) async fn failed(
    tx: &mut Reader,
    code: i64,
    span: Span<'_>,
) -> Result<Vec<(Week, i64, FailureKind, u64)>> {
    let sql = "SELECT week, origin, kind, count(*) FROM failures \
        WHERE code = $1 AND week >= $2 AND week <= $3 GROUP BY week, origin, kind";
    let counts = counts(tx, sql, code, span).await?.into_iter();
    let counts = counts.map(|(week, origin, kind, count)| {
        let kind = kind.parse().unwrap_or(FailureKind::Other);
        (week, origin, kind, count)
    });
    Ok(counts.collect())
}

/// Runs a query for week, origin, a text and a count.
async fn counts(
    tx: &mut Reader,
    sql: &str,
    code: i64,
    span: Span<'_>,
) -> Result<Vec<(Week, i64, String, u64)>> {
    let (first, last) = (span.weeks.0.to_string(), span.weeks.1.to_string());
    let binds = [Bind::Integer(code), Bind::Text(&first), Bind::Text(&last)];
    let types = [
        ValueType::Text,
        ValueType::Integer,
        ValueType::Text,
        ValueType::Integer,
    ];
    let rows = tx.rows(sql, &binds, &types).await?;
    let counts = rows.into_iter().filter_map(|row| match &row[..] {
        [
            Cell::Text(week),
            Cell::Integer(origin),
            Cell::Text(text),
            Cell::Integer(count),
        ] => Some((
            week.parse().ok()?,
            *origin,
            text.clone(),
            count.unsigned_abs(),
        )),
        _ => None,
    });
    Ok(counts.collect())
}

/// The first and the last week of instances on ClickHouse, which rejects the subquery for the others.
const SPANS_ON_CLICKHOUSE: &str = "\
    SELECT first_week, coalesce(last, first_week) AS last_week, count(*) FROM ( \
      SELECT min(week) AS first_week, maxIf(week, week <= $2) AS last FROM kept_weeks FINAL \
      WHERE registry = $1 AND instance NOT IN (SELECT id FROM instances WHERE left_out IS NOT NULL) \
      GROUP BY instance) AS spans \
    GROUP BY first_week, last_week";

/// Sets how many known instances sent nothing for each week. An instance is known if it first
/// reported in the week or before it, and last reported at most half a year before it.
pub(crate) async fn silent(
    tx: &mut Reader,
    weeks: &mut [SeriesWeek],
    registry: &Registry,
) -> Result<()> {
    // Weeks that have not begun come from a time when a clock was ahead.
    let sql = "SELECT first_week, last, count(*) FROM ( \
          SELECT first_week, CASE WHEN last_week <= $2 THEN last_week ELSE coalesce( \
            (SELECT max(payloads.week) FROM payloads WHERE payloads.registry = instance_spans.registry \
               AND payloads.instance = instance_spans.instance AND payloads.week <= $2), first_week) \
            END AS last \
          FROM instance_spans WHERE registry = $1 AND instance NOT IN \
            (SELECT id FROM instances WHERE left_out IS NOT NULL)) AS spans \
        GROUP BY first_week, last";
    let sql = match tx.is_clickhouse() {
        true => SPANS_ON_CLICKHOUSE,
        false => sql,
    };
    let types = [ValueType::Text, ValueType::Text, ValueType::Integer];
    let running = Week::containing(OffsetDateTime::now_utc()).to_string();
    let binds = [Bind::Text(registry.name()), Bind::Text(&running)];
    let rows = tx.rows(sql, &binds, &types).await?;
    for row in rows {
        let [Cell::Text(first), Cell::Text(last), Cell::Integer(count)] = &row[..] else {
            continue;
        };
        let (Ok(first), Ok(last)) = (first.parse::<Week>(), last.parse::<Week>()) else {
            continue;
        };
        let known = |it: &&mut SeriesWeek| first <= it.week && last >= it.week.back(GONE);
        for week in weeks.iter_mut().filter(known) {
            week.instances.silent += count.unsigned_abs();
        }
    }
    for week in weeks {
        // Until here, `silent` is the number of all known instances.
        let known = week.instances.silent;
        week.instances.silent = 0;
        week.instances.silent = known.saturating_sub(week.instances.reported());
    }
    Ok(())
}
