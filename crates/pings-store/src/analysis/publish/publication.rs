//! What may be published of a code.

use pings_payload::Week;

use super::choose::{Chooser, Chosen};
use super::groups::Folded;
use super::panel::{Panel, PanelWeek, Part};
use super::rules::are_few;

/// What may be published of a code: sums over trusted instances, none of which tells something about
/// fewer than `k` instances, also not by subtraction.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// The code.
    pub code: String,
    /// The measure.
    pub measure: String,
    /// The dimension by which the values are grouped.
    pub by: Option<String>,
    /// The minimum number of instances behind each number.
    pub k: u32,
    /// The names of the groups.
    pub groups: Vec<String>,
    /// Whether the last value of a week's groups is the sum over all other groups.
    pub has_others: bool,
    /// The weeks in order.
    pub weeks: Vec<PublicWeek>,
}

/// A week of a publication.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicWeek {
    /// The week.
    pub week: Week,
    /// The number of instances that reported the week, rounded down to a multiple of `k`, but not below
    /// the number of counted instances.
    pub reporting: u64,
    /// The numbers, or the reason why there are none.
    pub numbers: Result<PublicNumbers, Withheld>,
}

/// The numbers of a week.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicNumbers {
    /// The sum over the counted instances.
    pub total: f64,
    /// The number of instances that are counted.
    pub instances: u64,
    /// The number of counted instances whose value is greater than 0, unless this tells something
    /// about few.
    pub using: Option<u64>,
    /// The sums of the groups in the order of [`Publication::groups`], and then of all others. Some
    /// weeks have no groups.
    pub groups: Option<Vec<f64>>,
}

/// The reason why a week has no numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// Fewer than `k` instances are trusted.
    TooFew,
    /// Each choice of at least half of the instances tells something about few of them: too few have a
    /// value, one has more than half of the sum, or too few differ from another week.
    TooClose,
}

/// The code of a publication, its measure and the dimension by which it is grouped.
pub(crate) struct Subject {
    pub(crate) code: String,
    pub(crate) measure: String,
    pub(crate) by: Option<String>,
}

/// Returns what may be published of a panel.
pub(crate) fn publication(panel: &Panel, subject: Subject, k: u32) -> Publication {
    let folded = match subject.by {
        Some(_) => Folded::of(panel, k as usize),
        None => Folded::default(),
    };
    let chooser = Chooser {
        panel,
        code: &subject.code,
        k: k as usize,
        folded: &folded,
    };
    let published = chosen(&chooser);
    let has_groups = published.iter().any(|it| it.has_groups);
    let weeks = panel.weeks.iter().enumerate().map(|(place, week)| {
        let chosen = published.iter().find(|it| it.place == place);
        let counted = chosen.map_or(0, |it| it.members.len() as u64);
        let is_small = week.values.len() < k as usize;
        let reason = if is_small {
            Withheld::TooFew
        } else {
            Withheld::TooClose
        };
        PublicWeek {
            week: week.week,
            reporting: counted.max(week.reporting - week.reporting % u64::from(k)),
            numbers: chosen
                .map(|it| numbers(week, it, &folded, k as usize))
                .ok_or(reason),
        }
    });
    Publication {
        k,
        weeks: weeks.collect(),
        has_others: has_groups && !folded.others.is_empty(),
        groups: if has_groups {
            folded.groups.clone()
        } else {
            Vec::new()
        },
        code: subject.code,
        measure: subject.measure,
        by: subject.by,
    }
}

/// Returns the weeks that can be published, with their instances.
pub(crate) fn chosen(chooser: &Chooser<'_>) -> Vec<Chosen> {
    let mut published = Vec::new();
    for place in 0..chooser.panel.weeks.len() {
        let week = chooser.choose(place, &published);
        published.extend(week);
    }
    published
}

fn numbers(week: &PanelWeek, chosen: &Chosen, folded: &Folded, k: usize) -> PublicNumbers {
    let members = &chosen.members;
    let values = week.contributions(members, Part::Total);
    let sum = |part| week.contributions(members, part).iter().sum::<f64>();
    let rest = members.len() - values.len();
    PublicNumbers {
        total: values.iter().sum(),
        instances: members.len() as u64,
        using: (!are_few(rest, k)).then_some(values.len() as u64),
        groups: chosen.has_groups.then(|| folded.parts().map(sum).collect()),
    }
}
