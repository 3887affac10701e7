//! The adoption of versions.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, Uri};
use maud::html;
use pings_charts::{Chart, GROUPS, Instances, Kind, Line, Week};
use pings_store::{Cohort, Fleet, FleetOptions, FleetWeek, InstancesBy, Notes, Result};
use time::OffsetDateTime;

use crate::answer::{Asking, Content, answer};
use crate::asked::Asked;
use crate::chart::figure;
use crate::frame::Area;
use crate::pages::{formats, left_out_note, part, registries};
use crate::site::Site;
use crate::table::{Cell, Table};
use crate::text::{self, plain};

pub(crate) async fn page(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
    asked: Asking,
) -> Response<Body> {
    answer(&site, (&headers, &uri), asked, versions).await
}

async fn versions(site: Arc<Site>, asked: Asked) -> Result<Content> {
    let registry = site.registry(asked.registry())?;
    let now = OffsetDateTime::now_utc();
    let options = FleetOptions {
        weeks: asked.weeks()?,
        until: asked.until(now)?,
        by: Some(InstancesBy::Version),
        now: Some(now),
    };
    let fleet = site.store.fleet(&registry, &options).await?;
    let notes = site.store.notes_by_week().await?;
    let weeks = fleet.weeks.iter().map(|it| it.week);
    let weeks = weeks.clone().min().zip(weeks.max());
    let left_out = site.store.left_out(Some(&registry), weeks).await?;
    let mut json = fleet.json();
    notes.add_to(&mut json);
    left_out.add_to(&mut json);
    let cohorts = by_size(&fleet);
    let table = table(&fleet, &cohorts, &notes);
    let address = format!(
        "/versions?registry={}&weeks={}",
        part(registry.name()),
        options.weeks
    );
    let markup = html! {
        (registries(&site.registries(), &registry, "/versions"))
        h1 { "Adoption of versions" }
        p { "Active instances by the version that ran in the week. An instance that was upgraded within the week is in the group " em { "mixed" } "." }
        form.choice method="get" {
            input type="hidden" name="registry" value=(registry.name());
            label { "Weeks" input name="weeks" type="number" min="1" max="520" value=(options.weeks); }
            button { "Show" }
        }
        @if fleet.weeks.is_empty() {
            p { "The store has no payloads yet." }
        } @else {
            (chart(&fleet, &cohorts, &notes))
            h2 { "Numbers" }
            (table.html())
            (left_out_note(&left_out))
            (formats(&address, "pings store fleet --by version"))
        }
    };
    Ok(Content {
        area: Area::Versions,
        title: "Adoption of versions".to_owned(),
        markup,
        table,
        json,
    })
}

fn count(week: &FleetWeek, cohort: &Cohort) -> u64 {
    let found = week.groups.iter().find(|(it, _)| it == cohort);
    found.map_or(0, |(_, active)| *active)
}

fn name(cohort: &Cohort) -> String {
    cohort
        .name()
        .map_or_else(|| "(none)".to_owned(), |it| plain(&it))
}

/// Returns the versions, those with the most instances first.
fn by_size(fleet: &Fleet) -> Vec<Cohort> {
    let mut sums: BTreeMap<Cohort, u64> = BTreeMap::new();
    for (cohort, active) in fleet.weeks.iter().flat_map(|week| &week.groups) {
        *sums.entry(cohort.clone()).or_default() += active;
    }
    let mut sums: Vec<(Cohort, u64)> = sums.into_iter().collect();
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
    sums.into_iter().map(|(cohort, _)| cohort).collect()
}

/// Returns the table, with the versions in their order.
fn table(fleet: &Fleet, cohorts: &[Cohort], notes: &Notes) -> Table {
    let mut table = Table::new("Active instances by version")
        .text("Week")
        .number("active");
    let mut cohorts = cohorts.to_vec();
    cohorts.sort();
    for cohort in &cohorts {
        table = table.number(name(cohort));
    }
    table = table.text("remarks");
    for week in &fleet.weeks {
        let mut cells = vec![Cell::text(week.week.to_string()), Cell::count(week.active)];
        cells.extend(cohorts.iter().map(|it| Cell::count(count(week, it))));
        let incomplete = (!week.is_complete).then(|| "incomplete".to_owned());
        let note = notes.between(&week.week.borders());
        let remarks: Vec<String> = incomplete.into_iter().chain(note).collect();
        cells.push(Cell::text(remarks.join(", ")));
        table.row(cells);
    }
    table
}

fn chart(fleet: &Fleet, cohorts: &[Cohort], notes: &Notes) -> maud::Markup {
    let mut drawn: Vec<&Cohort> = cohorts.iter().take(GROUPS).collect();
    drawn.sort();
    let lines = drawn.iter().enumerate().map(|(place, cohort)| {
        let weeks = fleet.weeks.iter();
        Line {
            name: name(cohort),
            kind: Kind::Group(place),
            values: weeks
                .map(|week| week.is_complete.then(|| count(week, cohort) as f64))
                .collect(),
        }
    });
    let more = cohorts.len().saturating_sub(GROUPS);
    let chart = Chart {
        title: "active instances by version",
        subtitle: "instances with an event in the week",
        measure: "instances",
        lines: lines.collect(),
        bands: Vec::new(),
        spans: Vec::new(),
        notes: (more > 0)
            .then(|| format!("{more} more in the table, not drawn"))
            .into_iter()
            .collect(),
        weeks: fleet
            .weeks
            .iter()
            .map(|it| Week {
                name: it.week.to_string(),
                untrusted_share: 0.0,
                instances: Instances::default(),
                note: notes.between(&it.week.borders()).map(|it| plain(&it)),
            })
            .collect(),
        number: &text::number,
    };
    figure(
        &chart,
        "Active instances by version and week. The table has the numbers.",
    )
}
