//! Writes the outcomes of payloads, and then the weeks that refer to them.

use std::collections::BTreeMap;

use pings_database::Result;

use super::connection::{Connection, Known};
use super::rows::{Names, Numbered, Outcome, Week};

/// The maximum number of names that are remembered. More are forgotten, and written again.
const REMEMBERED: usize = 200_000;

/// The maximum number of rows per insert.
const AT_ONCE: usize = 100_000;

/// Writes outcomes, and then the weeks of their payloads with the codes of these.
pub(super) async fn write(
    connection: &Connection,
    outcomes: &[Outcome],
    written: &[(Numbered<'_>, Vec<i64>)],
) -> Result<()> {
    for some in outcomes.chunks(AT_ONCE) {
        connection.insert("kept_outcomes", some).await?;
    }
    let weeks: Vec<Week> = written
        .iter()
        .map(|(payload, codes)| Week::new(payload, codes.clone()))
        .collect();
    connection.insert("kept_weeks", &weeks).await
}

impl Connection {
    /// Writes the names that this process has not written yet.
    pub(super) async fn write_names(&self, names: &Names, known: &mut Known) -> Result<()> {
        if known.ids.len() > REMEMBERED {
            known.ids.clear();
        }
        let origins = unknown(&names.origins, known);
        let codes = unknown(&names.codes, known);
        let series = unknown(&names.series, known);
        tokio::try_join!(
            self.insert("kept_origins", &origins),
            self.insert("kept_codes", &codes),
            self.insert("kept_series", &series),
        )?;
        known.ids.extend(origins.iter().map(|it| it.id));
        known.ids.extend(codes.iter().map(|it| it.id));
        known.ids.extend(series.iter().map(|it| it.id));
        Ok(())
    }
}

/// Returns the names that are not known to be in the store.
fn unknown<N: Clone>(names: &BTreeMap<i64, N>, known: &Known) -> Vec<N> {
    let unknown = names.iter().filter(|(id, _)| !known.ids.contains(id));
    unknown.map(|(_, name)| name.clone()).collect()
}

impl Known {
    /// Forgets the names if names were removed from the store since they were written.
    pub(super) fn turn_to(&mut self, generation: i64) {
        if self.generation != generation {
            self.generation = generation;
            self.ids.clear();
        }
    }
}
