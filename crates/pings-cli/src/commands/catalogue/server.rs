//! Serves the site while its registry is edited.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use pings_codegen::Tree;
use serde_json::json;
use tokio::net::TcpListener;

use super::site::site;
use crate::arguments::{Catalogue, Common};
use crate::commands::signals::stop;
use crate::failure::{Failure, Outcome};
use crate::output;

/// The site of the registry as it was read last.
struct Served {
    registry: PathBuf,
    arguments: Catalogue,
    current: Mutex<Current>,
}

struct Current {
    modified: Option<SystemTime>,
    tree: Tree,
}

pub(super) async fn run(common: &Common, arguments: &Catalogue, address: SocketAddr) -> Outcome {
    let registry = common.registry.clone();
    let modified = modified(&registry);
    let tree = current(&registry, arguments)?;
    let served = Served {
        registry,
        arguments: arguments.clone(),
        current: Mutex::new(Current { modified, tree }),
    };
    let cannot = |error| Failure::Ours(format!("cannot listen on {address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let url = format!("http://{}/", listener.local_addr().map_err(cannot)?);
    let stopped =
        stop().map_err(|error| Failure::Ours(format!("cannot wait for signals: {error}")))?;
    match common.is_json() {
        true => output::say_json_line(&json!({ "listening": url })),
        false => output::done("Listening", &format!("on {url}, until Ctrl-C")),
    }
    let router = Router::new().fallback(page).with_state(Arc::new(served));
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        stopped.await;
    });
    server
        .await
        .map_err(|error| Failure::Ours(format!("cannot serve: {error}")))?;
    Ok(ExitCode::SUCCESS)
}

async fn page(State(served): State<Arc<Served>>, uri: Uri) -> Response {
    let mut current = served
        .current
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let modified = modified(&served.registry);
    if modified != current.modified {
        match self::current(&served.registry, &served.arguments) {
            Ok(tree) => *current = Current { modified, tree },
            Err(failure) => {
                let reason = failure.message();
                let message = format!("The catalogue cannot be written.\n\n{reason}\n");
                return (StatusCode::INTERNAL_SERVER_ERROR, message).into_response();
            }
        }
    }
    let path = uri.path().trim_start_matches('/');
    let path = match path.is_empty() || path.ends_with('/') {
        true => format!("{path}index.html"),
        false => path.to_owned(),
    };
    match current.tree.file(&path) {
        Some(text) => (
            [(header::CONTENT_TYPE, content_type(&path))],
            text.to_owned(),
        )
            .into_response(),
        None => (StatusCode::NOT_FOUND, "The catalogue has no such page.\n").into_response(),
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("xml") => "application/xml",
        _ => "text/plain; charset=utf-8",
    }
}

fn modified(registry: &Path) -> Option<SystemTime> {
    fs::metadata(registry).ok()?.modified().ok()
}

/// Returns the site of the registry as it is now.
fn current(registry: &Path, arguments: &Catalogue) -> Result<Tree, Failure> {
    let name = registry.display().to_string();
    let arguments = Catalogue {
        base_url: None,
        ..arguments.clone()
    };
    site(registry, &name, &arguments)
}
