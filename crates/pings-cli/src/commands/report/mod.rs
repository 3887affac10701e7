//! `pings report`

pub(crate) mod metric;
mod trend;

use std::process::ExitCode;

use pings_model::{Metric, Period, Ping, Registry, Span, Trust};
use pings_runtime::{EventLog, MetricReport, Progress, Report, Reporter, Week};
use serde_json::Value as Json;
use time::{Date, OffsetDateTime};

use crate::arguments::{Common, Report as Arguments};
use crate::commands::inputs::{event_log, moment, optional_version, registry, week};
use crate::failure::{Failure, Outcome};
use crate::output::{self, BAD, BOLD, CAREFUL, DIM, styled};
use crate::progress;

use trend::Trend;

pub(crate) async fn run(common: &Common, arguments: &Arguments) -> Outcome {
    let registry = registry(common)?;
    let now = match &arguments.now {
        Some(now) => moment(now)?,
        None => OffsetDateTime::now_utc(),
    };
    let week = week(arguments.week.as_deref(), arguments.running, now)?;
    if !arguments.running && !week.is_complete(now) {
        return Err(Failure::Input(format!(
            "{week} is not over yet\nhelp: use `pings report --running` for the running week up to now"
        )));
    }
    let log = event_log(common).await?;
    if arguments.recount {
        log.recount().await?;
    }
    let mut reports = Vec::new();
    let bar = progress::bar("Reporting");
    for back in (0..arguments.weeks).rev() {
        reports.push(reported(&log, &registry, arguments, week.back(back), now, &bar).await?);
    }
    // A first program has just recorded its first events.
    let is_empty = reports.last().is_some_and(|report| !report.is_running);
    let running = match arguments.week {
        None if is_empty && !arguments.running => {
            let week = Week::containing(now);
            Some(reported(&log, &registry, arguments, week, now, &bar).await?)
        }
        _ => None,
    };
    bar.finish_and_clear();
    log.close().await;
    let Some(report) = reports.last() else {
        return Ok(ExitCode::SUCCESS);
    };
    if common.is_json() {
        let json = match reports.as_slice() {
            [only] => serde_json::to_value(only),
            all => serde_json::to_value(all),
        };
        output::say_json(&json.unwrap_or_default());
    } else {
        output::say(&text(&registry, report, &reports).join("\n"));
    }
    if let Some(running) = running.filter(has_data) {
        output::complain(&format!(
            "note: there is no data of {}, the last complete week, but of {}, which is not over yet\n\
             help: show it with `pings report --running`",
            report.week, running.week
        ));
    }
    Ok(ExitCode::SUCCESS)
}

async fn reported(
    log: &EventLog,
    registry: &Registry,
    arguments: &Arguments,
    week: Week,
    now: OffsetDateTime,
    bar: &indicatif::ProgressBar,
) -> Result<Report, Failure> {
    let mut reporter = Reporter::new(log, registry);
    if let Some(version) = optional_version(arguments.product_version.as_deref())? {
        reporter = reporter.at_version(version);
    }
    if arguments.exact {
        reporter = reporter.exact();
    }
    let report = reporter
        .report(week, now, &mut |progress| {
            let (done, total) = match progress {
                Progress::Reading { done, total } => (done, total),
                Progress::Measuring { done, total } => (done as u64, total as u64),
            };
            bar.set_length(total);
            bar.set_position(done);
        })
        .await?;
    Ok(report)
}

/// Returns whether a number of the report is not zero.
fn has_data(report: &Report) -> bool {
    fn is_some(json: &Json) -> bool {
        match json {
            Json::Number(number) => number.as_f64() != Some(0.0),
            Json::Array(values) => values.iter().any(is_some),
            Json::Object(members) => members.values().any(is_some),
            Json::Null | Json::Bool(_) | Json::String(_) => false,
        }
    }
    let windows = report.windows.iter().flat_map(|window| &window.metrics);
    report.metrics.iter().chain(windows).any(|metric| {
        let json = serde_json::from_str::<Json>(&metric.json());
        json.is_ok_and(|json| is_some(&json))
    })
}

