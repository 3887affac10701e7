//! `pings store impact`

use std::process::ExitCode;

use pings_model::VersionRange;
use pings_store::{Curve, Impact, RolloutEta};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;

use super::opened::open_by;
use super::remarks;
use crate::arguments::Common;
use crate::arguments::store::Impact as Arguments;
use crate::commands::inputs::{metric, registry};
use crate::failure::{Failure, Outcome};
use crate::output::counted;
use crate::output::{self, Align, BAD, BOLD, CAREFUL, DIM, GOOD, Table, styled};

/// The width of the bar for all instances.
const BAR: usize = 20;

/// The maximum number of weeks that are listed individually.
const WEEKS: usize = 30;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    let registry = registry(common)?;
    let (ping, metric) = metric(&registry, &arguments.code)?;
    let life = ping.life(metric);
    let supposed = arguments.versions.as_deref().map(range).transpose()?;
    let store = open_by(database, &registry).await?;
    let impacts = store
        .impact(
            &registry,
            &metric.code,
            supposed,
            Some(OffsetDateTime::now_utc()),
        )
        .await?;
    let left_out = store.left_out(Some(&registry), None).await?;
    store.close().await;
    if common.is_json() {
        let impacts: Vec<Json> = impacts.iter().map(Impact::json).collect();
        let mut json =
            json!({ "code": metric.code, "supposed": supposed.is_some(), "breakages": impacts });
        left_out.add_to(&mut json);
        output::say_json(&json);
        return Ok(ExitCode::SUCCESS);
    }
    let title = metric.title.as_deref().unwrap_or(&ping.title);
    let mut lines = vec![format!("{}  {title}", styled(BOLD, &metric.code))];
    if supposed.is_none() && life.broken().next().is_none() {
        lines.push("  The registry declares no broken range for it.".to_owned());
        let added = life.added();
        lines.push(format!("  help: use --versions {added}+ to assume a range"));
    } else if impacts.is_empty() {
        lines.push("  The store has no payloads yet.".to_owned());
    }
    for impact in &impacts {
        lines.push(String::new());
        lines.extend(told(impact, supposed.is_some()));
    }
    if let Some(impact) = impacts.first() {
        lines.push(String::new());
        lines.extend(impact.incomplete.iter().map(|week| {
            let left_out = "left out, because too few instances have sent this week so far";
            format!("  {} {left_out}", styled(CAREFUL, &format!("{week}:")))
        }));
        lines.extend(uptake(&impact.healing.curve));
    }
    lines.extend(remarks::left_out(&left_out));
    output::say(&lines.join("\n"));
    Ok(ExitCode::SUCCESS)
}

fn range(text: &str) -> Result<VersionRange, Failure> {
    text.parse().map_err(|error| {
        Failure::Input(format!(
            "`{text}` is not a range of versions: {error}\nhelp: use a range such as 3.31-3.35.0 or 3.36+"
        ))
    })
}

/// Returns the impact of a broken range as text.
fn told(impact: &Impact, is_supposed: bool) -> Vec<String> {
    let reason = impact.broken.reason.as_deref().unwrap_or_default();
    let versions = match is_supposed {
        true => format!("if {} were broken", impact.broken.versions),
        false => format!("broken in {}", impact.broken.versions),
    };
    let mut lines = vec![
        format!("  {}  {reason}", styled(BAD, &versions))
            .trim_end()
            .to_owned(),
    ];
    let (Some(first), Some(last)) = (impact.weeks.first(), impact.weeks.last()) else {
        lines.push("  No instance ever had one of these versions.".to_owned());
        lines.extend(healing(impact));
        return lines;
    };
    lines.push(format!(
        "  {} to {}: affected {} of {}, {} of the instance weeks, {} of the events",
        first.week,
        last.week,
        output::number(&impact.instances.into()),
        counted(impact.all_instances, "instance", "instances"),
        percent(impact.share_of_instance_weeks()),
        percent(impact.share_of_events()),
    ));
    lines.push(String::new());
    use Align::{Left, Right};
    let mut table = Table::new(&[Left, Left, Right, Right], 4);
    let head = ["week", "instances", "", "events"];
    table.row(head.iter().map(|it| styled(DIM, it)).collect());
    let skipped = impact.weeks.len().saturating_sub(WEEKS);
    for week in impact.weeks.iter().skip(skipped) {
        let part = week.touched as f64 / week.instances.max(1) as f64;
        let events = week.touched_events as f64 / week.events.max(1) as f64;
        table.row(vec![
            week.week.to_string(),
            styled(BAD, &output::bar(part, 1.0, BAR)),
            format!("{} of {}", week.touched, week.instances),
            percent(events),
        ]);
    }
    lines.extend(table.lines());
    if skipped > 0 {
        let skipped = counted(skipped as u64, "earlier week", "earlier weeks");
        lines.push(format!("    {skipped}: use --format json to show them"));
    }
    lines.push(String::new());
    lines.extend(healing(impact));
    lines
}

fn healing(impact: &Impact) -> Vec<String> {
    let healing = &impact.healing;
    let mut lines = Vec::new();
    lines.push(match (healing.fixed_by, healing.appeared) {
        (Some(version), Some(week)) => format!(
            "  {} appeared in {week}; {} of the instances have this or a newer version",
            styled(GOOD, &version.to_string()),
            percent(healing.share)
        ),
        _ if impact.broken.versions.last().is_none() => {
            format!("  {}", styled(CAREFUL, "not fixed yet"))
        }
        _ => format!(
            "  {}",
            styled(CAREFUL, "no instance has a newer version yet")
        ),
    });
    let mut table = Table::new(&[Align::Right, Align::Left], 4);
    for reached in &healing.reached {
        table.row(vec![
            format!("{} recovered", percent(reached.part)),
            when(reached),
        ]);
    }
    lines.extend(table.lines());
    lines
}

fn when(reached: &RolloutEta) -> String {
    let weeks = |weeks: f64| counted(weeks.ceil() as u64, "week", "weeks");
    match (reached.weeks, reached.week, reached.is_observed) {
        (Some(_), Some(week), true) => format!("{} in {week}", styled(GOOD, "reached")),
        (Some(_), Some(week), false) => format!("about {week} (estimated)"),
        (Some(after), None, _) => format!("about {} after a fix is released", weeks(after)),
        (None, ..) => styled(DIM, "cannot be estimated: too few past versions"),
    }
}

fn uptake(curve: &Curve) -> Vec<String> {
    let shares: Vec<Option<f64>> = curve.observed.iter().map(|it| Some(*it)).collect();
    vec![
        format!(
            "  How fast this fleet adopts versions, median of {}:",
            counted(curve.versions as u64, "version", "versions")
        ),
        format!(
            "    {}  {} after {}",
            output::sparkline(&shares),
            percent(curve.observed.last().copied().unwrap_or_default()),
            counted(shares.len().saturating_sub(1) as u64, "week", "weeks")
        ),
    ]
}

fn percent(part: f64) -> String {
    format!("{:.0} %", part * 100.0)
}
