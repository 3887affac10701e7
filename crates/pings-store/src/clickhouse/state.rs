//! The state that the processes of a store share.

use clickhouse::Row;
use pings_database::{Cell, Result};
use pings_model::ValueType;
use serde::{Deserialize, Serialize};

use super::connection::Connection;

/// The state that the processes of a store share.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// Changes when names are removed.
    pub(super) generation: i64,
    /// In how many different weeks an instance must have reported before its numbers count.
    pub(super) confirmed_after: u64,
}

#[derive(Row, Serialize, Deserialize)]
struct Kept {
    id: i64,
    generation: i64,
    confirmed_after: i64,
    version: u64,
}

#[derive(Row, Serialize, Deserialize)]
struct Check {
    id: i64,
    checked_at: String,
}

impl Connection {
    /// Returns the state of the store.
    pub(super) async fn state(&self) -> Result<State> {
        let sql = "SELECT generation, confirmed_after FROM kept_state FINAL WHERE id = 1";
        let rows = self.rows(sql, &[], &[ValueType::Integer; 2]).await?;
        Ok(match rows.first().map(Vec::as_slice) {
            Some([Cell::Integer(generation), Cell::Integer(weeks)]) => State {
                generation: *generation,
                confirmed_after: weeks.unsigned_abs(),
            },
            _ => State {
                generation: 0,
                confirmed_after: 1,
            },
        })
    }

    /// Replaces the state of the store.
    pub(super) async fn set_state(&self, state: State) -> Result<()> {
        let version = self
            .version("SELECT max(version) FROM kept_state", &[])
            .await?;
        let kept = Kept {
            id: 1,
            generation: state.generation,
            confirmed_after: i64::try_from(state.confirmed_after).unwrap_or(i64::MAX),
            version,
        };
        self.insert("kept_state", &[kept]).await
    }

    /// Tells all processes that names are removed.
    pub(super) async fn change_generation(&self) -> Result<()> {
        let state = self.state().await?;
        self.set_state(State {
            generation: state.generation + 1,
            ..state
        })
        .await
    }

    /// Writes to the database, to show that this is possible.
    pub(crate) async fn check(&self, now: String) -> Result<()> {
        let row = Check {
            id: 1,
            checked_at: now,
        };
        self.insert("kept_checks", &[row]).await
    }
}
