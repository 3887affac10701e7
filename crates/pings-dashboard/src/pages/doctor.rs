//! The findings of the doctor: versions that broke codes, and instances that behave oddly.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, Uri};
use maud::{Markup, html};
use pings_model::Registry;
use pings_payload::{Week, fingerprint};
use pings_store::{Break, Entry, Findings, Result, Symptom, counted};

use crate::answer::{Asking, Content, answer};
use crate::asked::Asked;
use crate::frame::Area;
use crate::pages::{formats, left_out_note, part, registries, series_address};
use crate::site::Site;
use crate::table::{Cell, Table};
use crate::text::{self, plain};

/// The maximum number of findings of a kind that are shown.
const SHOWN: usize = 200;

pub(crate) async fn page(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
    asked: Asking,
) -> Response<Body> {
    answer(&site, (&headers, &uri), asked, doctor).await
}

async fn doctor(site: Arc<Site>, asked: Asked) -> Result<Content> {
    let registry = site.registry(asked.registry())?;
    let findings = site.store.doctor(&registry).await?;
    let waiting = site.store.waiting().await?;
    let left_out = site.store.left_out(Some(&registry), None).await?;
    let ours = fingerprint(&registry);
    let unknown = waiting
        .iter()
        .filter(|it| it.registry == registry.name() && it.fingerprint != ours);
    let unknown: u64 = unknown.map(|it| it.payloads).sum();
    let mut json = findings.json();
    left_out.add_to(&mut json);
    let table = breaks(&findings);
    let markup = html! {
        (registries(&site.registries(), &registry, "/doctor"))
        h1 { "Doctor" }
        p { "Problems that the registry does not declare, in the last year. A version is judged by the instances that adopted it: each is compared with its own earlier weeks." }
        @if unknown > 0 {
            p { (counted(unknown, "payload", "payloads")) " of unknown registries were not checked. Register the pings.yaml of their release with " code { "pings store registry FILE" } "." }
        }
        (found(&registry, &findings))
        (left_out_note(&left_out))
        (formats(&format!("/doctor?registry={}", part(registry.name())), "pings store doctor"))
    };
    Ok(Content {
        area: Area::Doctor,
        title: "Doctor".to_owned(),
        markup,
        table,
        json,
    })
}

fn found(registry: &Registry, findings: &Findings) -> Markup {
    let Some((first, last)) = findings.weeks else {
        return html! { p { "The store has no payloads yet." } };
    };
    let from = Findings::JUDGED_FROM;
    html! {
        p { (counted(findings.instances as u64, "instance", "instances")) ", " (first) " to " (last) "." }
        @if findings.is_empty() {
            @if findings.instances < from {
                p { "Too few instances: a version is judged from " (from) " instances on." }
            } @else {
                p { span.badge.trusted { "no broken metrics found" } }
            }
        }
        @for entry in &findings.broken { (broken(registry, entry)) }
        (listed("Changed afterwards", "Weeks whose revisions differ more than late events explain.", changed(findings)))
        (listed("Conflicts", "Instances that sent a week twice with different contents. Is there a copy of the instance?", conflicts(findings)))
        (listed("Twins", "Pairs of instances that report identical weeks. Was an event log moved without pings migrate?", twins(findings)))
        (listed("Stopped reporting", "The instances with the most events first.", silent(findings)))
    }
}

fn what(found: &Break) -> String {
    let since = found.versions.first();
    let what = match found.symptom {
        Symptom::NotSent => "is no longer sent".to_owned(),
        Symptom::Fails => "can no longer be measured".to_owned(),
        Symptom::Nothing => "drops to zero".to_owned(),
        Symptom::Less => format!(
            "drops to {:.0} % of its previous value",
            found.factor * 100.0
        ),
        Symptom::More => format!(
            "rises to {:.0} % of its previous value",
            found.factor * 100.0
        ),
    };
    match found.versions.last() {
        Some(last) if last == since => format!("{what} in {since}, and recovers afterwards"),
        Some(last) => format!("{what} from {since} to {last}, and recovers afterwards"),
        None => format!("{what} from {since} on, and has not recovered"),
    }
}

