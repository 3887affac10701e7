//! The source for a running ingest endpoint.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use pings_model::{Event, Registry};
use pings_runtime::follow::{ActorKind, Arrival, Assessor, Followed};
use pings_runtime::parse_time;
use serde_json::Value as Json;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::printer::Printer;
use super::received::{Line, Received};
use crate::failure::Failure;
use crate::output;

/// The time between two attempts while the endpoint does not answer.
const RETRY: Duration = Duration::from_secs(1);

/// The endpoint sends at least an empty line in a third of this time.
const QUIET: Duration = Duration::from_secs(30);

/// The time limit for the answer of the endpoint to begin.
const PATIENCE: Duration = Duration::from_secs(10);

/// The number of lines that wait to be printed.
const WAITING: usize = 1024;

/// Prints what an endpoint receives until the reader closes the output.
pub(super) async fn followed(
    url: &str,
    token: &str,
    registry: &Registry,
    events: &[&Event],
    printer: &Printer,
) -> Result<(), Failure> {
    let assessor = Assessor::new(registry);
    let mut lines = open(url, token).await?;
    output::done("Following", &format!("{url}; stop with Ctrl-C"));
    while output::has_reader() {
        let Ok(Some(line)) = timeout(QUIET, lines.recv()).await else {
            printer.failed(&format!("{url} does not answer"));
            lines = reopened(url, token).await?;
            printer.recovered("the endpoint");
            continue;
        };
        match serde_json::from_str(&line) {
            Ok(Line::Event(received)) => {
                let followed = judged(&assessor, &received);
                if is_wanted(&followed.arrival.name, events) {
                    printer.received(&received, &followed);
                }
            }
            Ok(Line::Skipped { skipped }) => printer.skipped(skipped),
            // An empty line shows that the connection works.
            Err(_) => {}
        }
    }
    Ok(())
}

fn is_wanted(name: &str, events: &[&Event]) -> bool {
    let is_event = |event: &&Event| event.wire_names().any(|it| it == name);
    events.is_empty() || events.iter().any(is_event)
}

fn judged<'r>(assessor: &Assessor<'r>, received: &Received) -> Followed<'r> {
    let text = |member: &str| match received.event.get(member) {
        Some(Json::String(text)) => text.clone(),
        _ => String::new(),
    };
    let argument = received.event.get("args");
    let arrival = Arrival {
        // The endpoint does not know the row.
        id: 0,
        at: parse_time(&text("at")),
        name: text("name"),
        actor: match received.actor.as_str() {
            "user" => ActorKind::User,
            "visitor" => ActorKind::Visitor,
            _ => ActorKind::Nobody,
        },
        source: received.source.clone(),
        argument: argument.map_or_else(|| "{}".to_owned(), Json::to_string),
        version: text("version"),
    };
    Followed {
        assessment: assessor.assess(&arrival),
        arrival,
    }
}

/// Opens the connection again, however long it takes.
async fn reopened(url: &str, token: &str) -> Result<mpsc::Receiver<String>, Failure> {
    loop {
        sleep(RETRY).await;
        match open(url, token).await {
            Err(Failure::Ours(_)) => {}
            opened => return opened,
        }
    }
}

/// Opens a connection, whose lines a thread reads.
async fn open(url: &str, token: &str) -> Result<mpsc::Receiver<String>, Failure> {
    let (url, token) = (url.to_owned(), token.to_owned());
    let opened = tokio::task::spawn_blocking(move || connect(&url, &token));
    let body = opened
        .await
        .map_err(|error| Failure::Ours(error.to_string()))??;
    let (sender, lines) = mpsc::channel(WAITING);
    std::thread::spawn(move || {
        for line in BufReader::new(body.into_reader()).lines() {
            let Ok(line) = line else { break };
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    Ok(lines)
}

fn connect(url: &str, token: &str) -> Result<ureq::Body, Failure> {
    let certificates = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
    let agent: Agent = Agent::config_builder()
        .tls_config(certificates.build())
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
        .http_status_as_error(false)
        .build()
        .into();
    let request = agent
        .get(format!("{}/tail", url.trim_end_matches('/')))
        .header("authorization", format!("Bearer {token}"));
    let answer = request
        .call()
        .map_err(|error| Failure::Ours(format!("{url} does not answer: {error}")))?;
    match answer.status().as_u16() {
        200 => Ok(answer.into_body()),
        401 => Err(Failure::Input(format!(
            "{url} refuses the token\nhelp: use the token of `pings serve --tail-token`"
        ))),
        404 => Err(Failure::Input(format!(
            "{url} shows no events\n\
             help: check the path, and start the endpoint with a token: `pings serve --ingest --tail-token TOKEN`"
        ))),
        status => Err(Failure::Ours(format!("{url} answers with status {status}"))),
    }
}
