//! A series in formats for programs and spreadsheets.

use pings_model::{Broken, Period};
use pings_store::{Instances, Series, Together, Values};
use serde_json::{Map, Value as Json, json};

use super::shown::{Shown, number};
use crate::commands::store::entry;
use crate::commands::store::estimated::{self, rounded};
use crate::output;

/// Returns a series as JSON.
pub(super) fn json(shown: &Shown<'_>) -> Json {
    let series = &shown.series;
    let measures = series.measures.iter();
    let measures: Map<String, Json> = measures
        .map(|(name, together)| (name.clone(), shown.combined(*together).into()))
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
        let estimates = series.measures.iter();
        let estimates: Map<String, Json> = estimates
            .filter_map(|(name, _)| {
                let estimate = shown.estimate(name, week)?;
                Some((name.clone(), estimated::json(estimate)))
            })
            .collect();
        if !estimates.is_empty() {
            object.insert("estimates".to_owned(), estimates.into());
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
        "per_trusted_instance": shown.is_mean,
        "weeks": weeks.collect::<Vec<_>>(),
    });
    if series.window != Period::Week {
        json["window"] = json!(series.window);
    }
    if let Some(warning) = &shown.warning {
        json["warnings"] = json!([warning]);
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

/// Returns a series as CSV, with a line for each week or for each week and group.
pub(super) fn csv(shown: &Shown<'_>) -> String {
    let series = &shown.series;
    let mut head = vec!["week".to_owned()];
    let has_window = series.window != Period::Week;
    if has_window {
        head.extend(["start", "end"].map(str::to_owned));
    }
    head.extend(series.by.as_deref().map(output::cell));
    head.extend(series.measures.iter().map(|(name, together)| {
        let is_mean = shown.is_mean && *together == Together::Sum;
        let per = if is_mean { "_per_trusted_instance" } else { "" };
        output::cell(&format!("{name}{per}"))
    }));
    let has_all = series.weeks.iter().any(|week| week.all.is_some());
    if has_all {
        let names = series.measures.iter();
        head.extend(names.map(|(name, _)| format!("all_{name}")));
    }
    for estimates in &shown.estimates {
        let parts = ["estimate", "low", "high", "observed"].iter();
        head.extend(parts.map(|part| output::cell(&format!("{}_{part}", estimates.measure))));
    }
    for name in [
        "trusted",
        "broken",
        "partly_broken",
        "failed",
        "without",
        "absent",
        "partly_absent",
        "unreleased",
        "unknown_version",
        "unknown_registry",
        "not_running",
        "silent",
    ] {
        head.push(format!("instances_{name}"));
    }
    head.push("complete".to_owned());
    let mut lines = vec![head];
    for week in &series.weeks {
        let of = &week.instances;
        let counts = [
            of.trusted,
            of.all_broken(),
            of.all_partly_broken(),
            of.all_failed(),
            of.without,
            of.absent,
            of.partly_absent,
            of.unreleased,
            of.unknown_version,
            of.unknown_registry,
            of.not_running,
            of.silent,
        ];
        let line = |group: Option<&Json>, values: &Values, all: Option<&Values>| {
            let mut line = vec![week.week.to_string()];
            if has_window {
                let [start, end] = week.window.borders();
                let is_all = series.window == Period::AllTime;
                line.extend([Some(start).filter(|_| !is_all).unwrap_or_default(), end]);
            }
            line.extend(group.map(|value| match value {
                Json::String(text) => output::cell(text),
                Json::Null => String::new(),
                other => other.to_string(),
            }));
            let numbers = values.iter().chain(all.into_iter().flatten());
            line.extend(numbers.map(|it| it.map_or(String::new(), |it| number(it).to_string())));
            for estimates in &shown.estimates {
                let estimate = shown.estimate(&estimates.measure, week);
                let estimate = estimate.and_then(|it| it.as_ref().ok());
                let parts = estimate.map(|it| [it.value, it.low, it.high, it.observed]);
                line.extend(match parts {
                    Some(parts) => parts.map(|part| rounded(part).to_string()),
                    None => Default::default(),
                });
            }
            line.extend(counts.map(|count| count.to_string()));
            line.push(week.is_complete.to_string());
            line
        };
        if series.by.is_none() {
            lines.push(line(None, &week.values, week.all.as_ref()));
        } else if week.groups.is_empty() {
            let nothing = vec![None; series.measures.len()];
            let all = has_all.then_some(&nothing);
            lines.push(line(Some(&Json::Null), &nothing, all));
        }
        for group in &week.groups {
            lines.push(line(Some(&group.value), &group.values, group.all.as_ref()));
        }
    }
    entry::csv(&lines)
}
