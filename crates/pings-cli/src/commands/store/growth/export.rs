//! Growth in formats for programs and spreadsheets.

use pings_model::Period;
use pings_store::{CodeGrowth, Estimate, MeasureGrowth, Refusal};
use serde_json::{Map, Value as Json, json};

use crate::commands::store::entry;
use crate::commands::store::estimated::{json as estimate, no_estimate, rounded};
use crate::output;

/// Returns growth as JSON.
pub(super) fn json(growth: &CodeGrowth) -> Json {
    let measures = growth.measures.iter();
    let measures: Map<String, Json> = measures
        .map(|measure| (measure.measure.clone(), of_measure(measure)))
        .collect();
    let mut json = json!({
        "code": growth.code,
        "from": growth.from.to_string(),
        "to": growth.to.to_string(),
        "measures": measures,
    });
    if growth.window != Period::Week {
        json["window"] = json!(growth.window);
    }
    json
}

fn of_measure(measure: &MeasureGrowth) -> Json {
    let matched = &measure.matched;
    let growth = match &measure.growth {
        Ok(growth) => json!({
            "value": rounded(growth.value),
            "low": rounded(growth.low),
            "high": rounded(growth.high),
        }),
        Err(refusal) => no_estimate(*refusal),
    };
    json!({
        "growth": growth,
        "from": estimate(&measure.from),
        "to": estimate(&measure.to),
        "matched": {
            "instances": matched.instances,
            "from": rounded(matched.from),
            "to": rounded(matched.to),
            "growth": matched.growth().map(rounded),
        },
    })
}

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
