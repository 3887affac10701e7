//! The values that the product set.

use std::time::Instant;

use pings_database::{Result, Transaction};
use pings_model::{Metric, Ping, Span, ValueType};
use pings_payload::{Failure, FailureKind};
use pings_sql::{columns, query};

use super::events::ask;
use super::{MetricReport, Outcome, Reporter, State, of_metric, of_rows};
use crate::failure::of_query;

impl Reporter<'_> {
    /// Returns the report of a value that the product sets. A week has the value if the product ran
    /// in it, because only its end counts.
    pub(super) async fn of_value(
        &self,
        tx: &mut Transaction,
        (ping, metric): (&Ping, &Metric),
        span: Span,
        state: &State,
    ) -> Result<MetricReport> {
        let started = Instant::now();
        let outcome = match &state.not_running {
            None => self.set_value(tx, ping, metric, span).await?,
            Some(failure) => Err(failure.clone()),
        };
        Ok(of_metric(metric, outcome, started.elapsed()))
    }

    /// Returns the last value of a code before the end of a window.
    async fn set_value(
        &self,
        tx: &mut Transaction,
        ping: &Ping,
        metric: &Metric,
        span: Span,
    ) -> Result<Outcome> {
        let columns = columns(metric);
        let Some(query) = query(self.registry, ping, metric, self.log.dialect()) else {
            let message = "the value has no query for this database";
            return Ok(Err(Failure::new(FailureKind::Unsupported, message)));
        };
        let types: Vec<ValueType> = columns.iter().map(|column| column.ty).collect();
        tx.run("SAVEPOINT reading", &[]).await?;
        match ask(tx, &query, &types, span).await {
            Ok(rows) => {
                tx.run("RELEASE SAVEPOINT reading", &[]).await?;
                if rows.is_empty() {
                    let message =
                        "no value of the declared type was set before the end of the week";
                    return Ok(Err(Failure::new(FailureKind::NotCaptured, message)));
                }
                Ok(of_rows(&columns, rows))
            }
            Err(error) => {
                tx.run("ROLLBACK TO SAVEPOINT reading", &[]).await?;
                Ok(Err(of_query(&error)))
            }
        }
    }
}
