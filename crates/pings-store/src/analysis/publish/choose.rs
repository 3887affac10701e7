//! Chooses the instances that the numbers of a week cover.
//!
//! Of two published weeks, the first covers no instance that the second does not, or at least `k`, and the
//! other way round. Instances are left out of a week where that is necessary.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::groups::Folded;
use super::panel::{Members, Panel, Part};
use super::rules::{Covered, are_few, is_enough};

/// The maximum number of rounds in which instances are left out.
const ROUNDS: usize = 64;

/// How many times `k` instances are left out at first, in each attempt. Sets that miss many instances differ
/// from each other by many. The attempt that leaves out the fewest is used.
const ATTEMPTS: [usize; 6] = [0, 0, 1, 2, 3, 4];

/// The number of orders that are tried with the instances of each earlier week.
const EARLIER_ORDERS: usize = 2;

/// Groups are shown if that leaves out at most this part more of the instances.
const FOR_GROUPS: usize = 4;

/// A published week.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    /// The place of the week in the panel.
    pub(crate) place: usize,
    /// The instances that the numbers cover.
    pub(crate) members: Members,
    /// Whether the week shows groups.
    pub(crate) has_groups: bool,
}

/// What all choices of a publication depend on.
pub(crate) struct Chooser<'c> {
    pub(crate) panel: &'c Panel,
    pub(crate) code: &'c str,
    pub(crate) k: usize,
    pub(crate) folded: &'c Folded,
}

impl<'c> Chooser<'c> {
    /// Returns the choice for a week beside the published ones, with as many of the instances with a value
    /// as possible. `None` means that each choice would tell something about fewer than `k` instances.
    pub(crate) fn choose(&self, place: usize, published: &'c [Chosen]) -> Option<Chosen> {
        let week = self.panel.weeks.get(place)?;
        let available: Members = week.values.keys().copied().collect();
        let with = |has_groups: bool, members: Members| Chosen {
            place,
            members,
            has_groups,
        };
        let orders = ATTEMPTS.iter().enumerate().map(|(number, times)| {
            let order = self.order(place, &available, number);
            (order, times * self.k)
        });
        let orders: Vec<(Vec<usize>, usize)> = orders.collect();
        // The instances of an earlier week can always be covered again, and never tell anything new.
        let again = published.iter().map(|it| &it.members);
        let again: Vec<&Members> = again.filter(|it| it.is_subset(&available)).collect();
        let best = |has_groups: bool| {
            let mut new: Vec<Members> = Vec::new();
            for (order, first) in &orders {
                // A set that leaves out this few is good enough.
                if new
                    .iter()
                    .any(|it| it.len() + 2 * self.k >= available.len())
                {
                    break;
                }
                let first: Members = order.iter().take(*first).copied().collect();
                let rest = available.difference(&first).copied().collect();
                new.extend(self.leave_out(place, rest, published, order, has_groups));
            }
            // Beside a set without instances that an earlier week leaves out, only those that left matter.
            let earlier = published.iter().rev();
            let earlier = earlier.filter(|it| it.has_groups || !has_groups);
            let both = earlier.map(|it| available.intersection(&it.members).copied());
            let both: Vec<Members> = both.map(Iterator::collect).collect();
            for (order, _) in orders.iter().take(EARLIER_ORDERS) {
                for members in &both {
                    new.extend(self.leave_out(
                        place,
                        members.clone(),
                        published,
                        order,
                        has_groups,
                    ));
                }
            }
            let all = again.iter().map(|it| (*it).clone()).chain(new);
            let all = all.map(|members| with(has_groups, members));
            // The numbers of a small part of the instances would say little about the others.
            let all = all.filter(|it| it.members.len() * 2 >= available.len());
            let allowed = all.filter(|it| self.may_publish(it, published));
            allowed.max_by_key(|it| it.members.len())
        };
        let grouped = if self.folded.is_empty() {
            None
        } else {
            best(true)
        };
        let plain = best(false);
        let size = |it: &Option<Chosen>| it.as_ref().map_or(0, |it| it.members.len());
        match size(&grouped) * FOR_GROUPS >= size(&plain) * (FOR_GROUPS - 1) {
            true => grouped.or(plain),
            false => plain,
        }
    }

