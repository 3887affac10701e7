//! Reads the values of instances and whether they are trusted, week by week.

use std::collections::BTreeMap;

use pings_database::{Bind, Cell as Read, Result};
use pings_model::{Life, Period, Registry, ValueType};
use pings_payload::{FailureKind, Week};

use super::panel::{Cell, Panel};
use crate::analysis::series::{Origins, Span, code_id};
use crate::analysis::trust::Label;
use crate::reader::Reader;
use crate::registry::windowed::stored_code;

/// The number of ids per query.
const AT_ONCE: usize = 1000;

/// The code that is read.
#[derive(Clone, Copy)]
pub(super) struct OfCode<'c> {
    pub(super) code: &'c str,
    pub(super) life: Life<'c>,
    pub(super) period: Period,
    /// The measures that are added up over instances.
    pub(super) measures: &'c [String],
    pub(super) origins: &'c Origins,
}

/// A week of an instance: the values of the measures, or `None` without trust.
type Reported = BTreeMap<i64, Option<Vec<f64>>>;

/// Reads a panel for each measure.
///
/// An instance is in a week if it reported a value, trusted or not, if measuring failed, or if it
/// ran a version whose values are not trusted. An instance whose versions do not have the code, or
/// that has it switched off, is not in the week.
pub(super) async fn panels(tx: &mut Reader, of: OfCode<'_>, span: Span<'_>) -> Result<Vec<Panel>> {
    let weeks: Vec<Week> = span.all().collect();
    let mut panels = vec![
        Panel {
            weeks: weeks.len(),
            instances: Vec::new(),
        };
        of.measures.len()
    ];
    let Some(window) = of.period.spans(span.weeks.1).first().copied() else {
        return Ok(panels);
    };
    let code = stored_code(of.code, window);
    let id = code_id(tx, span.registry, &code).await?;
    let series = match id {
        Some(id) => series(tx, id, of.measures).await?,
        None => BTreeMap::new(),
    };
    let mut places: BTreeMap<i64, usize> = BTreeMap::new();
    for (place, week) in weeks.iter().enumerate() {
        let week = week.to_string();
        let mut reported = Reported::new();
        if of.period == Period::Week {
            untrusted(tx, of, span.registry, &week, &mut reported).await?;
        }
        if let Some(id) = id {
            read(tx, (id, &code), of, &series, &week, &mut reported).await?;
        }
        for (instance, values) in reported {
            let next = places.len();
            let instance = *places.entry(instance).or_insert(next);
            for (measure, panel) in panels.iter_mut().enumerate() {
                panel.instances.resize(places.len(), Vec::new());
                let value = values.as_ref().map(|values| values[measure]);
                panel.instances[instance].push(Cell { week: place, value });
            }
        }
    }
    Ok(panels)
}

/// Adds the instances that ran versions whose values are not trusted, even if they sent no values.
async fn untrusted(
    tx: &mut Reader,
    of: OfCode<'_>,
    registry: &Registry,
    week: &str,
    reported: &mut Reported,
) -> Result<()> {
    let sql = "SELECT DISTINCT origin FROM counted_payloads \
        WHERE registry = $1 AND week = $2";
    let binds = [Bind::Text(registry.name()), Bind::Text(week)];
    let rows = tx.rows(sql, &binds, &[ValueType::Integer]).await?;
    let origins = rows.iter().filter_map(|row| row.first()?.integer());
    let is_untrusted = |origin: &i64| is_untrusted(&of.origins.label(of.life, of.code, *origin));
    let origins: Vec<i64> = origins.filter(is_untrusted).collect();
    for origins in origins.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT instance FROM counted_payloads \
             WHERE registry = $1 AND week = $2 AND origin IN ({})",
            list(origins)
        );
        for row in tx.rows(&sql, &binds, &[ValueType::Integer]).await? {
            if let [Read::Integer(instance)] = &row[..] {
                reported.insert(*instance, None);
            }
        }
    }
    Ok(())
}

