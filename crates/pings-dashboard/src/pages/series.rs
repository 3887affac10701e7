//! The page of a code: its series, with the instances that are trusted, and growth.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, Uri};
use maud::{Markup, html};
use pings_model::{Metric, Ping, Registry, Source};
use pings_store::{
    CodeGrowth, Error, EstimatedSeries, Notes, Per, Result, Series, SeriesOptions, Together,
    counted, entry_name,
};
use serde_json::Value as Json;
use time::OffsetDateTime;

use crate::answer::{Asking, Content, answer};
use crate::asked::{Asked, Show};
use crate::chart::figure;
use crate::frame::Area;
use crate::pages::choice::{choice, is_property};
use crate::pages::usage::usage;
use crate::pages::{code_address, formats, left_out_note};
use crate::series_chart::{Shown, broken, instances, note, with_chart};
use crate::site::Site;
use crate::table::{Cell, Table};
use crate::text::{self, plain};

pub(crate) async fn page(
    State(site): State<Arc<Site>>,
    Path((registry, code)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    asked: Asking,
) -> Response<Body> {
    let read = move |site, asked| series(site, registry, code, asked);
    answer(&site, (&headers, &uri), asked, read).await
}

/// The data of the page.
struct Page<'p> {
    registry: &'p Registry,
    ping: &'p Ping,
    metric: &'p Metric,
    asked: &'p Asked,
    show: Show,
    per: Per,
    series: Series,
    estimates: Vec<EstimatedSeries>,
    growth: Option<CodeGrowth>,
    notes: Notes,
    /// The names of the attributes of instances.
    attributes: Vec<String>,
}

async fn series(site: Arc<Site>, registry: String, code: String, asked: Asked) -> Result<Content> {
    let registry = site.registry(Some(&registry))?;
    let found = registry.metric(&code);
    let (ping, metric) = found.ok_or_else(|| Error::missing("the registry has no such code"))?;
    if let Some(by) = asked.by().filter(|by| is_property(metric, by)) {
        return usage(&site, &registry, (ping, metric), (by, &asked)).await;
    }
    let now = OffsetDateTime::now_utc();
    let show = asked.show()?;
    if show == Show::Conversion && !matches!(metric.source, Source::Funnel(_)) {
        return Err(Error::input("show: only a funnel has a conversion"));
    }
    let options = SeriesOptions {
        weeks: asked.weeks()?,
        until: asked.until(now)?,
        by: asked.by().map(str::to_owned),
        window: asked.window()?,
        all: show == Show::All,
        now: Some(now),
    };
    let store = &site.store;
    let series = store.series(&registry, &code, &options).await?;
    let (estimates, growth) = match show == Show::Trusted && series.by.is_none() {
        // Not every code can be estimated.
        true => (
            or_none(store.estimates(&registry, &code, &options).await)?.unwrap_or_default(),
            or_none(
                store
                    .growth(&registry, &code, (None, options.until), Some(now))
                    .await,
            )?
            .flatten(),
        ),
        false => (Vec::new(), None),
    };
    let per = match show {
        Show::Mean => Per::Instance,
        Show::Conversion => Per::FirstStep,
        Show::Trusted | Show::All => Per::Fleet,
    };
    let page = Page {
        registry: &registry,
        ping,
        metric,
        asked: &asked,
        show,
        per,
        series: match per {
            Per::Instance => series.per_instance(),
            Per::FirstStep => series.conversion(),
            Per::Fleet => series,
        },
        estimates,
        growth,
        notes: store.notes_by_week().await?,
        attributes: site.attributes().await?,
    };
    let table = page.table();
    let weeks = page.series.weeks.iter().map(|it| it.week);
    let weeks = weeks.clone().min().zip(weeks.max());
    let left_out = store.left_out(Some(&registry), weeks).await?;
    let mut json = page.series.json_with(per, &page.estimates, None);
    left_out.add_to(&mut json);
    if let Some(growth) = &page.growth {
        json["growth"] = growth.json();
    }
    page.notes.add_to(&mut json);
    Ok(Content {
        area: Area::Other,
        title: code.clone(),
        markup: html! { (page.markup(&table)) (left_out_note(&left_out)) },
        table,
        json,
    })
}

