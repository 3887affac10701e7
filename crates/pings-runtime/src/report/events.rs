//! The values of event metrics and funnels in a window.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pings_model::{EventMeasure, Metric, Source, Span, ValueType};
use pings_sql::{Column, Parameters, Query, Read, columns, reads};

use super::totals::Daily;
use super::{MetricReport, Outcome, Reporter, of_metric, of_rows, value};
use crate::failure::of_query;
use pings_database::Result;
use pings_database::{Bind, Cell, Transaction};
use pings_payload::{Failure, FailureKind, Measures, Value};

impl Reporter<'_> {
    /// Returns the event metrics and funnels among `metrics` in a window, by their position. The
    /// reasons are why events of the window cannot be counted, and why first-time users are not
    /// known.
    pub(super) async fn count_events(
        &self,
        tx: &mut Transaction,
        metrics: &[&Metric],
        (span, log, daily): (Span, pings_sql::EventLog, &Daily),
        (uncounted, not_caught_up): (Option<&Failure>, Option<&Failure>),
        measured: &mut (dyn FnMut(usize) + Send),
    ) -> Result<BTreeMap<usize, MetricReport>> {
        let mut reports: BTreeMap<usize, MetricReport> = BTreeMap::new();
        if uncounted.is_none() {
            let kept = self.daily_values(tx, metrics, span, daily).await?;
            measured(kept.len());
            for (place, outcome, took) in kept {
                reports.insert(place, of_metric(metrics[place], outcome, took));
            }
        }
        let places: Vec<usize> = (0..metrics.len())
            .filter(|place| !reports.contains_key(place))
            .collect();
        let left: Vec<&Metric> = places.iter().map(|place| metrics[*place]).collect();
        let counted = self.measure_events(tx, &left, (span, log), uncounted, measured);
        for (place, outcome, took) in counted.await? {
            let place = places[place];
            reports.insert(place, of_metric(metrics[place], outcome, took));
        }
        for (place, metric) in metrics.iter().enumerate() {
            let started = Instant::now();
            let Source::Events(events) = &metric.source else {
                continue;
            };
            if !events.measures.contains(&EventMeasure::FirstTimeUsers) {
                continue;
            }
            let (before, took) = match reports.remove(&place) {
                Some(report) => (Some(report.outcome), report.took),
                None => (None, Duration::ZERO),
            };
            let outcome = match not_caught_up.or(uncounted) {
                Some(failure) => Err(failure.clone()),
                None => {
                    self.with_first_times(tx, metric, events, before, span)
                        .await
                }
            };
            reports.insert(place, of_metric(metric, outcome, took + started.elapsed()));
        }
        Ok(reports)
    }

    /// Returns the outcome of each event metric and funnel among `metrics` in a window, with its
    /// position and the time it took. First-time users are not included. The event log is described
    /// near the window. `uncounted` is the reason why events of the window cannot be counted, if
    /// there is one.
    pub(crate) async fn measure_events(
        &self,
        tx: &mut Transaction,
        metrics: &[&Metric],
        (span, log): (Span, pings_sql::EventLog),
        uncounted: Option<&Failure>,
        measured: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Vec<(usize, Outcome, Duration)>> {
        let mut outcomes = Vec::new();
        for read in reads(self.registry, metrics, log) {
            let started = Instant::now();
            let answers = match uncounted {
                Some(failure) => failed(&read, failure),
                None => self.answers(tx, &read, metrics, span).await?,
            };
            measured(answers.len());
            let took = started.elapsed() / u32::try_from(answers.len().max(1)).unwrap_or(1);
            let answers = answers.into_iter();
            outcomes.extend(answers.map(|(place, outcome)| (place, outcome, took)));
        }
        Ok(outcomes)
    }

    /// Returns the outcome of each metric of a read, with its position. A failed read only affects
    /// its own metrics.
    async fn answers(
        &self,
        tx: &mut Transaction,
        read: &Read,
        metrics: &[&Metric],
        span: Span,
    ) -> Result<Vec<(usize, Outcome)>> {
        tx.run("SAVEPOINT reading", &[]).await?;
        let answers = match read {
            Read::Counts { places, query } => {
                let types = [ValueType::Integer; 3];
                let rows = ask(tx, query, &types, span).await;
                rows.map(|rows| counts(places, metrics, &rows))
            }
            Read::Metric {
                place,
                before,
                query,
                columns,
            } => self
                .metric(tx, before, query, columns, metrics[*place], span)
                .await
                .map(|outcome| vec![(*place, outcome)]),
        };
        match answers {
            Ok(answers) => {
                tx.run("RELEASE SAVEPOINT reading", &[]).await?;
                Ok(answers)
            }
            Err(error) => {
                tx.run("ROLLBACK TO SAVEPOINT reading", &[]).await?;
                Ok(failed(read, &of_query(&error)))
            }
        }
    }

    async fn metric(
        &self,
        tx: &mut Transaction,
        before: &[Query],
        query: &Query,
        columns: &[Column],
        metric: &Metric,
        span: Span,
    ) -> sqlx::Result<Outcome> {
        for query in before {
            prepare(tx, query, span).await?;
        }
        let types: Vec<ValueType> = columns.iter().map(|column| column.ty).collect();
        let rows = ask(tx, query, &types, span).await?;
        Ok(match &metric.source {
            Source::Funnel(funnel) => value::of_steps(self.registry, funnel, &rows),
            _ => of_rows(columns, rows),
        })
    }
}

