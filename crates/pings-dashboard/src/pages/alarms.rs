//! The alarms of the watch for the newest week that all instances had time to send.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, Uri};
use maud::{Markup, html};
use pings_model::Registry;
use pings_store::{Alarm, Result, Watch};
use time::OffsetDateTime;

use crate::answer::{Asking, Content, answer};
use crate::asked::Asked;
use crate::frame::Area;
use crate::pages::{formats, left_out_note, part, registries, series_address};
use crate::site::Site;
use crate::table::{Cell, Table};
use crate::text::plain;

pub(crate) async fn page(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
    asked: Asking,
) -> Response<Body> {
    answer(&site, (&headers, &uri), asked, alarms).await
}

async fn alarms(site: Arc<Site>, asked: Asked) -> Result<Content> {
    let registry = site.registry(asked.registry())?;
    let now = OffsetDateTime::now_utc();
    let watch = site.store.watch(&registry, None, now).await?;
    let weeks = (watch.week, watch.week);
    let left_out = site.store.left_out(Some(&registry), Some(weeks)).await?;
    let mut json = watch.json(&registry);
    left_out.add_to(&mut json);
    let address = format!("/alarms?registry={}", part(registry.name()));
    let markup = html! {
        (registries(&site.registries(), &registry, "/alarms"))
        h1 { "Alarms" }
        p { "The newest week that all instances had time to send. Each instance is compared with its own four weeks before." }
        (found(&registry, &watch))
        (left_out_note(&left_out))
        (formats(&address, "pings store watch"))
    };
    Ok(Content {
        area: Area::Alarms,
        title: "Alarms".to_owned(),
        markup,
        table: table(&watch),
        json,
    })
}

fn kind(alarm: &Alarm) -> String {
    alarm.kind.name().replace('_', " ")
}

fn found(registry: &Registry, watch: &Watch) -> Markup {
    html! {
        @if watch.newest.is_none() {
            p { "The store has no payloads yet." }
        } @else if watch.alarms.is_empty() {
            p { span.badge.trusted { "no alarms" } " in " (watch.week) "." }
        } @else {
            h2 { (watch.week) }
            ul.alarms {
                @for alarm in &watch.alarms {
                    @let message = plain(&alarm.message(watch));
                    li dir="auto" {
                        span.badge.broken { (kind(alarm)) } " "
                        @match &alarm.code {
                            Some(code) => a href=(series_address(registry.name(), code)) { (message) },
                            None => (message),
                        }
                    }
                }
            }
        }
    }
}

fn table(watch: &Watch) -> Table {
    let mut table = Table::new("Alarms").text("Week").text("Alarm");
    table = table.text("Code").text("Message");
    for alarm in &watch.alarms {
        table.row(vec![
            Cell::text(watch.week.to_string()),
            Cell::text(kind(alarm)),
            Cell::text(alarm.code.clone().unwrap_or_default()),
            Cell::text(alarm.message(watch)),
        ]);
    }
    table
}
