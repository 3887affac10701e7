//! Comparison of metrics: removed, added, moved; and their sources.

use std::collections::HashMap;

use pings_model::{MAIN_DATABASE, Metric, Path, Ping, Registry, Source};

use crate::change::{Change, Kind, Subject, WAITS};
use crate::context::Context;
use crate::location::{MetricRef, PingRef};
use crate::result_columns::new_code;
use crate::{
    capture, event_metric, lifecycle, order, own_life, prose, sensitivity, statement, value_metric,
};

/// For each code, the index of its ping and of its metric in that ping, in both registries.
pub(crate) struct Codes<'a> {
    old: HashMap<&'a str, (usize, usize)>,
    new: HashMap<&'a str, (usize, usize)>,
}

impl<'a> Codes<'a> {
    pub(crate) fn new(old: &'a Registry, new: &'a Registry) -> Self {
        let places = |registry: &'a Registry| {
            let mut places = HashMap::with_capacity(registry.pings().len());
            for (at, ping) in registry.pings().iter().enumerate() {
                for (place, metric) in ping.metrics.iter().enumerate() {
                    places.insert(metric.code.as_str(), (at, place));
                }
            }
            places
        };
        Self {
            old: places(old),
            new: places(new),
        }
    }

    /// Returns the position of a metric in the new registry.
    pub(crate) fn after(&self, code: &str) -> Option<(usize, usize)> {
        self.new.get(code).copied()
    }
}

/// Compares the metrics of a new ping with their old forms and with the metrics of the old ping.
pub(crate) fn compare(
    cx: &mut Context<'_>,
    old: Option<&Ping>,
    placed: PingRef<'_>,
    codes: &Codes<'_>,
) {
    let new = placed.ping;
    for metric in old.into_iter().flat_map(|ping| &ping.metrics) {
        if codes.after(&metric.code).is_none() {
            removed(cx, metric, placed, codes);
        }
    }
    for (at, metric) in new.metrics.iter().enumerate() {
        let coded = MetricRef {
            ping: placed,
            at,
            metric,
        };
        let Some((ping, place)) = codes.old.get(metric.code.as_str()).copied() else {
            if old.is_some() {
                let (path, subject) = coded.key("code");
                let message = format!("metric `{}` was added", metric.code);
                let change = Change::new(Kind::CodeAdded, path, subject, message);
                let help = match metric.own_life.added {
                    Some(_) => WAITS.to_owned(),
                    None => {
                        format!("{WAITS}; name the first version that sends it: `added: \"…\"`")
                    }
                };
                cx.report(change.help(help));
            }
            continue;
        };
        let was = &cx.old.pings()[ping];
        if old.is_none_or(|old| old.id != was.id) {
            moved(cx, was, coded);
        }
        let before = (was, &was.metrics[place]);
        own_life::compare(cx, before, coded, old.is_some_and(|old| old.id == was.id));
        changed(cx, &was.metrics[place], coded);
    }
    if let Some(old) = old {
        let was = old.metrics.iter().map(|it| it.code.as_str());
        let is = new.metrics.iter().map(|it| it.code.as_str());
        order::compare(cx, "codes", was, is, || placed.whole());
    }
}

fn removed(cx: &mut Context<'_>, metric: &Metric, placed: PingRef<'_>, codes: &Codes<'_>) {
    let likely = placed
        .ping
        .metrics
        .iter()
        .find(|new| !codes.old.contains_key(new.code.as_str()) && new.source == metric.source);
    let help = match likely {
        Some(new) => format!(
            "a code is the name of a series and cannot be renamed: keep `{}`, set the first version that no longer sends it: `removed: \"…\"`, and keep `{}` as a new metric",
            metric.code, new.code
        ),
        None => format!(
            "keep `{}`, and set the first version that no longer sends it: `removed: \"…\"`; old instances still send it",
            metric.code
        ),
    };
    let (path, mut subject) = placed.whole();
    subject.code = Some(metric.code.clone());
    let message = format!("metric `{}` was removed", metric.code);
    cx.report(Change::new(Kind::CodeRemoved, path, subject, message).help(help));
}

/// Reports a metric that moved to another ping and therefore has that ping's window and versions.
fn moved(cx: &mut Context<'_>, was: &Ping, coded: MetricRef<'_>) {
    let placed = coded.ping;
    let is = placed.ping;
    let (path, subject) = coded.key("code");
    let code = &coded.metric.code;
    let message = format!("metric `{code}` moved to another ping");
    cx.report(
        Change::new(Kind::CodeMoved, path, subject, message)
            .was(&was.id)
            .is(&is.id),
    );
    let what = format!("metric `{code}`");
    let of_code = |(path, mut subject): (Path, Subject)| {
        subject.code = Some(code.clone());
        (path, subject)
    };
    let key = |key: &str| of_code(placed.key(key));
    lifecycle::aggregation(cx, &what, was.aggregation, is.aggregation, || {
        key("aggregation")
    });
    sensitivity::compare(cx, &what, was.sensitivity, is.sensitivity, || {
        key("sensitivity")
    });
}

fn changed(cx: &mut Context<'_>, old: &Metric, coded: MetricRef<'_>) {
    let Metric {
        code,
        title,
        note,
        search,
        own_life: _,
        windows,
        source,
    } = old;
    let new = coded.metric;
    for (key, was, is) in [
        ("title", title, &new.title),
        ("note", note, &new.note),
        ("search", search, &new.search),
    ] {
        prose::optional(cx, key, was.as_deref(), is.as_deref(), || coded.key(key));
    }
    database(cx, old, coded);
    lifecycle::windows(cx, code, windows, &new.windows, || coded.key("window"));
    match (source, &new.source) {
        (Source::Events(old), Source::Events(new)) => event_metric::compare(cx, old, new, coded),
        (Source::Funnel(old), Source::Funnel(new)) => event_metric::funnel(cx, old, new, coded),
        (Source::Capture(old), Source::Capture(new)) => capture::compare(cx, old, new, coded),
        (Source::Sql(old), Source::Sql(new)) => statement::compare(cx, old, new, coded),
        (Source::Value(old), Source::Value(new)) => value_metric::compare(cx, old, new, coded),
        (old, new) => {
            let message = format!("metric `{code}` has another source");
            let help = format!(
                "give the metric with the new source a new code, and end `{code}` with `removed:`"
            );
            cx.changed(
                Kind::SourceChanged,
                coded.key("code"),
                message,
                source_text(old),
                source_text(new),
                help,
            );
        }
    }
}

/// Compares the databases that captures read.
fn database(cx: &mut Context<'_>, old: &Metric, coded: MetricRef<'_>) {
    let was = cx.old.database_of(old).unwrap_or(MAIN_DATABASE);
    let is = cx.new.database_of(coded.metric).unwrap_or(MAIN_DATABASE);
    let is_capture = matches!(coded.metric.source, Source::Capture(_) | Source::Sql(_));
    if was != is && is_capture {
        let code = &coded.metric.code;
        let message = format!("metric `{code}` reads another database");
        let help = format!(
            "if the other database has the same rows, accept the change; otherwise, {}",
            new_code(code)
        );
        let key = match coded.metric.source {
            Source::Sql(_) => "database",
            _ => "from",
        };
        cx.changed(Kind::FromChanged, coded.key(key), message, was, is, help);
    }
}

fn source_text(source: &Source) -> &'static str {
    match source {
        Source::Events(_) => "events",
        Source::Funnel(_) => "a funnel",
        Source::Capture(_) => "tables",
        Source::Sql(_) => "hand-written SQL",
        Source::Value(_) => "a value that the product sets",
    }
}
