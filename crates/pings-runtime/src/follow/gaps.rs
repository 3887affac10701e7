//! Ids that PostgreSQL assigned to rows that are not visible yet.
//!
//! A transaction takes the ids of its rows before it commits, so a row may appear after rows with
//! higher ids, even minutes later. The missing ids are therefore read again until all transactions
//! that may have taken them have ended. The snapshot of a query tells when that is: `xmin` is the
//! oldest transaction that still runs, and `xmax` is the next one that will begin.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The maximum number of gaps. The oldest ones are dropped.
const MOST: usize = 10_000;

/// The transactions that a query sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Snapshot {
    /// The oldest transaction that still runs. All earlier ones have ended.
    pub(super) xmin: i64,
    /// The next transaction.
    pub(super) xmax: i64,
}

/// Ranges of ids without a visible row.
#[derive(Clone, Debug)]
pub(super) struct Gaps {
    ranges: VecDeque<Gap>,
    /// How long a transaction may take from choosing an id until it has a number.
    hold: Duration,
}

#[derive(Clone, Debug)]
struct Gap {
    first: i64,
    last: i64,
    since: Instant,
    /// All transactions that may have taken these ids are older than this one.
    before: Option<i64>,
}

impl Gaps {
    /// Creates an empty list. Ids are kept for `hold` at least.
    pub(super) fn new(hold: Duration) -> Self {
        Self {
            ranges: VecDeque::new(),
            hold,
        }
    }

    /// Notes the ids that are missing between `after` and the last of `ids`, which are ascending.
    pub(super) fn note(&mut self, after: i64, ids: impl Iterator<Item = i64>, now: Instant) {
        let mut expected = after.saturating_add(1);
        for id in ids {
            if id > expected {
                self.ranges.push_back(Gap {
                    first: expected,
                    last: id - 1,
                    since: now,
                    before: None,
                });
            }
            expected = id.saturating_add(1);
        }
        let excess = self.ranges.len().saturating_sub(MOST);
        self.ranges.drain(..excess);
    }

    /// Removes an id whose row appeared.
    pub(super) fn fill(&mut self, id: i64) {
        let found = |gap: &Gap| (gap.first..=gap.last).contains(&id);
        let Some(place) = self.ranges.iter().position(found) else {
            return;
        };
        let Some(gap) = self.ranges.remove(place) else {
            return;
        };
        let (first, last) = (gap.first, gap.last);
        if id < last {
            self.ranges.insert(
                place,
                Gap {
                    first: id + 1,
                    ..gap.clone()
                },
            );
        }
        if id > first {
            self.ranges.insert(
                place,
                Gap {
                    last: id - 1,
                    ..gap
                },
            );
        }
    }

    /// Drops the gaps that no transaction can fill any more. All visible rows in the gaps must
    /// have been read with this snapshot.
    pub(super) fn settle(&mut self, snapshot: Snapshot, now: Instant) {
        for gap in &mut self.ranges {
            if gap.before.is_none() && now.duration_since(gap.since) >= self.hold {
                gap.before = Some(snapshot.xmax);
            }
        }
        self.ranges
            .retain(|gap| gap.before.is_none_or(|before| snapshot.xmin < before));
    }

    /// Returns the first and the last id of each gap.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.ranges.iter().map(|gap| (gap.first, gap.last))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Gaps, MOST, Snapshot};

    const HOLD: Duration = Duration::from_secs(2);

    fn ranges(gaps: &Gaps) -> Vec<(i64, i64)> {
        gaps.ranges().collect()
    }

    #[test]
    fn missing_ids_are_kept_until_their_rows_appear() {
        let mut gaps = Gaps::new(HOLD);
        gaps.note(10, [11, 14, 15, 20].into_iter(), Instant::now());
        assert_eq!(ranges(&gaps), [(12, 13), (16, 19)]);
        for (id, left) in [
            (12, vec![(13, 13), (16, 19)]),
            (17, vec![(13, 13), (16, 16), (18, 19)]),
            (13, vec![(16, 16), (18, 19)]),
            (19, vec![(16, 16), (18, 18)]),
            (99, vec![(16, 16), (18, 18)]),
        ] {
            gaps.fill(id);
            assert_eq!(ranges(&gaps), left, "{id}");
        }
    }

    #[test]
    fn a_gap_ends_with_the_transactions_that_can_fill_it() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut gaps = Gaps::new(HOLD);
        gaps.note(0, [2].into_iter(), start);
        // Transaction 7 has taken id 1 and still runs.
        gaps.settle(Snapshot { xmin: 7, xmax: 9 }, at(1));
        gaps.settle(Snapshot { xmin: 9, xmax: 9 }, at(1));
        assert_eq!(ranges(&gaps), [(1, 1)], "too early to know who took it");
        gaps.settle(Snapshot { xmin: 7, xmax: 12 }, at(3));
        gaps.settle(Snapshot { xmin: 11, xmax: 50 }, at(900));
        assert_eq!(ranges(&gaps), [(1, 1)], "transaction 11 may have taken it");
        gaps.settle(Snapshot { xmin: 12, xmax: 60 }, at(901));
        assert!(gaps.is_empty());
    }

    #[test]
    fn the_oldest_gaps_are_dropped() {
        let mut gaps = Gaps::new(HOLD);
        let odd = (0..=MOST as i64).map(|number| 2 * number + 2);
        gaps.note(0, odd, Instant::now());
        assert_eq!(gaps.ranges().count(), MOST);
        assert_eq!(gaps.ranges().next(), Some((3, 3)));
    }
}
