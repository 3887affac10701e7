//! What processes cost: the time that passes, and the time that they use the processor.

use std::fs;
use std::time::{Duration, Instant};

use crate::Result;

/// What processes cost. On a machine with other work, the time that passes says little.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// The time in user and kernel mode, of all processes. Zero where it is not known.
    pub(crate) cpu: Duration,
}

impl Cost {
    pub(crate) const MAX: Self = Self {
        wall: Duration::MAX,
        cpu: Duration::MAX,
    };

    /// Runs a function, and returns what this process and the child processes cost.
    pub(crate) fn of(run: impl FnOnce() -> Result<()>) -> Result<Self> {
        let (start, before) = (Instant::now(), cpu());
        run()?;
        let cpu = match (before, cpu()) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            _ => Duration::ZERO,
        };
        let wall = start.elapsed();
        Ok(Self { wall, cpu })
    }

    /// Returns the smaller of both values of each. Other work only ever adds to them.
    pub(crate) fn min(self, other: Self) -> Self {
        Self {
            wall: self.wall.min(other.wall),
            cpu: self.cpu.min(other.cpu),
        }
    }

    pub(crate) fn beyond(self, other: Self) -> Self {
        Self {
            wall: self.wall.saturating_sub(other.wall),
            cpu: self.cpu.saturating_sub(other.cpu),
        }
    }

    /// Returns the quotient of the processor times, or of the times that passed where the others
    /// are not known.
    pub(crate) fn ratio(self, other: Self) -> f64 {
        match other.cpu {
            Duration::ZERO => self.wall.as_secs_f64() / other.wall.as_secs_f64(),
            cpu => self.cpu.as_secs_f64() / cpu.as_secs_f64(),
        }
    }
}

/// Returns the processor time of this process, of the child processes that ended, and of their
/// children. Only Linux has this file.
fn cpu() -> Option<Duration> {
    const TICK: Duration = Duration::from_millis(10);
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, can contain spaces. Of the fields after it, numbers
    // 11 to 14 are the times in user and kernel mode, of the process and of its children.
    let (_, fields) = stat.rsplit_once(')')?;
    let times = fields.split_whitespace().skip(11).take(4);
    let times: Option<Vec<u32>> = times.map(|time| time.parse().ok()).collect();
    Some(TICK * times?.iter().sum::<u32>())
}
