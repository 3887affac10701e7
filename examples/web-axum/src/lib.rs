//! A server of bookmarks that counts how it is used.

use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use bookmarks_events::{Event, Via};
use pings::{Actor, Pings};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

/// What each request needs.
#[derive(Clone, Debug)]
pub struct App {
    /// The bookmarks.
    pub db: PgPool,
    /// The usage telemetry; a clone is cheap.
    pub pings: Pings,
}

/// A saved address.
#[derive(Debug, Deserialize, Serialize)]
pub struct Bookmark {
    /// The address of the page.
    pub url: String,
    /// Whether users who are not signed in see the bookmark.
    pub is_public: bool,
}

#[derive(Deserialize)]
struct Search {
    text: String,
}

/// The user of a request. A product takes the user from its session.
const USER: i64 = 7;

/// Returns the routes of the server.
pub fn routes(app: App) -> Router {
    Router::new()
        .route("/bookmarks", post(add))
        .route("/search", get(search))
        .with_state(app)
}

/// Returns the pages that show administrators what this instance counts and sends.
///
/// # Errors
///
/// Returns an error if the events are kept in memory, as in tests.
pub fn admin_routes(pings: &Pings) -> Result<Router, pings::Error> {
    let pages = pings.admin()?.path("/admin/usage").switches(true);
    Ok(pages.router().layer(from_fn(administrators_only)))
}

/// The users who may see the pages. A product takes them from its database.
const ADMINISTRATORS: &[i64] = &[7];

async fn administrators_only(request: Request, next: Next) -> Result<Response, StatusCode> {
    match ADMINISTRATORS.contains(&USER) {
        true => Ok(next.run(request).await),
        false => Err(StatusCode::FORBIDDEN),
    }
}

/// Creates the table of the bookmarks.
///
/// # Errors
///
/// Returns an error if the database fails.
pub async fn create_table(db: &PgPool) -> sqlx::Result<()> {
    let table = "CREATE TABLE IF NOT EXISTS bookmarks \
         (id BIGSERIAL PRIMARY KEY, url TEXT NOT NULL, is_public BOOLEAN NOT NULL)";
    sqlx::raw_sql(table).execute(db).await?;
    Ok(())
}

async fn add(State(app): State<App>, Json(bookmark): Json<Bookmark>) -> Result<StatusCode, Failed> {
    sqlx::query("INSERT INTO bookmarks (url, is_public) VALUES ($1, $2)")
        .bind(&bookmark.url)
        .bind(bookmark.is_public)
        .execute(&app.db)
        .await
        .map_err(failed)?;
    // Neither waits nor fails.
    app.pings
        .record(&Event::BookmarkAdded { via: Via::Api }, Actor::user(USER));
    Ok(StatusCode::CREATED)
}

async fn search(
    State(app): State<App>,
    Query(search): Query<Search>,
) -> Result<Json<Vec<Bookmark>>, Failed> {
    let found = "SELECT url, is_public FROM bookmarks WHERE strpos(url, $1) > 0 ORDER BY id";
    let found: Vec<(String, bool)> = sqlx::query_as(found)
        .bind(search.text)
        .fetch_all(&app.db)
        .await
        .map_err(failed)?;
    let results = i64::try_from(found.len()).unwrap_or(i64::MAX);
    app.pings
        .record(&Event::Searched { results }, Actor::user(USER));
    let bookmarks = found
        .into_iter()
        .map(|(url, is_public)| Bookmark { url, is_public });
    Ok(Json(bookmarks.collect()))
}

type Failed = (StatusCode, String);

fn failed(error: sqlx::Error) -> Failed {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}
