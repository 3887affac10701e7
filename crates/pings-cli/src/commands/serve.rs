//! `pings serve`

use std::process::ExitCode;
use std::sync::Arc;

use axum::http::HeaderName;
use axum::http::request::Parts;
use pings_ingest::{Ingest, PageConsent, User};
use pings_runtime::{EventLog, Options, Outage, Recorder};
use serde_json::json;
use tokio::net::TcpListener;

use super::http;
use super::inputs::{UNKNOWN, filled, optional_version, registry, url};
use super::signals::stop;
use crate::arguments::{Common, Serve};
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::output;

pub(crate) async fn run(common: &Common, serve: &Serve) -> Outcome {
    let config = Config::load(common)?;
    if !config.consent.gather {
        // Requests are still answered, so that pages do not keep their events for later.
        config.note_off(common, "all events are refused").await;
    }
    let registry = Arc::new(registry(common)?);
    let product = optional_version(serve.product_version.as_deref())?;
    let token = serve.tail_token.as_deref().map(filled).transpose()?;
    let header = serve.user_header.as_deref().map(user_header).transpose()?;
    let url = url(common)?;
    match EventLog::open(&url).await {
        _ if !config.consent.gather => {}
        Ok(log) => {
            output::warn_of(log.database());
            output::note_migration(log.database(), log.migrated());
            config.observe(&log, &registry).await?;
            log.close().await;
        }
        Err(error) if error.is_input() => return Err(error.into()),
        // Events wait in the spill folder.
        Err(error) => output::complain(&format!("warning: {error}")),
    }
    let outage = serve.spill.clone().map(Outage::Spill);
    let version = serve.product_version.as_deref();
    let options = Options {
        outage: outage.unwrap_or_else(|| Outage::default_for(&url)),
        consent: Some(config.consent),
        ..Options::new(version.filter(|it| !it.is_empty()).unwrap_or(UNKNOWN))
    };
    let recorder = Recorder::start(&url, options)?;
    let user = move |request: &Parts| user(request, header.as_ref()?);
    let mut ingest = Ingest::new(registry, recorder.clone(), user)
        .path(serve.path.as_str())
        .requests_per_second(serve.requests_per_second)
        .source(serve.source.as_str())
        .visitor_ids(config.visitor_ids);
    if let Some(product) = product {
        ingest = ingest.product_version(product);
    }
    for origin in &serve.origins {
        ingest = ingest.allow_origin(origin.as_str());
    }
    if serve.trust_forwarded {
        ingest = ingest.trust_forwarded();
    }
    if let Some(token) = token {
        ingest = ingest.tail_token(token);
    }
    listen(common, serve, ingest).await?;
    let kept = recorder.shutdown().await?;
    if !common.is_json() {
        output::done(
            "Stopped",
            &format!("all received events are {}", stored(kept)),
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn listen(common: &Common, serve: &Serve, ingest: Ingest) -> Result<(), Failure> {
    let cannot = |error| Failure::Ours(format!("cannot listen on {}: {error}", serve.listen));
    let listener = TcpListener::bind(serve.listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let stopped =
        stop().map_err(|error| Failure::Ours(format!("cannot wait for signals: {error}")))?;
    let endpoint = format!("http://{address}{}", serve.path);
    let script = ingest.script(PageConsent::Granted);
    if common.is_json() {
        output::say_json_line(&json!({ "listening": endpoint, "script": script }));
    } else {
        output::done("Listening", &format!("on {endpoint}"));
        output::say(&format!("The pages need this element:\n  {script}"));
    }
    http::serve(listener, ingest.router(), stopped).await;
    Ok(())
}

fn user_header(name: &str) -> Result<HeaderName, Failure> {
    name.parse()
        .map_err(|_| Failure::Input(format!("`{name}` is not a valid name of a header")))
}

/// Returns the user that a proxy names in a header. The proxy adds its header after those of the
/// browser.
fn user(request: &Parts, header: &HeaderName) -> Option<User> {
    let id = request.headers.get_all(header).iter().next_back()?;
    let id = String::from_utf8_lossy(id.as_bytes());
    let id = id.trim();
    // `007` is a text: as a number, it would be another user.
    let number = id.parse::<i64>().ok();
    let number = number.filter(|number| number.to_string() == id);
    Some(number.map_or_else(|| User::from(id), User::from))
}

fn stored(kept: pings_runtime::Durability) -> &'static str {
    match kept {
        pings_runtime::Durability::Spilled => "in the spill folder",
        _ => "stored",
    }
}
