//! A series per instance, which does not fall when instances drop out.

use super::answer::Series;
use super::week::Values;
use crate::registry::measures::Together;

impl Series {
    /// Divides sums by the number of trusted instances. Other measures are unchanged.
    #[must_use]
    pub fn per_instance(self) -> Self {
        per_instance(self)
    }
}

fn per_instance(mut series: Series) -> Series {
    let adds_up = |(_, together): &(String, Together)| *together == Together::Sum;
    let adds_up: Vec<bool> = series.measures.iter().map(adds_up).collect();
    for week in &mut series.weeks {
        let instances = week.instances.trusted as f64;
        let divide = |values: &mut Values| {
            for (value, adds_up) in values.iter_mut().zip(&adds_up) {
                if *adds_up {
                    // Without trusted instances there is no mean.
                    *value = value.filter(|_| instances > 0.0).map(|it| it / instances);
                }
            }
        };
        divide(&mut week.values);
        week.groups
            .iter_mut()
            .for_each(|group| divide(&mut group.values));
    }
    series
}

#[cfg(test)]
mod tests {
    use crate::analysis::series::answer::Series;
    use crate::analysis::series::week::{Group, Instances, SeriesWeek};
    use crate::registry::measures::Together;

    use super::per_instance;

    #[test]
    fn only_what_adds_up_is_divided_and_by_who_is_to_be_believed() {
        let week = |trusted, values: &[Option<f64>]| SeriesWeek {
            week: "2021-W04".parse().unwrap(),
            window: "2021-W04".parse::<pings_payload::Week>().unwrap().into(),
            is_complete: true,
            instances: Instances {
                trusted,
                silent: 7,
                ..Instances::default()
            },
            values: values.to_vec(),
            all: None,
            groups: vec![Group {
                value: "a".into(),
                values: values.to_vec(),
                all: None,
            }],
        };
        let together = [
            ("sum", Together::Sum),
            ("median", Together::Mean),
            ("max", Together::Largest),
        ];
        let series = per_instance(Series {
            code: "A".to_owned(),
            window: pings_model::Period::Week,
            measures: together.map(|(name, it)| (name.to_owned(), it)).into(),
            by: Some("kind".to_owned()),
            merges_groups: false,
            weeks: vec![
                week(4, &[Some(10.0), Some(8.0), Some(9.0)]),
                week(2, &[Some(5.0), None, Some(9.0)]),
                week(3, &[Some(0.0), None, None]),
                week(0, &[None, None, None]),
                week(0, &[Some(0.0), None, None]),
            ],
        });
        let expected: [[Option<f64>; 3]; 5] = [
            [Some(2.5), Some(8.0), Some(9.0)],
            [Some(2.5), None, Some(9.0)],
            [Some(0.0), None, None],
            [None; 3],
            [None; 3],
        ];
        for (week, expected) in series.weeks.iter().zip(expected) {
            assert_eq!(week.values, expected);
            assert_eq!(week.groups[0].values, expected);
        }
    }
}
