//! `pings store serve`

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use pings_model::Registry;
use pings_store::Store;
use pings_store::server::{Limits, Options, Quotas, ReadAccess, Tokens, serve};
use serde_json::json;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::opened::{learn, open};
use crate::arguments::store::Serve;
use crate::arguments::{Common, FailureFormat};
use crate::commands::inputs::filled;
use crate::commands::service_manager::ServiceManager;
use crate::commands::signals::{Reloads, stop};
use crate::commands::text_file;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::output::counted;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Serve) -> Outcome {
    let tokens = Arc::new(RwLock::new(tokens(arguments).await?));
    let metrics_token = arguments.metrics_token.as_deref().map(filled);
    let metrics_token = metrics_token.transpose()?.map(str::to_owned);
    let body = arguments.max_bytes as usize;
    let limits = Limits {
        body,
        decompressed: body.saturating_mul(8),
        memory: Limits::default().memory.max(body.saturating_mul(16)),
        ..Limits::default()
    };
    let read_access = read_access(arguments)?;
    let store = open(database, true).await?;
    for file in &arguments.registries {
        learn(&store, file, false).await?;
    }
    let cannot = |error| Failure::Ours(format!("cannot listen on {}: {error}", arguments.listen));
    let listener = TcpListener::bind(arguments.listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let stop =
        stop().map_err(|error| Failure::Ours(format!("cannot wait for signals: {error}")))?;
    let mut reloads = Reloads::new()
        .map_err(|error| Failure::Ours(format!("cannot wait for signals: {error}")))?;
    if common.is_json() {
        output::say_json(&json!({ "listening": format!("http://{address}") }));
    } else {
        output::done("Listening", &format!("on http://{address}"));
    }
    let store = Arc::new(store);
    let pages = pings_dashboard::router(Arc::clone(&store), read_access.clone());
    let options = Options {
        pages: Some(pages),
        tokens: Arc::clone(&tokens),
        limits,
        quotas: quotas(arguments),
        require_signatures: arguments.require_signatures,
        metrics_token,
        read_access: read_access.clone(),
        trusts_forwarded: arguments.quotas.trust_forwarded,
    };
    let manager = ServiceManager::of_environment();
    let status = format!("listening on http://{address}");
    let stopped = async {
        stop.await;
        manager.stopping();
    };
    manager.ready(&status);
    tokio::select! {
        served = serve(listener, Arc::clone(&store), options, stopped) => {
            served.map_err(|error| Failure::Ours(format!("cannot start a thread: {error}")))?;
        }
        () = async {
            loop {
                reloads.next().await;
                manager.reloading();
                reload(arguments, &store, &tokens, read_access.as_ref()).await;
                manager.ready(&status);
            }
        } => {}
        () = manager.keep_alive() => {}
        () = retain(&store, arguments.retain) => {}
    }
    store.close().await;
    if !common.is_json() {
        output::done("Stopped", "all received payloads are stored");
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns who may read answers. The registries are those of the command line.
fn read_access(arguments: &Serve) -> Result<Option<ReadAccess>, Failure> {
    let Some(token) = arguments.read_token.as_deref() else {
        return Ok(None);
    };
    let token = filled(token)?;
    if arguments.registries.is_empty() {
        let message = "--read-token needs a registry, by which answers are computed\nhelp: add --registry pings.yaml";
        return Err(Failure::Input(message.to_owned()));
    }
    let registries = registries(arguments)?;
    Ok(Some(ReadAccess::new(token, registries)))
}

fn registries(arguments: &Serve) -> Result<Vec<Registry>, Failure> {
    let load = |file: &PathBuf| match pings_build::load(file) {
        Ok(loaded) => Ok(loaded.registry),
        Err(failure) => Err(Failure::Registry(Box::new(failure))),
    };
    arguments.registries.iter().map(load).collect()
}

/// The interval at which weeks beyond the retention are erased.
const ERASED: Duration = Duration::from_secs(6 * 60 * 60);

fn quotas(arguments: &Serve) -> Quotas {
    let of = &arguments.quotas;
    Quotas {
        instance_requests: of.instance_requests,
        address_requests: of.address_requests,
        instance_bytes: of.instance_bytes,
        address_bytes: of.address_bytes,
        instance_names: of.instance_names,
        address_names: of.address_names,
        address_instances: of.address_instances,
        conflicts: of.conflicts,
        // A week that was erased must not be accepted again.
        past_weeks: of.past_weeks.min(arguments.retain.unwrap_or(u32::MAX)),
        revision_jump: of.revision_jump,
    }
}

/// Reads the tokens and the registries again. A file with errors changes nothing.
async fn reload(
    arguments: &Serve,
    store: &Store,
    served: &RwLock<Tokens>,
    read_access: Option<&ReadAccess>,
) {
    match tokens(arguments).await {
        Ok(tokens) => {
            *served.write().unwrap_or_else(PoisonError::into_inner) = tokens;
            output::done("Reloaded", "the tokens");
        }
        Err(failure) => {
            failure.report(FailureFormat::Human);
            output::complain("note: the tokens were not changed");
        }
    }
    for file in &arguments.registries {
        match learn(store, file, false).await {
            Ok(_) => output::done("Reloaded", &file.display().to_string()),
            Err(failure) => {
                failure.report(FailureFormat::Human);
                output::complain("note: the registry in the store was not changed");
            }
        }
    }
    // A file with errors was reported above.
    if let (Some(access), Ok(registries)) = (read_access, registries(arguments)) {
        access.replace(registries);
    }
}

/// Erases the weeks beyond the retention, immediately and then several times a day.
async fn retain(store: &Store, weeks: Option<u32>) {
    let Some(weeks) = weeks else {
        return std::future::pending().await;
    };
    loop {
        match store.retain(weeks, OffsetDateTime::now_utc()).await {
            Ok(0) => {}
            Ok(payloads) => output::done(
                "Erased",
                &format!(
                    "{} from more than {} ago",
                    counted(payloads, "payload", "payloads"),
                    counted(weeks.into(), "week", "weeks")
                ),
            ),
            Err(error) => output::complain(&format!("error: old weeks were not erased: {error}")),
        }
        sleep(ERASED).await;
    }
}

/// The maximum size of the file with the tokens of instances, in bytes.
const TOKENS: u64 = 64 << 20;

async fn tokens(arguments: &Serve) -> Result<Tokens, Failure> {
    let mut tokens = Tokens::default();
    if let Some(token) = arguments.token.as_deref() {
        tokens = tokens.with_shared(filled(token)?);
    }
    let Some(path) = arguments.tokens.clone() else {
        return Ok(tokens);
    };
    // The server continues to answer while a slow disk is read.
    let read = spawn_blocking(move || own_tokens(tokens, &path));
    read.await
        .map_err(|error| Failure::Ours(format!("cannot read the tokens: {error}")))?
}

fn own_tokens(tokens: Tokens, path: &Path) -> Result<Tokens, Failure> {
    let text = text_file::read(path, TOKENS)?;
    tokens
        .with_own(&text)
        .map_err(|(line, reason)| Failure::Input(format!("{}:{line}: {reason}", path.display())))
}
