//! The findings as JSON.

use pings_model::Version;
use serde_json::{Value as Json, json};

use super::Findings;

impl Findings {
    /// Returns the findings as JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        let broken = self.broken.iter().map(|entry| {
            let breaks = entry.breaks.iter().map(|found| {
                let it = &found.evidence;
                let before: Vec<String> = it.before.iter().map(Version::to_string).collect();
                json!({
                    "code": found.code,
                    "group": found.group.as_deref().and_then(json_of),
                    "measure": found.measure,
                    "symptom": found.symptom.name(),
                    "versions": found.versions.to_string(),
                    "factor": found.factor,
                    "evidence": {
                        "instances": it.instances,
                        "agreeing": it.agreeing,
                        "versions_before": before,
                        "version_after": it.after.to_string(),
                        "first_week": it.weeks.0.to_string(),
                        "last_week": it.weeks.1.to_string(),
                        "value_before": it.value_before,
                        "value_after": it.value_after,
                        "other_codes": it.others,
                    },
                })
            });
            json!({
                "ping": entry.ping,
                "code": entry.code,
                "versions": entry.versions.to_string(),
                "entry": entry.yaml,
                "breaks": breaks.collect::<Vec<_>>(),
            })
        });
        let changed = self.changed.iter().map(|change| {
            let codes = change.codes.iter().map(
                |(code, before, after)| json!({ "code": code, "before": before, "after": after }),
            );
            json!({
                "instance": change.instance,
                "week": change.week.to_string(),
                "revision": change.revision,
                "codes": codes.collect::<Vec<_>>(),
            })
        });
        let conflicts = self.conflicts.iter().map(|conflict| {
            let weeks: Vec<String> = conflict.weeks.iter().map(ToString::to_string).collect();
            json!({ "instance": conflict.instance, "weeks": weeks })
        });
        let twins = self.twins.iter().map(|twins| {
            let weeks: Vec<String> = twins.weeks.iter().map(ToString::to_string).collect();
            json!({ "instances": twins.instances, "weeks": weeks })
        });
        let silent = self.silent.iter().map(|silence| {
            json!({
                "instance": silence.instance,
                "last_week": silence.last.to_string(),
                "weeks": silence.weeks,
                "version": silence.version.map(|version| version.to_string()),
                "events_a_week": silence.events,
            })
        });
        json!({
            "first_week": self.weeks.map(|(first, _)| first.to_string()),
            "last_week": self.weeks.map(|(_, last)| last.to_string()),
            "instances": self.instances,
            "broken": broken.collect::<Vec<_>>(),
            "changed": changed.collect::<Vec<_>>(),
            "conflicts": conflicts.collect::<Vec<_>>(),
            "twins": twins.collect::<Vec<_>>(),
            "silent": silent.collect::<Vec<_>>(),
        })
    }
}

fn json_of(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok()
}
