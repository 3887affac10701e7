//! Metrics, by kind.

use pings_model::{Metric, PingType, Source};

use crate::context::Context;
use crate::lower::names::{Names, Owner};
use crate::lower::windows::windows;
use crate::lower::{all_time, capture, event_metric, life, statement, value_metric};
use crate::syntax::RawPing;
use crate::tree::Node;

/// Returns the valid metrics and funnels of a ping.
pub(super) fn metrics(
    raw: &RawPing,
    ping: &Node<'_>,
    owner: Owner,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Vec<Metric> {
    let items = |key| ping.get(key).map(Node::items).unwrap_or_default();
    let mut metrics = Vec::new();
    for (raw, node) in raw.metrics.iter().flatten().zip(items("metrics")) {
        let source = match owner.kind {
            PingType::FeEvent => {
                event_metric::event_metric(raw, node, names, cx).map(Source::Events)
            }
            PingType::BeCapture if raw.sql.is_some() => {
                statement::capture(raw, node, owner, names, cx).map(Source::Sql)
            }
            PingType::BeCapture => {
                capture::capture(raw, node, owner, names, cx).map(Source::Capture)
            }
            PingType::Value => value_metric::value_metric(node, cx).map(Source::Value),
        };
        if let Some(source) = &source {
            all_time::check(node, ping, source, cx);
        }
        metrics.extend(source.map(|source| Metric {
            code: raw.code.clone(),
            title: None,
            note: raw.note.clone(),
            search: raw.search.clone(),
            own_life: life::of_metric(raw),
            windows: windows(node, ping, owner.aggregation),
            source,
        }));
    }
    for (raw, node) in raw.funnels.iter().flatten().zip(items("funnels")) {
        let windows = windows(node, ping, owner.aggregation);
        let funnel = event_metric::funnel(raw, node, windows, names, cx);
        if let Some(funnel) = &funnel {
            all_time::check(node, ping, &funnel.source, cx);
        }
        metrics.extend(funnel);
    }
    metrics
}
