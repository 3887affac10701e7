//! `pings store serve`

use std::fs;
use std::process::ExitCode;
use std::sync::Arc;

use pings_store::server::{Limits, Options, Tokens, serve};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::{learn, open};
use crate::arguments::Common;
use crate::arguments::store::Serve;
use crate::commands::filled;
use crate::failure::{Failure, Outcome};
use crate::look;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Serve) -> Outcome {
    let tokens = tokens(arguments)?;
    let body = arguments.max_bytes as usize;
    let limits = Limits {
        body,
        decompressed: body.saturating_mul(8),
        memory: Limits::default().memory.max(body.saturating_mul(16)),
        ..Limits::default()
    };
    let store = open(database, true).await?;
    for file in &arguments.registries {
        learn(&store, file, false).await?;
    }
    let cannot = |error| Failure::Ours(format!("cannot listen on {}: {error}", arguments.listen));
    let listener = TcpListener::bind(arguments.listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let stop =
        stop().map_err(|error| Failure::Ours(format!("cannot wait for signals: {error}")))?;
    if common.is_json() {
        look::say_json(&json!({ "listening": format!("http://{address}") }));
    } else {
        look::done("Listening", &format!("on http://{address}"));
    }
    let store = Arc::new(store);
    serve(
        listener,
        Arc::clone(&store),
        Options {
            tokens,
            limits,
            require_signatures: arguments.require_signatures,
        },
        stop,
    )
    .await;
    store.close().await;
    if !common.is_json() {
        look::done("Stopped", "all that was received is kept");
    }
    Ok(ExitCode::SUCCESS)
}

fn tokens(arguments: &Serve) -> Result<Tokens, Failure> {
    let mut tokens = Tokens::default();
    if let Some(token) = arguments.token.as_deref() {
        tokens = tokens.with_shared(filled(token)?);
    }
    if let Some(path) = &arguments.tokens {
        let file = path.display();
        let text = fs::read_to_string(path)
            .map_err(|error| Failure::Input(format!("cannot read {file}: {error}")))?;
        tokens = tokens
            .with_own(&text)
            .map_err(|(line, reason)| Failure::Input(format!("{file}:{line}: {reason}")))?;
    }
    Ok(tokens)
}

/// Comes to pass when somebody asks the process to stop.
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
