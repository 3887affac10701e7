//! The same answers from the runtime.

use std::fmt::Write;

use pings_model::{Registry, Span};
use pings_runtime::{EventLog, MetricReport, Reporter, Url, Week};
use serde_json::Value;

use crate::data::{NAMES, STEPS, TYPED};
use crate::{Answer, From, Work};

/// The runtime on the same event log.
pub struct Measured {
    log: EventLog,
    registries: Vec<(Work, Registry)>,
}

impl Measured {
    /// Opens the event log, and reads the rows before the reported week.
    pub async fn open(url: &Url, last: i64) -> Self {
        let (log, _) = EventLog::init(url).await.unwrap();
        let mut registries: Vec<(Work, Registry)> = Vec::new();
        for (number, (_, work, _)) in crate::WORKS.into_iter().enumerate() {
            if !registries.iter().any(|(known, _)| *known == work) {
                registries.push((work, registry(number, work)));
            }
        }
        for (_, registry) in &registries {
            // The daily totals begin before the windows of the reported week.
            let week: Week = "2021-W03".parse().unwrap();
            let reporter = Reporter::new(&log, registry);
            reporter
                .report(week, week.end(), &mut |_| {})
                .await
                .unwrap();
        }
        let measured = Self { log, registries };
        measured.forget(Work::FirstTime(0), From::Rows, last).await;
        measured
    }

    /// Restores the state before the reported week was read.
    pub async fn forget(&self, work: Work, from: From, last: i64) {
        let days = format!(
            "DELETE FROM pings_days WHERE day >= '2021-01-25'; \
             UPDATE pings_days_read SET read_to = {last}"
        );
        let totals = format!(
            "DELETE FROM pings_total_days WHERE day >= '2021-01-25'; \
             UPDATE pings_totals SET read_to = {last}"
        );
        let sql = match (work, from) {
            (Work::FirstTime(_), _) => format!(
                "DELETE FROM pings_sightings WHERE first_at >= '2021-01-25'; \
                 UPDATE pings_sighted SET read_to = {last}"
            ),
            (Work::AllTime, _) => totals,
            (_, From::NewRows) => days,
            (_, From::KeptNow) => format!(
                "{days}; {totals}; \
                 DELETE FROM pings_span_people WHERE part IN \
                   (SELECT part FROM pings_span_users WHERE span = 'week 2021-01-25'); \
                 DELETE FROM pings_span_users WHERE span = 'week 2021-01-25'"
            ),
            (_, From::Rows | From::Kept) => return,
        };
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
        match self.log.database() {
            pings_runtime::Database::Sqlite(pool) => sql.execute(pool).await.map(|_| ()),
            pings_runtime::Database::Postgres(pool) => sql.execute(&**pool).await.map(|_| ()),
        }
        .unwrap();
    }

    pub async fn answer(&self, work: Work, from: From) -> Answer {
        let (_, registry) = self.registries.iter().find(|(it, _)| *it == work).unwrap();
        let week: Week = "2021-W04".parse().unwrap();
        let mut reporter = Reporter::new(&self.log, registry);
        if matches!(from, From::Rows | From::NewRows) {
            reporter = reporter.exact();
        }
        let report = reporter.report(week, week.end(), &mut |_| {}).await;
        let report = report.unwrap();
        let lines = |metrics: &[MetricReport]| -> Answer {
            let metrics = metrics.iter();
            metrics
                .flat_map(|it| lines(work, &it.code, &serde_json::to_value(it).unwrap()))
                .collect()
        };
        if work == Work::AllTime {
            return lines(&report.windows[0].metrics);
        }
        if work != Work::Windows {
            return lines(&report.metrics);
        }
        let week = (Span::from(week), &report.metrics);
        let windows = report.windows.iter().map(|it| (it.span, &it.metrics));
        let windows = windows.chain([week]).flat_map(|(span, metrics)| {
            let [start, end] = [span.start_unix(), span.end_unix()].map(|seconds| seconds * 1000);
            let lines = lines(metrics).into_iter();
            lines.map(move |line| format!("{start} {end} {line}"))
        });
        windows.collect()
    }
}

/// Returns a registry for a query.
fn registry(number: usize, work: Work) -> Registry {
    let mut yaml = format!("format: 1\nname: bench{number}\ntitle: Bench\nevents:\n");
    for (name, _) in NAMES {
        let args = if TYPED.contains(&name) {
            "{ args: { insightType: { enum: [searchInsights, codeStatsInsights], optional: true } } }"
        } else {
            ""
        };
        writeln!(yaml, "  {name}: {args}").unwrap();
    }
    yaml.push_str(
        "pings:\n  - id: bench\n    section: Bench\n    title: Bench\n    type: fe_event\n    aggregation: weekly\n    added: \"1.0\"\n",
    );
    let metrics: Vec<String> = match work {
        Work::Counts | Work::Windows => NAMES
            .iter()
            .map(|(name, _)| format!("{{ code: {name}, measure: [count, unique_users] }}"))
            .collect(),
        Work::Types => TYPED
            .iter()
            .map(|name| format!("{{ code: {name}, by: [insightType] }}"))
            .collect(),
        Work::AllTime => TYPED
            .iter()
            .map(|name| format!("{{ code: {name} }}"))
            .collect(),
        Work::FirstTime(count) => TYPED
            .iter()
            .take(count)
            .enumerate()
            .map(|(number, name)| {
                format!("{{ code: First{number}, of: {name}, measure: first_time_users }}")
            })
            .collect(),
        Work::Funnel => {
            let steps: Vec<String> = STEPS
                .iter()
                .map(|names| format!("[{}]", names.join(", ")))
                .collect();
            writeln!(
                yaml,
                "    funnels:\n      - {{ code: Funnel, steps: [{}] }}",
                steps.join(", ")
            )
            .unwrap();
            Vec::new()
        }
    };
    if !metrics.is_empty() {
        yaml.push_str("    metrics:\n");
    }
    for metric in metrics {
        writeln!(yaml, "      - {metric}").unwrap();
    }
    if work == Work::Windows {
        let windows = "window: [day, week, days_28, month]";
        yaml = yaml.replace("aggregation: weekly", windows);
    }
    if work == Work::AllTime {
        yaml = yaml.replace("aggregation: weekly", "window: all_time");
    }
    match pings_registry::parse(&yaml) {
        Ok(registry) => registry,
        Err(mistakes) => panic!("{mistakes:?}\n{yaml}"),
    }
}

/// Formats the value of a metric like the baseline.
fn lines(work: Work, code: &str, json: &Value) -> Vec<String> {
    let number = |json: &Value, name: &str| json[name].as_i64().unwrap_or(-1);
    match work {
        Work::Counts | Work::Windows => vec![format!(
            "{:?}",
            (code, number(json, "count"), number(json, "unique_users"))
        )],
        Work::AllTime => vec![format!("{:?}", (code, number(json, "count")))],
        Work::Types => json["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                format!(
                    "{:?}",
                    (code, row["insightType"].as_str(), number(row, "count"))
                )
            })
            .collect(),
        Work::Funnel => json["steps"]
            .as_array()
            .unwrap()
            .iter()
            .zip(1..)
            .map(|(step, place)| {
                format!(
                    "{:?}",
                    (
                        place,
                        number(step, "count"),
                        number(step, "users"),
                        number(step, "reached")
                    )
                )
            })
            .collect(),
        Work::FirstTime(_) => {
            let metric: i64 = code.trim_start_matches("First").parse().unwrap();
            vec![format!("{:?}", (metric, number(json, "first_time_users")))]
        }
    }
}
