//! How many instances reported weeks without being counted, and why.

use std::collections::BTreeMap;

use pings_database::{Bind, Cell, Result};
use pings_model::{Registry, ValueType};
use pings_payload::Week;
use serde_json::Value as Json;

use crate::store::Store;

/// The instances that reported some weeks and whose numbers do not count, by the reason:
/// `unconfirmed`, or the reason that an operator gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut(BTreeMap<String, u64>);

impl Store {
    /// Returns how many instances reported some weeks and are left out of every answer. Without
    /// weeks, all weeks are meant; without a registry, all registries.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn left_out(
        &self,
        registry: Option<&Registry>,
        weeks: Option<(Week, Week)>,
    ) -> Result<LeftOut> {
        // A week that is empty is before and after every week.
        let [first, last] = match weeks {
            Some((first, last)) => [first, last].map(|week| week.to_string()),
            None => Default::default(),
        };
        let sql = "SELECT reason, count(DISTINCT instance) FROM weeks_left_out \
            WHERE ($1 = '' OR registry = $1) AND ($2 = '' OR week >= $2) AND ($3 = '' OR week <= $3) \
            GROUP BY reason";
        let binds = [
            Bind::Text(registry.map_or("", Registry::name)),
            Bind::Text(&first),
            Bind::Text(&last),
        ];
        let types = [ValueType::Text, ValueType::Integer];
        let mut tx = self.read().await?;
        let rows = tx.rows(sql, &binds, &types).await?;
        tx.end().await?;
        let reasons = rows.into_iter().filter_map(|row| match &row[..] {
            [Cell::Text(reason), Cell::Integer(count)] => {
                Some((reason.clone(), count.unsigned_abs()))
            }
            _ => None,
        });
        Ok(LeftOut(reasons.collect()))
    }
}

impl LeftOut {
    /// Returns whether all instances count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of instances for each reason.
    pub fn reasons(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0
            .iter()
            .map(|(reason, count)| (reason.as_str(), *count))
    }

    /// Adds the instances to an answer, as the member `left_out`, if there are any.
    pub fn add_to(&self, answer: &mut Json) {
        if !self.is_empty() {
            answer["left_out"] = self.0.clone().into_iter().collect();
        }
    }

    /// Describes the instances in a line, such as `3 instances that reported are left out: 2
    /// unconfirmed, 1 test`, if there are any.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let reasons: Vec<String> = self
            .reasons()
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        let instances = match self.0.values().sum() {
            0 => return None,
            1_u64 => "1 instance that reported is".to_owned(),
            count => format!("{count} instances that reported are"),
        };
        Some(format!("{instances} left out: {}", reasons.join(", ")))
    }
}
