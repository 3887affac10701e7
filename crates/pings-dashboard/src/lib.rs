#![doc = include_str!("../README.md")]

mod answer;
mod asked;
mod attempts;
mod chart;
mod frame;
mod pages;
mod series_chart;
mod sessions;
mod sign_in;
mod site;
mod table;
mod text;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::{get, post};
use pings_pages::STYLE;
use pings_store::Store;
use pings_store::server::ReadAccess;

use site::Site;

/// The maximum size of a form in bytes.
const FORM: usize = 8 << 10;

/// Returns the pages of a store. Without access, each page says how to get it.
pub fn router(store: Arc<Store>, access: Option<ReadAccess>) -> Router {
    let style = || async {
        let headers = [
            (CONTENT_TYPE, "text/css; charset=utf-8"),
            (CACHE_CONTROL, "no-cache"),
        ];
        let own = include_str!("../assets/dashboard.css");
        (headers, format!("{STYLE}{own}"))
    };
    Router::new()
        .route("/", get(pages::overview::page))
        .route("/series/{registry}/{code}", get(pages::series::page))
        .route("/alarms", get(pages::alarms::page))
        .route("/versions", get(pages::versions::page))
        .route("/impact", get(pages::impact::list))
        .route("/impact/assumed", get(pages::impact::assumed))
        .route("/impact/{registry}/{code}", get(pages::impact::page))
        .route("/doctor", get(pages::doctor::page))
        .route("/instances", get(pages::instances::page))
        .route("/received", get(pages::received::page))
        .route("/dashboard.css", get(style))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .layer(DefaultBodyLimit::max(FORM))
        .with_state(Arc::new(Site::new(store, access)))
}