fn failed(read: &Read, failure: &Failure) -> Vec<(usize, Outcome)> {
    let places = match read {
        Read::Counts { places, .. } => places.clone(),
        Read::Metric { place, .. } => vec![*place],
    };
    places
        .into_iter()
        .map(|place| (place, Err(failure.clone())))
        .collect()
}

pub(super) async fn ask(
    tx: &mut Transaction,
    query: &Query,
    types: &[ValueType],
    span: Span,
) -> sqlx::Result<Vec<Vec<Cell>>> {
    let [start, end] = span.borders();
    let borders = [Bind::Text(&start), Bind::Text(&end)];
    tx.rows(&query.text, taken(query, &borders), types).await
}

async fn prepare(tx: &mut Transaction, query: &Query, span: Span) -> sqlx::Result<()> {
    let [start, end] = span.borders();
    let borders = [Bind::Text(&start), Bind::Text(&end)];
    tx.run(&query.text, taken(query, &borders))
        .await
        .map(|_| ())
}

fn taken<'b>(query: &Query, borders: &'b [Bind<'b>]) -> &'b [Bind<'b>] {
    match query.parameters {
        Parameters::None => &[],
        Parameters::Window => borders,
        // Only captures have the time of their run.
        Parameters::Now => &[],
    }
}

fn counts(places: &[usize], metrics: &[&Metric], rows: &[Vec<Cell>]) -> Vec<(usize, Outcome)> {
    let by_place: BTreeMap<i64, [i64; 2]> = rows
        .iter()
        .filter_map(|row| match row.as_slice() {
            [
                Cell::Integer(place),
                Cell::Integer(events),
                Cell::Integer(users),
            ] => Some((*place, [*events, *users])),
            _ => None,
        })
        .collect();
    let of_place = |place: &usize| {
        let key = i64::try_from(*place).unwrap_or(i64::MAX);
        let Some([events, users]) = by_place.get(&key) else {
            let failure = Failure::new(
                FailureKind::Query,
                "the query returned no value for this metric",
            );
            return (*place, Err(failure));
        };
        let columns = columns(metrics[*place]).into_iter();
        let measures: Measures = columns
            .filter_map(|column| match column.name.as_str() {
                "count" => Some((column.name, Some((*events).into()))),
                "unique_users" => Some((column.name, Some((*users).into()))),
                // First-time users are filled in later.
                _ => None,
            })
            .collect();
        (*place, Ok(Value::One(measures)))
    };
    places.iter().map(of_place).collect()
}
