//! The state of the database, which decides when it is tried again.

use std::time::Duration;

use tokio::time::Instant;

/// The pauses after the first failure of the database and, at most, after repeated failures.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
pub(super) const LAST_PAUSE: Duration = Duration::from_secs(10);

/// The state of the database after the last attempt to write to it.
#[derive(Clone, Copy)]
pub(super) enum DatabaseState {
    /// The database accepted the last batch, or has not been tried yet.
    Accepts,
    /// The last attempt failed, and the next one waits for the end of a pause.
    Paused {
        /// When the pause ends.
        until: Instant,
        /// How long the pause is.
        pause: Duration,
        /// Whether the attempt exceeded a time limit, and was not refused by the database.
        timed_out: bool,
    },
    /// The last attempt failed, but the next one does not wait, because the recorder stops.
    TriedAgain {
        /// Whether the attempt exceeded a time limit, and was not refused by the database.
        timed_out: bool,
    },
}

impl DatabaseState {
    /// Returns the end of the pause after the last failure, even if it is over.
    pub(super) fn paused_until(self) -> Option<Instant> {
        match self {
            Self::Paused { until, .. } => Some(until),
            Self::Accepts | Self::TriedAgain { .. } => None,
        }
    }

    /// Returns whether the database must not be tried now.
    pub(super) fn is_paused(self) -> bool {
        self.paused_until()
            .is_some_and(|until| Instant::now() < until)
    }

    /// Returns whether the last attempt exceeded a time limit.
    pub(super) fn timed_out(self) -> bool {
        match self {
            Self::Accepts => false,
            Self::Paused { timed_out, .. } | Self::TriedAgain { timed_out } => timed_out,
        }
    }

    /// Returns the state after a failure. The pause doubles with each further failure.
    pub(super) fn failed(self, timed_out: bool) -> Self {
        let pause = match self {
            Self::Paused { pause, .. } => (pause * 2).min(LAST_PAUSE),
            Self::Accepts | Self::TriedAgain { .. } => FIRST_PAUSE,
        };
        Self::Paused {
            until: Instant::now() + pause,
            pause,
            timed_out,
        }
    }

    /// Returns the state without the pause.
    pub(super) fn tried_again(self) -> Self {
        match self {
            Self::Paused { timed_out, .. } => Self::TriedAgain { timed_out },
            other => other,
        }
    }
}
