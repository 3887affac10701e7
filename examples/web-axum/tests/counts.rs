//! The handlers record what happened.

use std::error::Error;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use bookmarks::{App, create_table, routes};
use bookmarks_events::REGISTRY;
use pings::testing::Probe;
use pings_sql::Dialect;
use pings_tests::place::Place;
use sqlx::PgPool;
use tower::ServiceExt;

#[tokio::test]
async fn a_bookmark_and_a_search_are_counted() -> Result<(), Box<dyn Error>> {
    let Some(place) = Place::new(Dialect::Postgres).await else {
        return Ok(());
    };
    let db = PgPool::connect(place.address()).await?;
    create_table(&db).await?;
    let probe = Probe::new(REGISTRY)?;
    let pings = probe.pings().clone();
    let server = routes(App { db, pings });

    let bookmark = r#"{"url": "https://example.com", "is_public": true}"#;
    let add = Request::post("/bookmarks")
        .header("content-type", "application/json")
        .body(Body::from(bookmark))?;
    let added = server.clone().oneshot(add).await?;
    assert_eq!(added.status(), StatusCode::CREATED);
    probe.assert_recorded("BookmarkAdded");
    probe.assert_moved(&["BookmarkAdded"]);
    assert_eq!(probe.events()[0].argument["via"], "api");

    probe.clear();
    let search = Request::get("/search?text=example").body(Body::empty())?;
    let found = server.oneshot(search).await?;
    assert_eq!(found.status(), StatusCode::OK);
    assert_eq!(probe.events()[0].argument["results"], 1);
    Ok(())
}
