//! A series as JSON.

use pings_model::{Broken, Period};
use serde_json::{Map, Value as Json, json};

use super::answer::Series;
use super::week::{Instances, Values};
use crate::analysis::numbers::number;

/// How the values of a series were changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Per {
    /// The values are those of the instances together.
    #[default]
    Fleet,
    /// Sums were divided by the number of trusted instances.
    Instance,
    /// The values are shares of the users who reached the first step of a funnel.
    FirstStep,
}

impl Series {
    /// Returns the series as JSON.
    #[must_use]
    pub fn json(&self, per: Per) -> Json {
        json(self, per)
    }
}

fn json(series: &Series, per: Per) -> Json {
    let measures = series.measures.iter();
    let measures: Map<String, Json> = measures
        .map(|(name, together)| {
            let combined = match per {
                Per::FirstStep => "share of step 1",
                Per::Fleet | Per::Instance => together.name(),
            };
            (name.clone(), combined.into())
        })
        .collect();
    let weeks = series.weeks.iter().map(|week| {
        let mut object = Map::new();
        object.insert("week".to_owned(), week.week.to_string().into());
        if series.window != Period::Week {
            let [start, end] = week.window.borders();
            // All time begins on another day for each instance.
            if series.window != Period::AllTime {
                object.insert("start".to_owned(), start.into());
            }
            object.insert("end".to_owned(), end.into());
        }
        object.insert("complete".to_owned(), week.is_complete.into());
        // A sum over the steps of a funnel has no meaning.
        if series.by.as_deref() != Some("step") {
            object.insert("values".to_owned(), values(series, &week.values));
            if let Some(all) = &week.all {
                object.insert("all".to_owned(), values(series, all));
            }
        }
        if let Some(by) = &series.by {
            let groups = week.groups.iter().map(|group| {
                let mut object = Map::new();
                object.insert(by.clone(), group.value.clone());
                object.insert("values".to_owned(), values(series, &group.values));
                if let Some(all) = &group.all {
                    object.insert("all".to_owned(), values(series, all));
                }
                Json::from(object)
            });
            object.insert("groups".to_owned(), groups.collect());
        }
        object.insert("instances".to_owned(), instances(&week.instances));
        Json::from(object)
    });
    let mut json = json!({
        "code": series.code,
        "measures": measures,
        "by": series.by,
        "per_trusted_instance": per == Per::Instance,
        "weeks": weeks.collect::<Vec<_>>(),
    });
    if series.window != Period::Week {
        json["window"] = json!(series.window);
    }
    json
}

fn values(series: &Series, values: &Values) -> Json {
    let named = series.measures.iter().zip(values);
    let named = named.map(|((name, _), value)| (name.clone(), value.map_or(Json::Null, number)));
    Json::from(named.collect::<Map<String, Json>>())
}

fn instances(of: &Instances) -> Json {
    let broken = |all: &[(Broken, u64)]| {
        let all = all.iter().map(|(broken, count)| {
            json!({
                "versions": broken.versions.to_string(),
                "reason": broken.reason,
                "fix": broken.fix,
                "instances": count,
            })
        });
        all.collect::<Vec<Json>>()
    };
    let failed = of.failed.iter();
    let failed: Map<String, Json> = failed
        .map(|(kind, count)| (kind.name().to_owned(), (*count).into()))
        .collect();
    json!({
        "known": of.known(),
        "trusted": of.trusted,
        "broken": broken(&of.broken),
        "partly_broken": broken(&of.partly_broken),
        "failed": failed,
        "without": of.without,
        "absent": of.absent,
        "partly_absent": of.partly_absent,
        "unreleased": of.unreleased,
        "unknown_version": of.unknown_version,
        "unknown_registry": of.unknown_registry,
        "not_running": of.not_running,
        "silent": of.silent,
    })
}
