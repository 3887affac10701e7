//! The impact as JSON.

use serde_json::{Value as Json, json};

use super::Impact;

impl Impact {
    /// Returns the impact as JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        let healing = &self.healing;
        let weeks = self.weeks.iter().map(|week| {
            json!({
                "week": week.week.to_string(),
                "touched": week.touched,
                "instances": week.instances,
                "touched_events": week.touched_events,
                "events": week.events,
            })
        });
        let reached = healing.reached.iter().map(|it| {
            json!({
                "part": it.part,
                "week": it.week.map(|week| week.to_string()),
                "weeks_after_fix": it.weeks,
                "observed": it.is_observed,
            })
        });
        json!({
            "versions": self.broken.versions.to_string(),
            "reason": self.broken.reason,
            "fix": self.broken.fix,
            "instances": self.instances,
            "all_instances": self.all_instances,
            "share_of_instance_weeks": self.share_of_instance_weeks(),
            "share_of_events": self.share_of_events(),
            "weeks": weeks.collect::<Vec<_>>(),
            "incomplete": self.incomplete.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "healing": {
                "fixed_by": healing.fixed_by.map(|version| version.to_string()),
                "appeared": healing.appeared.map(|week| week.to_string()),
                "share": healing.share,
                "reached": reached.collect::<Vec<_>>(),
            },
            "uptake": {
                "versions": healing.curve.versions,
                "observed": healing.curve.observed,
                "weibull": healing.curve.fitted.map(|(scale, shape)| json!({ "scale": scale, "shape": shape })),
            },
        })
    }
}
