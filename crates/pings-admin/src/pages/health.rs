//! Captures and metrics that failed, and the counters of the recorder.

use maud::{Markup, html};
use pings_model::{Aggregation, Metric, Ping, Source};
use pings_payload::{FailureKind, Measured, Week};
use pings_runtime::Counters;

use crate::text::{at, grouped, plain, window};
use crate::value::reason;
use crate::view::{Both, View};
use crate::weeks::{Counted, Numbers};

pub(crate) fn health(view: &View, both: Option<&Both>) -> Markup {
    html! {
        h1 { "Health" }
        @match (view.logged(), both) {
            (Some(logged), Some(both)) => {
                (captures(view, both))
                (failures(view, both))
                (counters(both, &logged.status.counters))
            },
            _ => p { "Gathering is switched off, and there is no event log." },
        }
    }
}

/// A metric in a week or window.
struct Line<'a> {
    metric: &'a Metric,
    window: String,
    measured: &'a Measured,
}

/// Returns the metrics of both weeks and of their windows.
fn lines<'a>(
    view: &'a View,
    both: &'a Both,
    is_wanted: impl Fn(&Ping, &Metric) -> bool,
) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let weeks = [&both.this, &both.last].into_iter().filter_map(counted);
    for payload in weeks.map(|it| &it.payload) {
        for (ping, metric) in view.host.registry.metrics() {
            if !is_wanted(ping, metric) {
                continue;
            }
            let week = payload.metrics.get(&metric.code);
            // A weekly capture is taken after the end of its week.
            let week = week.filter(|it| !is_early(ping, it, payload.week, view));
            let week = week.map(|it| (payload.week.to_string(), it));
            let windows = payload.windows.iter();
            let windows =
                windows.filter_map(|it| Some((window(&it.span), it.metrics.get(&metric.code)?)));
            lines.extend(
                week.into_iter()
                    .chain(windows)
                    .map(|(window, measured)| Line {
                        metric,
                        window,
                        measured,
                    }),
            );
        }
    }
    lines
}

fn is_early(ping: &Ping, measured: &Measured, week: Week, view: &View) -> bool {
    let is_missing = kind(measured) == Some(FailureKind::NotCaptured);
    is_missing && ping.aggregation == Aggregation::Weekly && !week.is_complete(view.state.now)
}

fn counted(numbers: &Numbers) -> Option<&Counted> {
    match numbers {
        Numbers::Counted(counted) => Some(counted),
        Numbers::Uncovered(_) => None,
    }
}

fn kind(measured: &Measured) -> Option<FailureKind> {
    measured.outcome.as_ref().err().map(|failure| failure.kind)
}

fn captures(view: &View, both: &Both) -> Markup {
    let lines = lines(view, both, |_, metric| is_capture(metric));
    html! {
        h2 { "Captures" }
        @if lines.is_empty() {
            p { "No capture has been taken." }
        } @else {
            p { "Captures are queries of the tables of the product." }
            div.wide tabindex="0" role="group" aria-label="Captures" { table.steady {
                thead { tr { th { "Code" } th { "Week" } th { "Taken" } th { "Result" } } }
                tbody { @for line in &lines { tr {
                    th scope="row" { code { (plain(&line.metric.code)) } }
                    td { (line.window) }
                    td { @match line.measured.captured_at { Some(taken) => (at(taken)), None => "–" } }
                    td { (result(line.measured)) }
                } } }
            } }
        }
    }
}

fn is_capture(metric: &Metric) -> bool {
    matches!(metric.source, Source::Capture(_) | Source::Sql(_))
}

fn result(measured: &Measured) -> Markup {
    html! {
        @match &measured.outcome {
            Ok(_) => span class="badge working" { "taken" },
            Err(failure) => {
                @let is_early = failure.kind == FailureKind::NotCaptured;
                span class={ "badge " (if is_early { "absent" } else { "broken" }) } { (reason(failure.kind)) }
                @if !failure.message.is_empty() { div.note dir="auto" { (plain(&failure.message)) } }
            },
        }
    }
}

/// Metrics other than captures that failed.
fn failures(view: &View, both: &Both) -> Markup {
    let mut lines = lines(view, both, |_, metric| !is_capture(metric));
    lines.retain(|line| {
        matches!(
            kind(line.measured),
            Some(
                FailureKind::Schema
                    | FailureKind::Query
                    | FailureKind::TimeLimit
                    | FailureKind::Database
                    | FailureKind::Pruned
            )
        )
    });
    html! {
        h2 { "Other metrics that failed" }
        @if lines.is_empty() {
            p { "None." }
        } @else {
            div.wide tabindex="0" role="group" aria-label="Other metrics that failed" { table.steady {
                thead { tr { th { "Code" } th { "Week" } th { "Reason" } } }
                tbody { @for line in &lines { tr {
                    th scope="row" { code { (plain(&line.metric.code)) } }
                    td { (line.window) }
                    td { (result(line.measured)) }
                } } }
            } }
        }
    }
}

fn counters(both: &Both, all: &Counters) -> Markup {
    let of = |numbers: &Numbers, name: &str| match counted(numbers) {
        Some(it) => grouped(
            &it.payload
                .runtime
                .get(name)
                .copied()
                .unwrap_or(0)
                .to_string(),
        ),
        None => "–".to_owned(),
    };
    html! {
        h2 { "Counters of the recorder" }
        div.wide tabindex="0" role="group" aria-label="Counters of the recorder" { table.steady {
            thead { tr { th { "Counter" } th { "This week" } th { "Last week" } th { "All weeks" } } }
            tbody { @for (name, count) in all.by_name() { tr {
                th scope="row" {
                    code { (name) }
                    div.note { (meaning(name)) }
                }
                td { (of(&both.this, name)) }
                td { (of(&both.last, name)) }
                td { (grouped(&count.to_string())) }
            } } }
        } }
    }
}

fn meaning(counter: &str) -> &'static str {
    match counter {
        "dropped" => {
            "lost events: the queue was full, or neither the database nor the disk accepted them"
        }
        "spilled" => "events that waited in a file while the database was down",
        "write_errors" => "failed attempts to write, which were repeated",
        "rejected" => "events that the database rejected",
        "damaged" => "events in damaged parts of the files",
        "client_refused" => "events of web pages that were refused",
        "client_corrected" => "events of web pages whose clock was wrong",
        "client_dropped" => "events that web pages lost because too many waited",
        "client_rejected" => "events that web pages lost because a request was rejected",
        "client_invalid" => "events of web pages without a JSON form",
        _ => "",
    }
}
