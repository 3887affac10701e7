//! The values that the product set.

use pings_database::{Result, Transaction};
use pings_model::{Metric, Ping, ValueType};
use pings_payload::{Failure, FailureKind, Week};
use pings_sql::{columns, query};

use super::events::ask;
use super::{Outcome, Reporter, of_rows};
use crate::failure::of_query;

impl Reporter<'_> {
    /// Returns the last value of a code before the end of a week.
    pub(super) async fn set_value(
        &self,
        tx: &mut Transaction,
        ping: &Ping,
        metric: &Metric,
        week: Week,
    ) -> Result<Outcome> {
        let columns = columns(metric);
        let Some(query) = query(self.registry, ping, metric, self.log.dialect()) else {
            let message = "the value has no query for this database";
            return Ok(Err(Failure::new(FailureKind::Unsupported, message)));
        };
        let types: Vec<ValueType> = columns.iter().map(|column| column.ty).collect();
        tx.run("SAVEPOINT reading", &[]).await?;
        match ask(tx, &query, &types, week.into()).await {
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
