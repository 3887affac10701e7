//! How estimates are written, by `series --estimate` and `growth`.

use pings_store::{Estimate, Refusal};
use serde_json::{Value as Json, json};

/// Returns a number as JSON, as an integer if possible. Estimates are rounded, because their last
/// digits differ between processors.
pub(super) fn rounded(value: f64) -> Json {
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

/// Returns an estimate as JSON, or the reason why there is none.
pub(super) fn json(estimate: &Result<Estimate, Refusal>) -> Json {
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
pub(super) fn no_estimate(refusal: Refusal) -> Json {
    json!({ "value": null, "reason": refusal.name(), "message": refusal.to_string() })
}
