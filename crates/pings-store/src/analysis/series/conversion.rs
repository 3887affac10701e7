//! The conversion of a funnel: the share of the users of the first step who reached each step.

use serde_json::Value as Json;

use super::answer::Series;
use crate::registry::measures::Together;

impl Series {
    /// Replaces the measures of a funnel by the share of the users of the first step who reached
    /// each step, over all instances. Without such users there is no share.
    #[must_use]
    pub fn conversion(self) -> Self {
        shares(self)
    }
}

fn shares(mut series: Series) -> Series {
    series.measures = vec![("conversion".to_owned(), Together::Mean)];
    for week in &mut series.weeks {
        let is_first = |value: &Json| value.as_u64() == Some(1);
        let first = week.groups.iter().find(|group| is_first(&group.value));
        let reached = |values: &[Option<f64>]| values.first().copied().flatten();
        let of_first = first.and_then(|group| reached(&group.values));
        let all_of_first = first.and_then(|group| reached(group.all.as_deref()?));
        let share = |values: &[Option<f64>], whole: Option<f64>| {
            let whole = whole.filter(|whole| *whole > 0.0);
            vec![whole.and_then(|whole| Some(reached(values)? / whole))]
        };
        for group in &mut week.groups {
            group.values = share(&group.values, of_first);
            group.all = group.all.as_ref().map(|all| share(all, all_of_first));
        }
        week.values = vec![None];
        week.all = week.all.as_ref().map(|_| vec![None]);
    }
    series
}
