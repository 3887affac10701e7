//! The first page: whether payloads arrive, and all codes. What takes long has a page of its own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, Uri};
use maud::{Markup, html};
use pings_charts::{Chart, Instances, Kind, Line, Week};
use pings_model::{Life, Metric, Ping, Registry, Trust, Version};
use pings_store::{
    Fleet, FleetOptions, FleetWeek, LeftOut, Notes, Result, WaitingFingerprint, counted,
};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;

use crate::answer::{Asking, Content, answer};
use crate::asked::Asked;
use crate::chart::figure;
use crate::frame::Area;
use crate::pages::{formats, left_out_note, part, registries, series_address};
use crate::site::Site;
use crate::table::{Cell, Table};
use crate::text::{self, plain};

/// The number of complete weeks whose median is the usual number of instances.
const USUAL: usize = 8;

pub(crate) async fn page(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
    asked: Asking,
) -> Response<Body> {
    answer(&site, (&headers, &uri), asked, overview).await
}

/// The data of the page.
struct Overview {
    registry: Arc<Registry>,
    last_payload: Option<String>,
    fleet: Fleet,
    notes: Notes,
    waiting: Vec<WaitingFingerprint>,
    left_out: LeftOut,
}

async fn overview(site: Arc<Site>, asked: Asked) -> Result<Content> {
    let registry = site.registry(asked.registry())?;
    let now = OffsetDateTime::now_utc();
    let options = FleetOptions {
        weeks: asked.weeks()?,
        until: asked.until(now)?,
        by: None,
        now: Some(now),
    };
    let store = &site.store;
    let fleet = store.fleet(&registry, &options).await?;
    let of_fleet = fleet.weeks.iter().map(|it| it.week);
    let of_fleet = of_fleet.clone().min().zip(of_fleet.max());
    let shown = Overview {
        last_payload: store.last_payload(&registry).await?,
        left_out: store.left_out(Some(&registry), of_fleet).await?,
        fleet,
        notes: store.notes_by_week().await?,
        waiting: store.waiting().await?,
        registry,
    };
    let table = weeks(&shown);
    let markup = html! {
        (registries(&site.registries(), &shown.registry, "/"))
        h1 dir="auto" { (plain(shown.registry.title())) }
        (freshness(&shown))
        (unknown(&shown.waiting))
        h2 #codes { "Codes" }
        (trusted_in(&shown.fleet))
        (codes(&shown.registry, newest_complete(&shown.fleet)).html())
        h2 { "Instances that reported" }
        @if shown.fleet.weeks.is_empty() {
            p { "The store has no payloads yet." }
        } @else {
            (reported(&shown))
            details {
                summary { "The numbers as a table" }
                (table.html())
            }
        }
        (left_out_note(&shown.left_out))
        (formats(&address(&shown.registry), "pings store fleet"))
    };
    Ok(Content {
        area: Area::Overview,
        title: shown.registry.title().to_owned(),
        markup,
        table,
        json: as_json(&shown),
    })
}

fn address(registry: &Registry) -> String {
    format!("/?registry={}", part(registry.name()))
}

/// Returns the usual number of instances that report a week, from the newest complete weeks before
/// the one at `place`.
fn usual(fleet: &Fleet, place: usize) -> Option<u64> {
    let before = fleet.weeks[..place]
        .iter()
        .rev()
        .filter(|it| it.is_complete);
    let mut counts: Vec<u64> = before.take(USUAL).map(|week| week.reported).collect();
    counts.sort_unstable();
    counts.get(counts.len() / 2).copied()
}

/// Returns when the last payload came, and how many instances reported.
fn freshness(shown: &Overview) -> Markup {
    let weeks = &shown.fleet.weeks;
    let complete = weeks.iter().rposition(|week| week.is_complete);
    let newest = weeks
        .len()
        .checked_sub(1)
        .filter(|it| Some(*it) != complete);
    let of_week = |place: usize| {
        let week = &weeks[place];
        let usually = usual(&shown.fleet, place);
        html! {
            dt { (week.week) @if !week.is_complete { " (incomplete)" } }
            dd {
                strong { (text::number(week.reported as f64)) }
                @if let Some(usually) = usually { " instances reported, usually " (text::number(usually as f64)) }
                @else { " instances reported" }
            }
        }
    };
    html! {
        dl.facts {
            dt { "Last payload" }
            dd { @match &shown.last_payload { Some(at) => strong { (plain(at)) }, None => "none" } }
            @if let Some(place) = newest { (of_week(place)) }
            @if let Some(place) = complete { (of_week(place)) }
            dt { "Alarms" }
            dd { a href={ "/alarms?registry=" (part(shown.registry.name())) } { "Compare the newest week with the weeks before" } }
            dt { "Codes" }
            dd { a href="#codes" { (counted(shown.registry.metrics().count() as u64, "code", "codes")) } }
        }
    }
}

/// Returns the registries that payloads refer to and that the store does not know.
fn unknown(waiting: &[WaitingFingerprint]) -> Markup {
    html! {
        @if !waiting.is_empty() {
            h2 { "Unknown registries" }
            p { "Payloads of these registries are not trusted. Register the pings.yaml of their release with " code { "pings store registry FILE" } "." }
            @let table = unknown_table(waiting);
            (table.html())
        }
    }
}