    /// Returns whether a week can be published beside the others.
    pub(crate) fn may_publish(&self, chosen: &Chosen, published: &[Chosen]) -> bool {
        let Some(this) = self.covered(chosen) else {
            return false;
        };
        let is_enough = |part| is_enough(&this.week.contributions(this.members, part), self.k);
        this.members.len() >= self.k
            && self.parts(chosen.has_groups).into_iter().all(is_enough)
            && published.iter().all(|other| {
                let parts = self.parts(chosen.has_groups && other.has_groups);
                let other = self.covered(other);
                let beside = |other| move |part| this.may_be_beside(other, part, self.k);
                other.is_some_and(|other| parts.into_iter().all(beside(other)))
            })
    }

    fn covered(&self, chosen: &'c Chosen) -> Option<Covered<'c>> {
        let members = &chosen.members;
        let week = self.panel.weeks.get(chosen.place)?;
        Some(Covered { week, members })
    }

    /// Returns the parts that have numbers. Instances are a number, too.
    fn parts(&self, has_groups: bool) -> Vec<Part<'c>> {
        let mut parts = vec![Part::Instances, Part::Total];
        if has_groups {
            parts.extend(self.folded.parts());
        }
        parts
    }

    /// Leaves instances out until the rest can be covered beside the published weeks.
    fn leave_out(
        &self,
        place: usize,
        mut members: Members,
        published: &'c [Chosen],
        order: &[usize],
        has_groups: bool,
    ) -> Option<Members> {
        let (week, k) = (self.panel.weeks.get(place)?, self.k);
        let others = published.iter().filter_map(|other| {
            let parts = self.parts(has_groups && other.has_groups);
            Some((self.covered(other)?, parts))
        });
        let others: Vec<(Covered<'_>, Vec<Part<'_>>)> = others.collect();
        let others = others
            .iter()
            .flat_map(|(other, parts)| parts.iter().map(|part| (*other, *part)));
        for _ in 0..ROUNDS {
            let mut is_settled = true;
            for (other, part) in others.clone() {
                let this = Covered {
                    week,
                    members: &members,
                };
                let joined: Members = this.beyond(other.members, part).collect();
                let left = other.beyond(&members, part).count();
                if are_few(joined.len(), k) {
                    is_settled = false;
                    members.retain(|instance| !joined.contains(instance));
                }
                if are_few(left, k) {
                    is_settled = false;
                    let both = order.iter().filter(|instance| {
                        members.contains(instance)
                            && other.members.contains(instance)
                            && other.week.value(**instance, part) != 0.0
                    });
                    let more: Members = both.take(k - left).copied().collect();
                    if left + more.len() < k {
                        return None;
                    }
                    members.retain(|instance| !more.contains(instance));
                }
            }
            if is_settled {
                return Some(members);
            }
        }
        None
    }

    /// Returns an order in which instances are left out: arbitrary, but the same in every run.
    fn order(&self, place: usize, available: &Members, number: usize) -> Vec<usize> {
        let week = self.panel.weeks.get(place).map(|it| it.week.to_string());
        let start = format!("{} {} {number} ", self.code, week.unwrap_or_default());
        let ranks = available.iter().map(|instance| {
            let uuid = self.panel.instances.get(*instance);
            let digest = Sha256::digest(format!("{start}{}", uuid.map_or("", String::as_str)));
            (<[u8; 32]>::from(digest), *instance)
        });
        let ranks: BTreeMap<[u8; 32], usize> = ranks.collect();
        ranks.into_values().collect()
    }
}
