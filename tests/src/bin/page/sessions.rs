//! Sessions, which are in the database and in a cookie.

use std::collections::HashMap;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use pings_tests::databases::Database;
use sqlx::AssertSqlSafe;

use crate::Product;

/// The name of the cookie.
const COOKIE: &str = "session";

/// A session of a signed-in user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    pub(crate) user: i64,
}

/// Creates the table.
pub(crate) async fn create(database: &mut Database) {
    let table =
        "CREATE TABLE IF NOT EXISTS sessions (token text PRIMARY KEY, user_id bigint NOT NULL)";
    database.execute(table).await;
}

/// Returns the cookies of a request.
pub(crate) fn cookies(headers: &HeaderMap) -> HashMap<&str, &str> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split("; "))
        .filter_map(|pair| pair.split_once('='))
        .collect()
}

/// Returns an answer without a body that sets a cookie.
pub(crate) fn with_cookie(name: &str, value: &str) -> Response {
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax");
    let cookie = HeaderValue::from_str(&cookie).expect("a cookie");
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response()
}

/// Signs a user in.
pub(crate) async fn login(State(product): State<Product>, Path(user): Path<i64>) -> Response {
    let token = uuid::Uuid::new_v4().to_string();
    let sql = format!("INSERT INTO sessions (token, user_id) VALUES ('{token}', {user})");
    product.database.lock().await.execute(&sql).await;
    with_cookie(COOKIE, &token)
}

/// Signs the user of a request out.
pub(crate) async fn logout(State(product): State<Product>, headers: HeaderMap) -> Response {
    if let Some(token) = token(&headers) {
        let sql = format!("DELETE FROM sessions WHERE token = '{token}'");
        product.database.lock().await.execute(&sql).await;
    }
    with_cookie(COOKIE, "")
}

/// Adds the session of a request to its extensions.
pub(crate) async fn find(
    State(product): State<Product>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(token) = token(request.headers()) {
        let sql = format!("SELECT user_id FROM sessions WHERE token = '{token}'");
        let sql = AssertSqlSafe(sql);
        let user: Option<i64> = match &mut *product.database.lock().await {
            Database::Postgres(db) => sqlx::query_scalar(sql).fetch_optional(db).await,
            Database::Sqlite(db) => sqlx::query_scalar(sql).fetch_optional(db).await,
        }
        .expect("the sessions");
        if let Some(user) = user {
            request.extensions_mut().insert(Session { user });
        }
    }
    next.run(request).await
}

/// Returns the token of the cookie, if it has the form of one.
fn token(headers: &HeaderMap) -> Option<uuid::Uuid> {
    cookies(headers).get(COOKIE)?.parse().ok()
}