/// Returns the report as text.
fn text(registry: &Registry, report: &Report, reports: &[Report]) -> Vec<String> {
    let mut lines = vec![
        styled(BOLD, registry.title()),
        heading(report),
        String::new(),
    ];
    for ping in registry.pings() {
        let metrics = ping.metrics.iter();
        let blocks: Vec<metric::Block> = metrics
            .flat_map(|metric| blocks(&metric.code, report, reports))
            .collect();
        if blocks.is_empty() {
            continue;
        }
        lines.push(styled(BOLD, &ping.title));
        let metrics = ping.metrics.iter();
        let reported = metrics.filter(|metric| {
            let windows = report.windows.iter().flat_map(|window| &window.metrics);
            let mut metrics = report.metrics.iter().chain(windows);
            metrics.any(|it| it.code == metric.code)
        });
        lines.extend(doubts(ping, reported, report));
        lines.extend(metric::lines(&blocks));
        lines.push(String::new());
    }
    if report.metrics.is_empty() && report.windows.is_empty() {
        if registry.pings().is_empty() {
            lines.push("The registry has no pings yet.".to_owned());
            lines.push("help: add the first one with `pings new`".to_owned());
        } else {
            lines.push("No metric of the registry exists at this version.".to_owned());
            lines.push("help: use another --product-version".to_owned());
        }
        lines.push(String::new());
    }
    lines.extend(counters(report));
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Returns the lines of a metric in the week, followed by those in its other windows.
fn blocks(code: &str, report: &Report, reports: &[Report]) -> Vec<metric::Block> {
    let of = |metrics: &'_ [MetricReport]| metrics.iter().position(|it| it.code == code);
    let week = of(&report.metrics).map(|place| {
        let trend = Trend::new(reports, code);
        let window = (report.is_running, "week");
        metric::block(&report.metrics[place], code.to_owned(), window, &trend)
    });
    let windows = report.windows.iter().filter_map(|window| {
        let metric = &window.metrics[of(&window.metrics)?];
        let label = format!("{code}, {}", window_name(&window.span));
        let kind = match window.span.period() {
            Period::Day => "day",
            _ => "window",
        };
        let kind = (report.is_running, kind);
        Some(metric::block(metric, label, kind, &Trend::new(&[], code)))
    });
    week.into_iter().chain(windows).collect()
}

/// Returns a window with its first day.
pub(crate) fn window_name(span: &Span) -> String {
    let start = span.start().date();
    match span.period() {
        Period::Day => day(start),
        Period::Week | Period::WeekFromSaturday | Period::WeekFromSunday => {
            format!("week from {start}")
        }
        Period::Days28 => format!("28 days from {start}"),
        Period::Month => format!("{} {}", start.month(), start.year()),
        Period::AllTime => format!("all time from {start}"),
    }
}

fn heading(report: &Report) -> String {
    let last = report.week.end().date().previous_day().unwrap_or(Date::MAX);
    let mut heading = format!(
        "Week {}, {} to {} (UTC)",
        report.week,
        day(report.week.start().date()),
        day(last)
    );
    if let Some(version) = report.version {
        heading += &format!(", version {version}");
    }
    if !report.is_running {
        heading += &format!(
            "; {}",
            styled(
                CAREFUL,
                "the product was not running, so nothing is counted"
            )
        );
    }
    if !report.is_complete {
        heading += &format!("; {}", styled(CAREFUL, "not over yet"));
    }
    if let Some(doubt) = unversioned(report) {
        heading += &format!("; {}", styled(CAREFUL, doubt));
    }
    heading
}

/// Returns a warning if events have no readable version.
fn unversioned(report: &Report) -> Option<&'static str> {
    if report.has_unversioned {
        return Some("some events have no readable version, so the store does not trust the week");
    }
    let mut windows = report.windows.iter();
    windows.any(|window| window.has_unversioned).then_some(
        "some events of earlier weeks have no readable version, so the store does not trust windows with them",
    )
}

fn day(date: Date) -> String {
    let weekday = date.weekday().to_string();
    format!("{} {date}", weekday.get(..3).unwrap_or(&weekday))
}

/// Returns warnings if numbers of a ping are not trusted, because of a version of the week or of
/// another window. A range of a metric names its code.
fn doubts<'r>(
    ping: &Ping,
    metrics: impl Iterator<Item = &'r Metric>,
    report: &Report,
) -> Vec<String> {
    let mut doubts = Vec::new();
    for metric in metrics {
        let is_here = |metrics: &[MetricReport]| metrics.iter().any(|it| it.code == metric.code);
        let week = (String::new(), report.versions.iter().chain(&report.version));
        let others = report.windows.iter().filter(|it| is_here(&it.metrics));
        let others = others.map(|it| {
            let name = format!(", {}", window_name(&it.span));
            (name, it.versions.iter().chain(&None))
        });
        let week = is_here(&report.metrics).then_some(week);
        let mut of_week = None;
        for (window, mut versions) in week.into_iter().chain(others) {
            let broken = versions.find_map(|version| match ping.life(metric).trust(*version) {
                Trust::Broken(broken) => Some(broken),
                _ => None,
            });
            let Some(broken) = broken else { continue };
            if of_week == Some(broken) {
                continue;
            }
            let is_own = metric.own_life.broken.contains(broken);
            let name = match (is_own, window.strip_prefix(", ")) {
                (true, _) => format!("{}{window} is ", metric.code),
                (false, Some(window)) => format!("{window} is "),
                (false, None) => String::new(),
            };
            if window.is_empty() {
                of_week = Some(broken);
            }
            let reason = broken.reason.as_deref().unwrap_or("no reason given");
            let versions = broken.versions;
            let text = format!("  {name}not trusted, broken in {versions}: {reason}");
            let doubt = styled(BAD, &text);
            if !doubts.contains(&doubt) {
                doubts.push(doubt);
            }
        }
    }
    doubts
}

/// Returns the recorder's counters of dropped, spilled, rejected or damaged events, if there are
/// any.
fn counters(report: &Report) -> Option<String> {
    let counted: Vec<String> = report
        .runtime
        .by_name()
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{name} {}", output::number(&count.into())))
        .collect();
    (!counted.is_empty()).then(|| {
        format!(
            "{} {}",
            styled(CAREFUL, "The recorder:"),
            styled(DIM, &counted.join(", "))
        )
    })
}
