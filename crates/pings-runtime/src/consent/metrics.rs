//! The metrics that were agreed to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::{Metric, Ping, Registry, Sensitivity, ValueDomain, ValueType};
use pings_sql::{Role, columns};
use serde_json::json;
use time::OffsetDateTime;

use super::history::{damaged, read_since, written_since};
use super::switches::Switch;

/// A metric that was agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedMetric {
    /// The parts that it may carry: its dimensions, `by NAME`, its measures,
    /// and its windows other than the week, `window NAME`.
    pub carries: BTreeSet<String>,
    /// When the metric was agreed to; `None` if that was before anything was logged.
    pub since: Option<OffsetDateTime>,
    /// The origin of the decision.
    pub agreed_by: String,
    /// The fingerprint of the registry at that time.
    pub fingerprint: String,
}

/// The metrics that were agreed to, each by the switch of its sensitivity and its code.
pub(super) type AgreedMetrics = BTreeMap<(Switch, String), AgreedMetric>;

/// Returns the parts of a metric that leave the instance.
///
/// A metric that gains a dimension, a measure or a window carries more than before. A dimension with free
/// text is withheld, unless its ping is identifying.
pub(super) fn carries(registry: &Registry, ping: &Ping, metric: &Metric) -> BTreeSet<String> {
    let is_identifying = ping.sensitivity == Sensitivity::Identifying;
    let dimensions = ValueDomain::of(registry, metric)
        .into_iter()
        .filter_map(|it| {
            let (name, texts) = it;
            let restrictions = restrictions(metric, name);
            match texts {
                ValueDomain::Free => {
                    is_identifying.then(|| format!("by {name} (free text){restrictions}"))
                }
                _ => Some(format!("by {name}{restrictions}")),
            }
        });
    let measures = columns(metric)
        .into_iter()
        .filter(|column| column.role == Role::Measure)
        .map(|column| column.name);
    let windows = metric.other_windows().map(|it| format!("window {it}"));
    dimensions.chain(measures).chain(windows).collect()
}

/// Returns how the metric restricts the values of a dimension: to ranges, to groups of a size.
fn restrictions(metric: &Metric, name: &str) -> String {
    let mut text = String::new();
    let ranges = metric.ranges().into_iter();
    for (_, ranges) in ranges.filter(|(of, _)| *of == name) {
        let bounds = ranges.bounds().join(", ");
        let _ = write!(text, "{RESTRICTED}ranges of {bounds}");
    }
    if let Some(least) = metric.min_group() {
        let _ = write!(text, "{RESTRICTED}groups of {least} or more");
    }
    text
}

/// Returns whether somebody agreed to a part: to this part, or to the same part without restrictions.
pub(super) fn covers(agreed: &BTreeSet<String>, part: &str) -> bool {
    let unrestricted = part.split(RESTRICTED).next().unwrap_or(part);
    agreed.contains(part) || agreed.contains(unrestricted)
}

/// What stands before each restriction of a dimension.
const RESTRICTED: &str = ", only ";

pub(super) async fn load(tx: &mut Transaction) -> Result<AgreedMetrics> {
    let sql =
        "SELECT switch, code, carries, since, agreed_by, fingerprint FROM pings_consent_metrics";
    let mut metrics = AgreedMetrics::new();
    for row in tx.rows(sql, &[], &[ValueType::Text; 6]).await? {
        let Ok(
            [
                Cell::Text(switch),
                Cell::Text(code),
                Cell::Text(carries),
                Cell::Text(since),
                Cell::Text(agreed_by),
                Cell::Text(fingerprint),
            ],
        ) = <[Cell; 6]>::try_from(row)
        else {
            return Err(damaged());
        };
        if let Some(switch) = Switch::ALL.into_iter().find(|it| it.name() == switch) {
            let metric = AgreedMetric {
                carries: serde_json::from_str(&carries).map_err(|_| damaged())?,
                since: read_since(&since)?,
                agreed_by,
                fingerprint,
            };
            metrics.insert((switch, code), metric);
        }
    }
    Ok(metrics)
}

/// Records the agreement to a metric, and replaces an earlier one.
pub(super) async fn save(
    tx: &mut Transaction,
    switch: Switch,
    code: &str,
    metric: &AgreedMetric,
) -> Result<()> {
    let sql = "INSERT INTO pings_consent_metrics (switch, code, carries, since, agreed_by, fingerprint) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (switch, code) DO UPDATE \
               SET carries = excluded.carries, since = excluded.since, \
                   agreed_by = excluded.agreed_by, fingerprint = excluded.fingerprint";
    let carries = json!(metric.carries).to_string();
    let since = written_since(metric.since);
    let binds = [
        Bind::Text(switch.name()),
        Bind::Text(code),
        Bind::Text(&carries),
        Bind::Text(&since),
        Bind::Text(&metric.agreed_by),
        Bind::Text(&metric.fingerprint),
    ];
    tx.run(sql, &binds).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{carries, covers};

    const OF_EVENTS: [&str; 3] = ["fe_event", "weekly", "code: Post, by: [size]"];

    const OF_TABLE: [&str; 3] = [
        "be_capture",
        "total",
        "code: Posts, from: post, by: { size: post.size }",
    ];

    fn parts([ty, aggregation, metric]: [&str; 3], options: &str) -> BTreeSet<String> {
        let text = format!(
            "format: 1\nname: desk\ntitle: Desk\nevents:\n  Post: {{ args: {{ size: integer }} }}\n\
             tables:\n  post: {{ id: integer, size: integer }}\n\
             pings:\n  - id: posts\n    section: Posts\n    title: Posts\n    type: {ty}\n    \
             aggregation: {aggregation}\n    added: \"1.0\"\n    metrics: [{{ {metric}{options} }}]\n"
        );
        let registry = pings_registry::parse(&text).expect("a registry");
        let (ping, metric) = registry.metrics().next().expect("a metric");
        carries(&registry, ping, metric)
    }

    fn check(metric: [&str; 3], cases: &[(&str, &str, bool)]) {
        for (agreed, now, is_covered) in cases {
            let (agreed, now) = (parts(metric, agreed), parts(metric, now));
            let covered = now.iter().all(|part| covers(&agreed, part));
            assert_eq!(covered, *is_covered, "{agreed:?} {now:?}");
            assert!(now.iter().all(|part| covers(&now, part)));
        }
    }

    #[test]
    fn another_window_needs_a_new_agreement() {
        check(
            OF_EVENTS,
            &[
                ("", ", window: week", true),
                ("", ", window: [week, month]", false),
                (", window: [week, month]", ", window: month", true),
                (", window: month", ", window: [day, month]", false),
            ],
        );
    }

    #[test]
    fn a_lifted_restriction_needs_a_new_agreement() {
        check(
            OF_EVENTS,
            &[
                ("", ", min_group: 5", true),
                (", min_group: 5", "", false),
                (", min_group: 5", ", min_group: 2", false),
            ],
        );
        // A small group of a table needs a text in place of its number.
        let both = ", bucket: { size: [10] }, min_group: 5";
        let bucket = ", bucket: { size: [10] }";
        for metric in [OF_EVENTS, OF_TABLE] {
            check(
                metric,
                &[
                    ("", bucket, true),
                    ("", both, true),
                    (bucket, "", false),
                    (bucket, ", bucket: { size: [9, 10] }", false),
                    (both, bucket, false),
                    (both, ", bucket: { size: [10] }, min_group: 2", false),
                    (both, "", false),
                ],
            );
        }
    }
}