/// Adds the instances that measured the code or failed at it.
async fn read(
    tx: &mut Reader,
    (id, code): (i64, &str),
    of: OfCode<'_>,
    series: &BTreeMap<i64, usize>,
    week: &str,
    reported: &mut Reported,
) -> Result<()> {
    let integer = ValueType::Integer;
    let label = |origin: i64| of.origins.label(of.life, code, origin);
    let mut labels: BTreeMap<i64, Option<bool>> = BTreeMap::new();
    // Returns whether an origin is trusted, or `None` if its versions do not have the code.
    let mut trust = |origin: i64| {
        *labels.entry(origin).or_insert_with(|| match label(origin) {
            Label::Trusted => Some(true),
            label => is_untrusted(&label).then_some(false),
        })
    };
    let zeros = || vec![0.0; of.measures.len()];
    let sql = "SELECT instance, origin, kind FROM failures WHERE code = $1 AND week = $2";
    let binds = [Bind::Integer(id), Bind::Text(week)];
    for row in tx
        .rows(sql, &binds, &[integer, integer, ValueType::Text])
        .await?
    {
        if let [
            Read::Integer(instance),
            Read::Integer(origin),
            Read::Text(kind),
        ] = &row[..]
        {
            let is_left_out = kind.parse().is_ok_and(has_no_value);
            if !is_left_out && trust(*origin).is_some() {
                reported.insert(*instance, None);
            }
        }
    }
    let sql = "SELECT instance, origin FROM measured WHERE code = $1 AND week = $2";
    for row in tx.rows(sql, &binds, &[integer; 2]).await? {
        if let [Read::Integer(instance), Read::Integer(origin)] = &row[..]
            && let Some(is_trusted) = trust(*origin)
        {
            reported.insert(*instance, is_trusted.then(zeros));
        }
    }
    let ids: Vec<i64> = series.keys().copied().collect();
    let of_code = tx.of_code(id);
    for ids in ids.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT series, instance, origin, value FROM measurements \
             WHERE {of_code} series IN ({}) AND week = $1",
            list(ids)
        );
        let types = [integer, integer, integer, ValueType::Number];
        for row in tx.rows(&sql, &[Bind::Text(week)], &types).await? {
            let [
                Read::Integer(id),
                Read::Integer(instance),
                Read::Integer(origin),
                value,
            ] = &row[..]
            else {
                continue;
            };
            let (Some(is_trusted), Some(measure)) = (trust(*origin), series.get(id)) else {
                continue;
            };
            if !is_trusted {
                reported.insert(*instance, None);
                continue;
            }
            let values = reported
                .entry(*instance)
                .or_default()
                .get_or_insert_with(zeros);
            if let Read::Number(value) = value {
                values[*measure] += value;
            }
        }
    }
    Ok(())
}

/// Whether an instance has no value by intention, so that none is missing.
fn has_no_value(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::Absent
            | FailureKind::NotAgreed
            | FailureKind::NotRunning
            | FailureKind::Unsupported
            | FailureKind::Withdrawn
    )
}

/// Whether a version has the code, and its values are not trusted.
fn is_untrusted(label: &Label<'_>) -> bool {
    match label {
        Label::Broken(_)
        | Label::PartlyBroken(_)
        | Label::Unreleased
        | Label::UnknownVersion
        | Label::UnknownRegistry => true,
        Label::NotRunning | Label::Absent | Label::PartlyAbsent | Label::Trusted => false,
    }
}

/// Returns the series of the measures, by id, with the place of the measure.
async fn series(tx: &mut Reader, code: i64, measures: &[String]) -> Result<BTreeMap<i64, usize>> {
    let sql = "SELECT id, measure FROM series WHERE code = $1";
    let types = [ValueType::Integer, ValueType::Text];
    let rows = tx.rows(sql, &[Bind::Integer(code)], &types).await?;
    let series = rows.iter().filter_map(|row| match &row[..] {
        [Read::Integer(id), Read::Text(measure)] => {
            Some((*id, measures.iter().position(|it| it == measure)?))
        }
        _ => None,
    });
    Ok(series.collect())
}

fn list(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    ids.join(", ")
}
