//! The impact of broken ranges: how much of the fleet they affect, and when it will have recovered.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, Uri};
use maud::{Markup, html};
use pings_charts::{Chart, Instances, Kind, Line, Week};
use pings_model::Registry;
use pings_store::{Error, Impact, Result, RolloutEta, counted};
use serde_json::json;
use time::OffsetDateTime;

use crate::answer::{Asking, Content, answer};
use crate::asked::Asked;
use crate::chart::figure;
use crate::frame::Area;
use crate::pages::{formats, left_out_note, part, registries, series_address};
use crate::site::Site;
use crate::table::{Cell, Table};
use crate::text::{self, percent, plain};

pub(crate) async fn list(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
    asked: Asking,
) -> Response<Body> {
    answer(&site, (&headers, &uri), asked, ranges).await
}

pub(crate) async fn page(
    State(site): State<Arc<Site>>,
    Path((registry, code)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    asked: Asking,
) -> Response<Body> {
    let read = move |site, asked| impact(site, registry, code, asked);
    answer(&site, (&headers, &uri), asked, read).await
}

fn address(registry: &str, code: &str) -> String {
    format!("/impact/{}/{}", part(registry), part(code))
}

/// Lists the broken ranges that the registry declares.
async fn ranges(site: Arc<Site>, asked: Asked) -> Result<Content> {
    let registry = site.registry(asked.registry())?;
    let mut table = Table::new("Broken ranges").text("Code").text("Versions");
    table = table.text("Reason").text("Fixed in");
    let mut json = Vec::new();
    for (ping, metric) in registry.metrics() {
        for broken in ping.life(metric).broken() {
            let fix = broken.fix.map(|fix| format!("#{fix}"));
            table.row(vec![
                Cell::Link(metric.code.clone(), address(registry.name(), &metric.code)),
                Cell::text(broken.versions.to_string()),
                Cell::text(broken.reason.clone().unwrap_or_default()),
                Cell::text(fix.unwrap_or_default()),
            ]);
            json.push(json!({
                "code": metric.code,
                "versions": broken.versions.to_string(),
                "reason": broken.reason,
                "fix": broken.fix,
            }));
        }
    }
    let markup = html! {
        (registries(&site.registries(), &registry, "/impact"))
        h1 { "Broken ranges" }
        p { "The versions in which codes are wrong, by the registry. Each page shows how much of the fleet a range affects, and when the fleet will have recovered." }
        @if table.rows.is_empty() {
            p { "The registry declares no broken range." }
        } @else {
            (table.html())
        }
        form.choice method="get" action="/impact/assumed" {
            input type="hidden" name="registry" value=(registry.name());
            label { "Code"
                select name="code" {
                    @for (_, metric) in registry.metrics() { option { (plain(&metric.code)) } }
                }
            }
            label { "If these versions were broken" input name="versions" required placeholder="3.36+" size="14"; }
            button { "Show the impact" }
        }
        (formats(&format!("/impact?registry={}", part(registry.name())), "pings store impact CODE"))
    };
    Ok(Content {
        area: Area::Impact,
        title: "Broken ranges".to_owned(),
        markup,
        table,
        json: json!({ "broken": json }),
    })
}

/// Leads the form of the list to the page of its code.
pub(crate) async fn assumed(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
    asked: Asking,
) -> Response<Body> {
    let read = move |site: Arc<Site>, asked: Asked| async move {
        let registry = site.registry(asked.registry())?.name().to_owned();
        let code = asked.code().unwrap_or_default().to_owned();
        impact(site, registry, code, asked).await
    };
    answer(&site, (&headers, &uri), asked, read).await
}

async fn impact(site: Arc<Site>, registry: String, code: String, asked: Asked) -> Result<Content> {
    let registry = site.registry(Some(&registry))?;
    let found = registry.metric(&code);
    let (ping, metric) = found.ok_or_else(|| Error::missing("the registry has no such code"))?;
    let versions = asked.versions()?;
    let now = Some(OffsetDateTime::now_utc());
    let impacts = site.store.impact(&registry, &code, versions, now).await?;
    let left_out = site.store.left_out(Some(&registry), None).await?;
    let mut all = Table::new("Affected instances by week")
        .text("Versions")
        .text("Week");
    for name in ["affected", "instances", "affected events", "events"] {
        all = all.number(name);
    }
    for impact in &impacts {
        for week in &impact.weeks {
            let mut row = vec![
                Cell::text(impact.broken.versions.to_string()),
                Cell::text(week.week.to_string()),
            ];
            let counts = [
                week.touched,
                week.instances,
                week.touched_events,
                week.events,
            ];
            row.extend(counts.map(Cell::count));
            all.row(row);
        }
    }
    let json: Vec<_> = impacts.iter().map(Impact::json).collect();
    let mut json = json!({ "code": code, "supposed": versions.is_some(), "breakages": json });
    left_out.add_to(&mut json);
    let title = metric.title.as_deref().unwrap_or(&ping.title);
    let mut here = address(registry.name(), &code);
    let mut command = format!("pings store impact {code}");
    if let Some(versions) = versions {
        here.push_str(&format!("?versions={}", part(&versions.to_string())));
        command.push_str(&format!(" --versions {versions}"));
    }
    let markup = html! {
        p.section dir="auto" { (plain(title)) }
        h1 dir="auto" { "Impact on " code { (plain(&code)) } }
        p { a href=(series_address(registry.name(), &code)) { "The series of the code" } }
        form.choice method="get" action=(address(registry.name(), &code)) {
            label { "If these versions were broken"
                input name="versions" placeholder="3.36+" size="14" value=(versions.map(|it| it.to_string()).unwrap_or_default());
            }
            button { "Show" }
        }
        @if versions.is_none() && ping.life(metric).broken().next().is_none() {
            p { "The registry declares no broken range for this code." }
        } @else if impacts.is_empty() {
            p { "The store has no payloads yet." }
        }
        @for impact in &impacts { (range(&registry, impact)) }
        @if let Some(impact) = impacts.first() { (adoption(impact)) }
        (left_out_note(&left_out))
        (formats(&here, &command))
    };
    Ok(Content {
        area: Area::Impact,
        title: format!("Impact on {code}"),
        markup,
        table: all,
        json,
    })
}

/// Returns the impact of a range.
fn range(registry: &Registry, impact: &Impact) -> Markup {
    let healing = &impact.healing;
    let mut recovery = Table::new("Recovery").text("Recovered").text("When");
    for reached in &healing.reached {
        recovery.row(vec![
            Cell::text(percent(reached.part)),
            Cell::text(when(reached)),
        ]);
    }
    html! {
        h2 dir="auto" { span.badge.broken { (impact.broken.versions) } " " (plain(impact.broken.reason.as_deref().unwrap_or_default())) }
        @if let Some(fix) = impact.broken.fix {
            p { "Fixed in " @match registry.links().pr(fix) { Some(address) => a href=(address) rel="noreferrer" { "#" (fix) }, None => { "#" (fix) } } "." }
        }
        @match (impact.weeks.first(), impact.weeks.last()) {
            (Some(first), Some(last)) => {
                p {
                    (first.week) " to " (last.week) ": " strong { (counted(impact.instances, "instance", "instances")) }
                    " of " (text::number(impact.all_instances as f64)) " affected, "
                    (percent(impact.share_of_instance_weeks())) " of the instance weeks, "
                    (percent(impact.share_of_events())) " of the events."
                }
                (chart(impact))
                details { summary { "The numbers as a table" } (weeks(impact).html()) }
            },
            _ => p { "No instance ever had one of these versions." },
        }
        p {
            @match (healing.fixed_by, healing.appeared) {
                (Some(version), Some(week)) => {
                    (version) " appeared in " (week) "; " (percent(healing.share)) " of the instances have this or a newer version."
                },
                _ if impact.broken.versions.last().is_none() => "Not fixed yet.",
                _ => "No instance has a newer version yet.",
            }
        }
        (recovery.html())
    }
}

fn weeks(impact: &Impact) -> Table {
    let mut table = Table::new("Affected instances")
        .text("Week")
        .number("affected");
    table = table.number("instances").number("share of events");
    for week in &impact.weeks {
        let share = week.touched_events as f64 / week.events.max(1) as f64;
        table.row(vec![
            Cell::text(week.week.to_string()),
            Cell::count(week.touched),
            Cell::count(week.instances),
            Cell::Share(Some(share)),
        ]);
    }
    table
}

fn when(reached: &RolloutEta) -> String {
    match (reached.weeks, reached.week, reached.is_observed) {
        (Some(_), Some(week), true) => format!("reached in {week}"),
        (Some(_), Some(week), false) => format!("about {week} (estimated)"),
        (Some(after), None, _) => format!(
            "about {} after a fix is released",
            counted(after.ceil() as u64, "week", "weeks")
        ),
        (None, ..) => "cannot be estimated: too few past versions".to_owned(),
    }
}

fn chart(impact: &Impact) -> Markup {
    let share = |week: &pings_store::ImpactWeek| week.touched as f64 / week.instances.max(1) as f64;
    let chart = Chart {
        title: "affected instances",
        subtitle: "share of the instances that ran a version in the range",
        measure: "share",
        lines: vec![Line {
            name: "affected".to_owned(),
            kind: Kind::Group(1),
            values: impact.weeks.iter().map(|it| Some(share(it))).collect(),
        }],
        bands: Vec::new(),
        spans: Vec::new(),
        notes: Vec::new(),
        weeks: impact
            .weeks
            .iter()
            .map(|it| Week {
                name: it.week.to_string(),
                untrusted_share: 0.0,
                instances: Instances {
                    trusted: it.instances - it.touched.min(it.instances),
                    untrusted: it.touched,
                    rest: 0,
                },
                note: None,
            })
            .collect(),
        number: &|value| percent(value),
    };
    figure(
        &chart,
        "The share of affected instances by week. The table has the numbers.",
    )
}

/// Returns how fast the fleet adopts versions.
fn adoption(impact: &Impact) -> Markup {
    let curve = &impact.healing.curve;
    let mut table = Table::new("Adoption")
        .text("Weeks after a release")
        .number("share of instances");
    for (week, share) in curve.observed.iter().enumerate() {
        table.row(vec![
            Cell::text(week.to_string()),
            Cell::Share(Some(*share)),
        ]);
    }
    html! {
        @if !curve.observed.is_empty() {
            h2 { "How fast this fleet adopts versions" }
            p { "The share of instances with a version or a newer one, by the weeks since it appeared: the median of " (counted(curve.versions as u64, "version", "versions")) "." }
            details { summary { "The curve as a table" } (table.html()) }
        }
    }
}
