//! The payloads that the server received since it started: how it answered them, and the limits that
//! they exceeded.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, Response, Uri};
use maud::{Markup, html};
use pings_store::server::{Activity, LimitUse, Traffic};
use serde_json::{Value as Json, json};

use crate::answer::{Asking, Content, answer};
use crate::frame::Area;
use crate::pages::formats;
use crate::site::Site;
use crate::table::{Cell, Table};

pub(crate) async fn page(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
    activity: Option<Extension<Activity>>,
    asked: Asking,
) -> Response<Body> {
    let traffic = activity.map_or_else(Traffic::default, |Extension(it)| it.traffic());
    let content = received(&traffic);
    answer(&site, (&headers, &uri), asked, async |_, _| Ok(content)).await
}

fn received(traffic: &Traffic) -> Content {
    let payloads = payloads(traffic);
    Content {
        area: Area::Received,
        title: "Received payloads".to_owned(),
        markup: html! {
            h1 { "Received payloads" }
            p { "Since the server started. " code { "GET /metrics" } " has the same counters for Prometheus." }
            h2 { "Answers" }
            (payloads.html())
            (conflicts(traffic.conflicts))
            h2 { "Limits of a sender" }
            p { "The server does not keep a payload above a limit. Its answer names the limit." }
            (limits(&traffic.limits).html())
            (formats("/received", "pings store serve --help"))
        },
        table: payloads,
        json: as_json(traffic),
    }
}

fn conflicts(count: u64) -> Markup {
    html! {
        @if count > 0 {
            p {
                "A conflict is a payload with other content than the store has for the same instance, week and revision. The first content counts. "
                "The usual cause is a copied instance: two machines with one id."
            }
        }
    }
}

/// Returns how many payloads were answered in which way.
fn payloads(traffic: &Traffic) -> Table {
    let mut table = Table::new("Payloads by answer")
        .text("Answer")
        .text("Meaning")
        .number("Payloads");
    let stored = [
        (
            "accepted",
            "stored as the newest revision of its week",
            traffic.accepted,
        ),
        (
            "late",
            "stored after a newer revision of its week",
            traffic.late,
        ),
        ("repeated", "stored before", traffic.repeated),
        (
            "conflict",
            "other content was stored before",
            traffic.conflicts,
        ),
    ];
    for (answer, meaning, count) in stored {
        table.row(vec![
            Cell::text(answer),
            Cell::text(meaning),
            Cell::count(count),
        ]);
    }
    for (status, count) in &traffic.refused {
        let answer = status.map_or_else(|| "other status".to_owned(), |it| it.to_string());
        table.row(vec![
            Cell::text(answer),
            Cell::text(refusal(*status)),
            Cell::count(*count),
        ]);
    }
    table
}

/// Returns why payloads are refused with a status code.
fn refusal(status: Option<u16>) -> &'static str {
    match status {
        Some(400) => "refused: not a payload",
        Some(401) => "refused: the token is missing or wrong",
        Some(403) => "refused: not allowed for this instance",
        Some(408) => "refused: the request took too long",
        Some(413) => "refused: too large",
        Some(415) => "refused: not JSON",
        Some(429) => "refused: a limit of the sender was exceeded",
        Some(500) => "refused: the store failed",
        Some(503) => "refused: the store is busy, or its database does not answer",
        _ => "refused",
    }
}

fn limits(limits: &[LimitUse]) -> Table {
    let mut table = Table::new("Limits of a sender")
        .text("Limit")
        .number("At most")
        .number("Exceeded");
    for limit in limits {
        table.row(vec![
            Cell::text(limit.name.replace('_', " ")),
            Cell::Number(limit.most.map(|most| most as f64)),
            Cell::count(limit.exceeded),
        ]);
    }
    table
}

fn as_json(traffic: &Traffic) -> Json {
    let refused = traffic.refused.iter().map(|(status, count)| {
        let status = status.map_or_else(|| "other".to_owned(), |it| it.to_string());
        (status, json!(count))
    });
    let limits = traffic.limits.iter().map(
        |limit| json!({ "limit": limit.name, "most": limit.most, "exceeded": limit.exceeded }),
    );
    json!({
        "accepted": traffic.accepted,
        "late": traffic.late,
        "repeated": traffic.repeated,
        "conflicts": traffic.conflicts,
        "refused": refused.collect::<serde_json::Map<_, _>>(),
        "limits": limits.collect::<Vec<_>>(),
    })
}