fn unknown_table(waiting: &[WaitingFingerprint]) -> Table {
    let mut table = Table::new("Unknown registries")
        .text("Registry")
        .text("Fingerprint");
    table = table.number("Payloads").number("Instances");
    for it in waiting {
        table.row(vec![
            Cell::text(&it.registry),
            Cell::text(it.fingerprint.chars().take(12).collect::<String>()),
            Cell::count(it.payloads),
            Cell::count(it.instances),
        ]);
    }
    table
}

/// Returns whether a metric can be trusted, as a badge.
fn trust(ping: &Ping, metric: &Metric) -> Cell {
    let life = ping.life(metric);
    if let Some(removed) = life.removed() {
        return Cell::Badge("absent", format!("removed in {removed}"));
    }
    let ranges: Vec<String> = life.broken().map(|it| it.versions.to_string()).collect();
    let is_open = life.broken().any(|it| it.versions.last().is_none());
    match (ranges.is_empty(), is_open) {
        (true, _) => Cell::Badge("trusted", "working".to_owned()),
        (false, true) => Cell::Badge("broken", format!("broken in {}", ranges.join(", "))),
        (false, false) => Cell::Badge(
            "trusted",
            format!("working, except in {}", ranges.join(", ")),
        ),
    }
}

fn newest_complete(fleet: &Fleet) -> Option<&FleetWeek> {
    fleet.weeks.iter().rfind(|week| week.is_complete)
}

/// Says what the share of trusted instances is.
fn trusted_in(fleet: &Fleet) -> Markup {
    html! {
        @if let Some(week) = newest_complete(fleet) {
            p { "Trusted instances: the share of the active instances of " (week.week) " in whose versions the code works." }
        }
    }
}

/// Returns the share of the active instances of a week at which only trusted versions ran.
fn trusted_share(life: Life<'_>, week: &FleetWeek) -> Option<f64> {
    let is_trusted = |version: &Version| life.trust(*version) == Trust::Trusted;
    let trusted = week.versions.iter();
    let trusted = trusted.filter(|(versions, _)| versions.iter().all(is_trusted));
    let trusted: u64 = trusted.map(|(_, active)| active).sum();
    (week.active > 0).then(|| trusted as f64 / week.active as f64)
}

/// Returns all codes with links to their pages, and whether they can be trusted in a week.
fn codes(registry: &Registry, week: Option<&FleetWeek>) -> Table {
    let mut table = Table::new("Codes")
        .text("Code")
        .text("Ping")
        .text("Trust")
        .number("Trusted instances")
        .text("Owner");
    for (ping, metric) in registry.metrics() {
        table.row(vec![
            Cell::Link(
                metric.code.clone(),
                series_address(registry.name(), &metric.code),
            ),
            Cell::text(metric.title.as_deref().unwrap_or(&ping.title)),
            trust(ping, metric),
            Cell::Share(week.and_then(|week| trusted_share(ping.life(metric), week))),
            Cell::text(ping.owners.join(", ")),
        ]);
    }
    table
}

fn weeks(shown: &Overview) -> Table {
    let mut table = Table::new("Instances by week").text("Week");
    for name in ["Reported", "Active", "New", "Returned", "Lost"] {
        table = table.number(name);
    }
    table = table.text("Remarks");
    for week in &shown.fleet.weeks {
        let note = shown.notes.between(&week.week.borders());
        let incomplete = (!week.is_complete).then(|| "incomplete".to_owned());
        let remarks: Vec<String> = incomplete.into_iter().chain(note).collect();
        table.row(vec![
            Cell::text(week.week.to_string()),
            Cell::count(week.reported),
            Cell::count(week.active),
            Cell::count(week.new),
            Cell::count(week.returned),
            Cell::count(week.lost),
            Cell::text(remarks.join(", ")),
        ]);
    }
    table
}

fn reported(shown: &Overview) -> Markup {
    let weeks = &shown.fleet.weeks;
    let of = |count: &dyn Fn(&FleetWeek) -> u64| {
        let values = weeks
            .iter()
            .map(|it| it.is_complete.then(|| count(it) as f64));
        values.collect()
    };
    let chart = Chart {
        title: "instances by week",
        subtitle: "active instances logged an event in the week",
        measure: "instances",
        lines: vec![
            Line {
                name: "active".to_owned(),
                kind: Kind::Group(1),
                values: of(&|it| it.active),
            },
            Line {
                name: "reported".to_owned(),
                kind: Kind::Group(0),
                values: of(&|it| it.reported),
            },
        ],
        bands: Vec::new(),
        spans: Vec::new(),
        notes: Vec::new(),
        weeks: weeks
            .iter()
            .map(|it| Week {
                name: it.week.to_string(),
                untrusted_share: 0.0,
                instances: Instances::default(),
                note: shown.notes.between(&it.week.borders()).map(|it| plain(&it)),
            })
            .collect(),
        number: &text::number,
    };
    figure(
        &chart,
        "Instances that reported and active instances, by week",
    )
}

fn as_json(shown: &Overview) -> Json {
    let waiting = shown.waiting.iter().map(|it| {
        json!({
            "registry": it.registry,
            "fingerprint": it.fingerprint,
            "payloads": it.payloads,
            "instances": it.instances,
        })
    });
    let mut fleet = shown.fleet.json();
    shown.notes.add_to(&mut fleet);
    shown.left_out.add_to(&mut fleet);
    json!({
        "registry": shown.registry.name(),
        "last_payload": shown.last_payload,
        "fleet": fleet,
        "unknown_registries": waiting.collect::<Vec<_>>(),
    })
}