/// Returns no answer instead of an error about the question.
fn or_none<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Err(error) if error.is_input() => Ok(None),
        other => other.map(Some),
    }
}

impl Page<'_> {
    fn markup(&self, table: &Table) -> Markup {
        let title = self.metric.title.as_deref().unwrap_or(&self.ping.title);
        html! {
            p.section dir="auto" { (plain(title)) }
            h1 dir="auto" { code { (plain(&self.metric.code)) } }
            (choice(self.metric, self.asked, (self.show, self.series.window.as_str()), &self.attributes))
            @if self.series.weeks.is_empty() {
                p { "The store has no payloads of this registry in these weeks." }
            } @else {
                (self.chart())
                (self.reasons())
                (self.growth_table())
                h2 { "Numbers" }
                (table.html())
                (formats(&code_address(self.registry.name(), &self.metric.code, self.asked), &self.command()))
            }
        }
    }

    /// Returns what the values are.
    fn over(&self) -> &'static str {
        let together = self.series.measures.first().map(|(_, together)| *together);
        match (self.per, together) {
            (Per::FirstStep, _) => {
                "share of the users who reached step 1, over all trusted instances"
            }
            (Per::Instance, Some(Together::Sum) | None) => "per trusted instance",
            (_, Some(Together::Sum) | None) => "sum over trusted instances",
            (_, Some(Together::Mean)) => "mean over trusted instances",
            (_, Some(Together::Smallest)) => "minimum over trusted instances",
            (_, Some(Together::Largest)) => "maximum over trusted instances",
        }
    }

    fn chart(&self) -> Markup {
        let shown = Shown {
            series: &self.series,
            estimates: &self.estimates,
            notes: &self.notes,
            per: self.per,
            over: self.over(),
        };
        let weeks = self.series.weeks.len() as u64;
        let says = format!(
            "{} of {}, {} of trusted instances, with the number of trusted, untrusted and missing instances below. The table has the numbers.",
            self.over(),
            self.metric.code,
            counted(weeks, "week", "weeks"),
        );
        with_chart(&shown, |chart| figure(chart, &says))
    }

    /// Returns why instances are not trusted, and why there is no estimate.
    fn reasons(&self) -> Markup {
        let weeks = &self.series.weeks;
        let links = self.registry.links();
        let main = self.estimates.first();
        let refused = main.iter().flat_map(|it| &it.weeks);
        let mut refused = refused.filter_map(|(week, it)| Some((week, it.as_ref().err()?)));
        html! {
            @let ranges = broken(&self.series);
            @if !ranges.is_empty() {
                h2 { "Not trusted" }
                ul.reasons {
                    @for range in &ranges {
                        li dir="auto" {
                            span.badge.broken { "broken in " (range.broken.versions) } " "
                            (plain(range.broken.reason.as_deref().unwrap_or("no reason given")))
                            @if let Some(fix) = range.broken.fix {
                                ", fixed in "
                                @match links.pr(fix) {
                                    Some(address) => a href=(address) rel="noreferrer" { "#" (fix) },
                                    None => { "#" (fix) },
                                }
                            }
                            "; " (weeks[range.places.0].week) " to " (weeks[range.places.1].week)
                            ", at most " (counted(range.most, "instance", "instances"))
                        }
                    }
                }
            }
            @if let Some((week, refusal)) = refused.next() {
                @let more = refused.count() as u64;
                p.dim {
                    "No estimate in " (week) ": " (refusal)
                    @if more > 0 { ", nor in " (counted(more, "other week", "other weeks")) }
                    "."
                }
            }
        }
    }

    /// Returns the estimated growth with its interval.
    fn growth_table(&self) -> Markup {
        let Some(growth) = &self.growth else {
            return html! {};
        };
        let mut table = Table::new("Growth").text("Measure");
        for name in [growth.from.to_string(), growth.to.to_string()] {
            table = table.number(name);
        }
        table = table
            .text("Growth")
            .text("95 % interval")
            .text("Same instances");
        for measure in &growth.measures {
            let total = |it: &std::result::Result<pings_store::Estimate, _>| {
                Cell::About(it.as_ref().ok().map(|it| it.value))
            };
            let (value, interval) = match &measure.growth {
                Ok(it) => (
                    text::change(it.value),
                    format!("{} to {}", text::change(it.low), text::change(it.high)),
                ),
                Err(refusal) => ("–".to_owned(), refusal.to_string()),
            };
            let same = measure.matched.growth().map(text::change);
            let same = same.unwrap_or_else(|| "–".to_owned());
            let instances = counted(measure.matched.instances, "instance", "instances");
            table.row(vec![
                Cell::text(text::measure(&measure.measure)),
                total(&measure.from),
                total(&measure.to),
                Cell::text(value),
                Cell::text(interval),
                Cell::text(format!("{same}, {instances}")),
            ]);
        }
        html! {
            h2 { "Growth from " (growth.from) " to " (growth.to) }
            p { "Estimated over all instances that reported, with the instances that are trusted in both weeks beside it." }
            (table.html())
        }
    }

    /// Returns the numbers of all weeks.
    fn table(&self) -> Table {
        let series = &self.series;
        let has_all = series.weeks.iter().any(|week| week.all.is_some());
        let is_share = self.per == Per::FirstStep;
        let value = |value: Option<f64>| match is_share {
            true => Cell::Share(value),
            false => Cell::Number(value),
        };
        let mut table = Table::new(format!("{} by week", self.metric.code)).text("Week");
        let groups: Vec<Json> = match series.by {
            Some(_) => series.dimension_values(),
            None => Vec::new(),
        };
        for group in &groups {
            table = table.number(text::group(group));
        }
        if series.by.is_none() {
            for (name, _) in &series.measures {
                table = table.number(text::measure(name));
                if has_all {
                    table = table.number(format!("all {}", text::measure(name)));
                }
            }
        }
        if !self.estimates.is_empty() {
            table = table.number("estimate").number("low").number("high");
        }
        for name in ["trusted", "not trusted", "missing"] {
            table = table.number(name);
        }
        table = table.text("remarks");
        for week in &series.weeks {
            let mut cells = vec![Cell::text(entry_name(week.week, week.window))];
            for group in &groups {
                let found = week.groups.iter().find(|it| it.value == *group);
                cells.push(value(
                    found.and_then(|it| it.values.first().copied().flatten()),
                ));
            }
            if series.by.is_none() {
                for place in 0..series.measures.len() {
                    cells.push(value(week.values.get(place).copied().flatten()));
                    if has_all {
                        let all = week.all.as_ref();
                        let all = all.and_then(|all| all.get(place).copied().flatten());
                        cells.push(value(all));
                    }
                }
            }
            if let Some(estimates) = self.estimates.first() {
                let estimate = estimates.of(week.week);
                let estimate = estimate.and_then(|it| it.as_ref().ok());
                cells.extend([
                    Cell::About(estimate.map(|it| it.value)),
                    Cell::About(estimate.map(|it| it.low)),
                    Cell::About(estimate.map(|it| it.high)),
                ]);
            }
            let of = instances(week);
            cells.extend([of.trusted, of.untrusted, of.rest].map(Cell::count));
            let incomplete = (!week.is_complete).then(|| "incomplete".to_owned());
            let note = note(&self.notes, week);
            let remarks: Vec<String> = incomplete.into_iter().chain(note).collect();
            cells.push(Cell::text(remarks.join(", ")));
            table.row(cells);
        }
        table
    }

    fn command(&self) -> String {
        let mut command = format!("pings store series {}", self.metric.code);
        for (name, value) in self.asked.given() {
            match name {
                "show" => command.push_str(&format!(" --{value}")),
                name => command.push_str(&format!(" --{name} {value}")),
            }
        }
        if !self.estimates.is_empty() {
            command.push_str(" --estimate");
        }
        command
    }
}
