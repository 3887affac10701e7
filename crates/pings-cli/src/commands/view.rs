//! `pings view`

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use pings_admin::{Admin, Host, Loopback};
use pings_runtime::Settings;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use super::http;
use super::inputs::{event_log, optional_version, registry};
use super::signals::stop;
use crate::arguments::{Common, View};
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::output;

pub(crate) async fn run(common: &Common, view: &View) -> Outcome {
    // A file with mistakes is reported now.
    Config::load(common)?;
    let file = config_file(common);
    let log = event_log(common).await?;
    let opened = log.clone();
    let settings_file = file.clone();
    let store = view.store.as_ref().filter(|it| !it.is_empty());
    let admin = Admin::new(Host {
        registry: Arc::new(registry(common)?),
        version: optional_version(view.product_version.as_deref())?,
        store: store.map(ToString::to_string),
        settings: Arc::new(move || Settings::load(settings_file.as_deref())),
        config_file: file,
        reads_settings: true,
        runtime: Handle::current(),
        log: Arc::new(move || {
            let log = opened.clone();
            Box::pin(async move { Ok(log) })
        }),
    });
    let admin = admin.path("").switches(!view.read_only);
    listen(common, view, admin).await?;
    log.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn listen(common: &Common, view: &View, admin: Admin) -> Result<(), Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, view.port));
    let cannot = |error| Failure::Ours(format!("cannot listen on {address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let guard = Loopback::new(address.port())
        .ok_or_else(|| Failure::Ours("the system has no random numbers".to_owned()))?;
    let stopped =
        stop().map_err(|error| Failure::Ours(format!("cannot wait for signals: {error}")))?;
    let url = format!("http://{address}/?{}", guard.query());
    match common.is_json() {
        true => output::say_json_line(&json!({ "listening": url })),
        false => {
            output::done("Listening", &format!("on {address}, until Ctrl-C"));
            // Notes are masked, and the address has a token.
            output::say(&url);
        }
    }
    if view.open
        && let Err(error) = open(&url)
    {
        output::complain(&format!(
            "note: the browser cannot be opened: {error}\nhelp: open the address above"
        ));
    }
    http::serve(listener, guard.guard(admin.router()), stopped).await;
    Ok(())
}

/// Returns the configuration file that the command line or the environment names.
fn config_file(common: &Common) -> Option<PathBuf> {
    let file = common.config.as_deref();
    let file = file.filter(|path| !path.as_os_str().is_empty());
    file.map(ToOwned::to_owned)
}

/// Opens an address in the browser. The browser may run longer than this command.
fn open(url: &str) -> std::io::Result<()> {
    let mut command = match std::env::consts::OS {
        "macos" => Command::new("open"),
        "windows" => Command::new("explorer"),
        _ => Command::new("xdg-open"),
    };
    let quiet = command.arg(url).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.spawn().map(|_| ())
}