fn broken(registry: &Registry, entry: &Entry) -> Markup {
    let declared_at = match &entry.code {
        Some(code) => format!("the metric {code} of {}", entry.ping),
        None => entry.ping.clone(),
    };
    html! {
        section.metric {
            @for found in &entry.breaks {
                @let it = &found.evidence;
                h2 dir="auto" { a href=(series_address(registry.name(), &found.code)) { code { (plain(&found.code)) } } @if let Some(group) = found.group_name() { ", " (plain(&group)) } " " (what(found)) }
                p dir="auto" {
                    (it.agreeing) " of " (counted(it.instances as u64, "instance", "instances"))
                    " that adopted " (it.after) " show this, " (it.weeks.0) " to " (it.weeks.1) ". "
                    (text::measure(&found.measure)) " per week: " (text::number(it.value_before)) " before, "
                    (text::number(it.value_after)) " after; their other metrics changed by "
                    (text::change(it.others - 1.0)) "."
                }
            }
            p dir="auto" { "To declare it, add to " code { "broken:" } " of " (plain(&declared_at)) ":" }
            pre { (entry.yaml.trim_end()) }
        }
    }
}

fn breaks(findings: &Findings) -> Table {
    let mut table = Table::new("Undeclared breaks")
        .text("Code")
        .text("Group")
        .text("Versions")
        .text("Symptom");
    table = table.text("Finding").number("Instances").number("Agreeing");
    for found in findings.broken.iter().flat_map(|entry| &entry.breaks) {
        table.row(vec![
            Cell::text(&found.code),
            Cell::text(found.group_name().unwrap_or_default()),
            Cell::text(found.versions.to_string()),
            Cell::text(found.symptom.name()),
            Cell::text(what(found)),
            Cell::count(found.evidence.instances as u64),
            Cell::count(found.evidence.agreeing as u64),
        ]);
    }
    table
}

/// Returns a table below a heading, unless it is empty.
fn listed(heading: &str, about: &str, mut table: Table) -> Markup {
    let all = table.rows.len();
    table.rows.truncate(SHOWN);
    html! {
        @if all > 0 {
            h2 { (heading) }
            p { (about) }
            (table.html())
            @if all > SHOWN { p.dim { (all - SHOWN) " more: JSON has them." } }
        }
    }
}

fn weeks(weeks: &[Week]) -> String {
    match weeks {
        [first, .., last] => format!("{} weeks, {first} to {last}", weeks.len()),
        [only] => only.to_string(),
        [] => String::new(),
    }
}

fn changed(findings: &Findings) -> Table {
    let mut table = Table::new("Changed afterwards")
        .text("Instance")
        .text("Week");
    table = table.number("Revision").text("Codes");
    for it in &findings.changed {
        let codes = it.codes.iter();
        let codes: Vec<String> = codes
            .map(|(code, before, after)| {
                format!(
                    "{code} {} → {}",
                    text::number(*before),
                    text::number(*after)
                )
            })
            .collect();
        table.row(vec![
            Cell::text(&it.instance),
            Cell::text(it.week.to_string()),
            Cell::count(it.revision.into()),
            Cell::text(codes.join(", ")),
        ]);
    }
    table
}

fn conflicts(findings: &Findings) -> Table {
    let mut table = Table::new("Conflicts").text("Instance").text("Weeks");
    for it in &findings.conflicts {
        table.row(vec![Cell::text(&it.instance), Cell::text(weeks(&it.weeks))]);
    }
    table
}

fn twins(findings: &Findings) -> Table {
    let mut table = Table::new("Twins")
        .text("Instance")
        .text("Other instance")
        .text("Weeks");
    for it in &findings.twins {
        let [one, other] = &it.instances;
        table.row(vec![
            Cell::text(one),
            Cell::text(other),
            Cell::text(weeks(&it.weeks)),
        ]);
    }
    table
}

fn silent(findings: &Findings) -> Table {
    let mut table = Table::new("Stopped reporting")
        .text("Instance")
        .text("Last week");
    table = table.text("Version").number("Events per week");
    for it in &findings.silent {
        table.row(vec![
            Cell::text(&it.instance),
            Cell::text(it.last.to_string()),
            Cell::text(it.version.map(|it| it.to_string()).unwrap_or_default()),
            Cell::Number(Some(it.events.round())),
        ]);
    }
    table
}
