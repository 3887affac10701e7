//! Serves the bookmarks of `DATABASE_URL` on port 8080.

use std::error::Error;

use bookmarks::{App, admin_routes, create_table, routes};
use bookmarks_events::REGISTRY;
use pings::Pings;
use sqlx::PgPool;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL")?;
    let db = PgPool::connect(&url).await?;
    create_table(&db).await?;
    let pings = Pings::builder(REGISTRY)
        .event_log(&url)
        // In production, an account that can only read.
        .product_database(&url)
        .product_version(env!("CARGO_PKG_VERSION"))
        .start()?;

    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    let app = App {
        db,
        pings: pings.clone(),
    };
    let routes = routes(app).merge(admin_routes(&pings)?);
    axum::serve(listener, routes)
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    // The last events are written before the process ends.
    pings.shutdown().await?;
    Ok(())
}
