//! A web page that fires the events of the front end, and the server of its product.

use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path as UrlPath;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use pings_ingest::{Ingest, PageConsent, User};
use pings_runtime::{Consent, Options, Outage, Recorder};
use tokio::net::TcpListener;

use crate::{WEEKS, version};

/// The page. The element that configures the client is inserted at its end.
const PAGE: &str = include_str!("page.html");

/// Only scripts of the product's own origin run.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'";

/// The files of the generated package, with the page's own. A browser loads them without a bundler.
const FILES: [(&str, &str); 9] = [
    ("page.css", include_str!("page.css")),
    ("page.js", include_str!("page.js")),
    (
        "index.js",
        include_str!("../../../../packages/code-insights-web/index.js"),
    ),
    (
        "dom.js",
        include_str!("../../../../packages/code-insights-web/dom.js"),
    ),
    (
        "core/core.js",
        include_str!("../../../../packages/code-insights-web/core/core.js"),
    ),
    (
        "core/dom.js",
        include_str!("../../../../packages/code-insights-web/core/dom.js"),
    ),
    (
        "core/guard.js",
        include_str!("../../../../packages/code-insights-web/core/guard.js"),
    ),
    (
        "core/ids.js",
        include_str!("../../../../packages/code-insights-web/core/ids.js"),
    ),
    (
        "core/storage.js",
        include_str!("../../../../packages/code-insights-web/core/storage.js"),
    ),
];

/// A running page.
pub struct Page {
    /// The address of the page.
    pub address: SocketAddr,
    listener: TcpListener,
    routes: Router,
    recorder: Recorder,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Page {
    /// Starts to listen, for events of an existing demo in the folder.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder has no demo, or if the address is in use.
    pub async fn open(folder: &Path, listen: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let address = format!("sqlite://{}", folder.join("pings.db").display());
        let registry = pings_registry::parse(code_insights_events::REGISTRY)
            .map_err(|_| "the registry in code-insights-events has mistakes")?;
        let options = Options {
            outage: Outage::Spill(folder.join("spill")),
            consent: Some(Consent::default()),
            ..Options::new(version(WEEKS))
        };
        let recorder = Recorder::start(&address.parse()?, options)?;
        let ingest = Ingest::new(Arc::new(registry), recorder.clone(), user);
        let page = PAGE.replace(
            "</body>",
            &format!("{}</body>", ingest.script(PageConsent::Granted)),
        );
        let page = page.replace("VERSION", version(WEEKS));
        let shown =
            move || async move { ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page)) };
        let listener = TcpListener::bind(listen).await?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            routes: Router::new()
                .route("/", get(shown))
                .route("/{*file}", get(file))
                .merge(ingest.router()),
            recorder,
        })
    }

    /// Serves the page until the future completes, and stores all events.
    ///
    /// # Errors
    ///
    /// Returns an error if an event cannot be stored.
    pub async fn serve(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Box<dyn Error>> {
        let server = axum::serve(self.listener, self.routes);
        server.with_graceful_shutdown(stop).await?;
        self.recorder.shutdown().await?;
        Ok(())
    }
}

/// Returns the user of the demo's session, which is a cookie. A product checks its sessions.
fn user(request: &Parts) -> Option<User> {
    let cookies = request.headers.get(header::COOKIE)?.to_str().ok()?;
    let user = cookies
        .split("; ")
        .find_map(|cookie| cookie.strip_prefix("user="))?;
    user.parse::<i64>().ok().map(User::from)
}

async fn file(UrlPath(path): UrlPath<String>) -> Response {
    let Some((_, text)) = FILES.iter().find(|(name, _)| *name == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let media_type = match path.ends_with(".css") {
        true => "text/css",
        false => "text/javascript",
    };
    ([(header::CONTENT_TYPE, media_type)], *text).into_response()
}
