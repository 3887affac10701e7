//! Growth as CSV.

use pings_store::{CodeGrowth, Estimate, Refusal, rounded};

use crate::commands::store::entry;
use crate::output;

/// Returns growth as CSV, with a line for each measure.
pub(super) fn csv(growth: &CodeGrowth) -> String {
    let head = [
        "measure",
        "from",
        "to",
        "growth",
        "growth_low",
        "growth_high",
        "from_total",
        "from_observed",
        "to_total",
        "to_observed",
        "matched_instances",
        "matched_from",
        "matched_to",
        "no_estimate",
    ];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    for measure in &growth.measures {
        let number = |value: Option<f64>| value.map_or(String::new(), |it| rounded(it).to_string());
        let of =
            |part: fn(&pings_store::Growth) -> f64| number(measure.growth.as_ref().ok().map(part));
        let total = |total: &Result<Estimate, Refusal>, part: fn(&Estimate) -> f64| {
            number(total.as_ref().ok().map(part))
        };
        let matched = &measure.matched;
        let refusal = measure.growth.as_ref().err();
        lines.push(vec![
            output::cell(&measure.measure),
            growth.from.to_string(),
            growth.to.to_string(),
            of(|it| it.value),
            of(|it| it.low),
            of(|it| it.high),
            total(&measure.from, |it| it.value),
            total(&measure.from, |it| it.observed),
            total(&measure.to, |it| it.value),
            total(&measure.to, |it| it.observed),
            matched.instances.to_string(),
            number(Some(matched.from)),
            number(Some(matched.to)),
            refusal.map_or(String::new(), |it| it.name().to_owned()),
        ]);
    }
    entry::csv(&lines)
}
