//! The instances that sent payloads, and why some do not count.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, Uri};
use maud::html;
use pings_store::{Result, Sender, counted};
use serde_json::json;

use crate::answer::{Asking, Content, answer};
use crate::asked::Asked;
use crate::frame::Area;
use crate::pages::{formats, left_out_note, part};
use crate::site::Site;
use crate::table::{Cell, Table};

/// The number of instances of a page.
const AT_ONCE: u32 = 200;

pub(crate) async fn page(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
    asked: Asking,
) -> Response<Body> {
    answer(&site, (&headers, &uri), asked, instances).await
}

async fn instances(site: Arc<Site>, asked: Asked) -> Result<Content> {
    let senders = site.store.senders(asked.after(), AT_ONCE).await?;
    let left_out = site.store.left_out(None, None).await?;
    let confirmed_after = site.store.confirmed_after().await?;
    let table = table(&senders);
    let next = senders.last().filter(|_| senders.len() == AT_ONCE as usize);
    let next = next.map(|last| format!("/instances?after={}", part(&last.instance)));
    let here = match asked.after() {
        Some(after) => format!("/instances?after={}", part(after)),
        None => "/instances".to_owned(),
    };
    let json: Vec<_> = senders
        .iter()
        .map(|sender| {
            json!({
                "instance": sender.instance,
                "first_week": sender.first_week,
                "last_week": sender.last_week,
                "payloads": sender.payloads,
                "key": sender.key,
                "left_out": sender.left_out,
                "conflicts": sender.conflicts,
            })
        })
        .collect();
    let markup = html! {
        h1 { "Instances" }
        p {
            @if confirmed_after > 1 {
                "The numbers of an instance count once it reported " (counted(confirmed_after.into(), "week", "weeks")) ". "
            }
            "An instance that is left out has a reason; " code { "pings store instances" } " changes it."
        }
        (left_out_note(&left_out))
        @if senders.is_empty() {
            p { "No instance has sent a payload yet." }
        } @else {
            (table.html())
        }
        @if let Some(next) = &next { p { a href=(next) rel="next" { "More instances" } } }
        (formats(&here, "pings store instances"))
    };
    Ok(Content {
        area: Area::Instances,
        title: "Instances".to_owned(),
        markup,
        table,
        json: json!({ "instances": json, "next": next }),
    })
}

fn table(senders: &[Sender]) -> Table {
    let mut table = Table::new("Instances")
        .text("Instance")
        .text("First week")
        .text("Last week");
    table = table
        .number("Payloads")
        .text("Counts")
        .number("Conflicts")
        .text("Signed");
    for it in senders {
        let text = |text: &Option<String>| Cell::text(text.as_deref().unwrap_or("–"));
        table.row(vec![
            Cell::text(&it.instance),
            text(&it.first_week),
            text(&it.last_week),
            Cell::count(it.payloads),
            match &it.left_out {
                Some(reason) => Cell::Badge("broken", format!("left out: {reason}")),
                None => Cell::Badge("trusted", "yes".to_owned()),
            },
            Cell::count(it.conflicts),
            Cell::text(if it.key.is_some() { "yes" } else { "no" }),
        ]);
    }
    table
}
