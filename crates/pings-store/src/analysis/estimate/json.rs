//! Estimates as JSON.

use pings_model::Period;
use serde_json::{Map, Value as Json, json};

use super::answer::{Estimate, Refusal};
use super::totals::{CodeGrowth, EstimatedSeries, MeasureGrowth};
use crate::analysis::series::{Per, Series};

/// Returns a number as JSON, as an integer if possible. Estimates are rounded, because their last
/// digits differ between processors.
#[must_use]
pub fn rounded(value: f64) -> Json {
    let scale = match value.abs() < 1000.0 {
        true => 1e6,
        false => 10.0,
    };
    let rounded = (value * scale).round() / scale;
    match rounded.fract() == 0.0 && rounded.abs() < 9e15 {
        true => Json::from(rounded as i64),
        false => Json::from(rounded),
    }
}

impl Series {
    /// Returns the series as JSON, with estimates of its weeks and a warning.
    #[must_use]
    pub fn json_with(
        &self,
        per: Per,
        estimates: &[EstimatedSeries],
        warning: Option<&str>,
    ) -> Json {
        let mut json = self.json(per);
        let entries = json["weeks"].as_array_mut().into_iter().flatten();
        for (entry, week) in entries.zip(&self.weeks) {
            let of_week = estimates.iter().filter_map(|series| {
                let estimate = series.of(week.week)?;
                Some((series.measure.clone(), of_estimate(estimate)))
            });
            let of_week: Map<String, Json> = of_week.collect();
            let Some(entry) = entry.as_object_mut().filter(|_| !of_week.is_empty()) else {
                continue;
            };
            // The estimates follow the values, before groups and instances.
            let after = ["groups", "instances"].map(|name| (name, entry.shift_remove(name)));
            entry.insert("estimates".to_owned(), of_week.into());
            for (name, value) in after {
                if let Some(value) = value {
                    entry.insert(name.to_owned(), value);
                }
            }
        }
        if let Some(warning) = warning {
            json["warnings"] = json!([warning]);
        }
        json
    }
}

impl CodeGrowth {
    /// Returns the growth as JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        let measures = self.measures.iter();
        let measures: Map<String, Json> = measures
            .map(|measure| (measure.measure.clone(), of_measure(measure)))
            .collect();
        let mut json = json!({
            "code": self.code,
            "from": self.from.to_string(),
            "to": self.to.to_string(),
            "measures": measures,
        });
        if self.window != Period::Week {
            json["window"] = json!(self.window);
        }
        json
    }
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
        "from": of_estimate(&measure.from),
        "to": of_estimate(&measure.to),
        "matched": {
            "instances": matched.instances,
            "from": rounded(matched.from),
            "to": rounded(matched.to),
            "growth": matched.growth().map(rounded),
        },
    })
}

/// Returns an estimate as JSON, or the reason why there is none.
fn of_estimate(estimate: &Result<Estimate, Refusal>) -> Json {
    match estimate {
        Ok(estimate) => json!({
            "value": rounded(estimate.value),
            "low": rounded(estimate.low),
            "high": rounded(estimate.high),
            "observed": rounded(estimate.observed),
            "trusted": estimate.trusted,
            "estimated": estimate.estimated,
        }),
        Err(refusal) => no_estimate(*refusal),
    }
}

/// Returns the reason why there is no estimate as JSON.
fn no_estimate(refusal: Refusal) -> Json {
    json!({ "value": null, "reason": refusal.name(), "message": refusal.to_string() })
}
