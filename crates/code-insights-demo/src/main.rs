//! `code-insights-demo FOLDER`: creates a sample product and its event log.

mod print;

use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use pings_runtime::StoreAddress;
use time::OffsetDateTime;

/// Create a sample product with eight weeks of user activity
#[derive(Parser)]
struct Arguments {
    /// The folder for the demo, which replaces an earlier demo there
    folder: PathBuf,
    /// The time to use as now; the last week is the last complete week at that time
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<OffsetDateTime>,
    /// Create a small fleet of instances in the folder instead, and send its payloads to this store
    #[arg(long, value_name = "URL")]
    fleet: Option<String>,
    /// Log a few events in the folder's event log instead
    #[arg(long, conflicts_with = "fleet")]
    log: bool,
    /// Serve a web page that fires events at this address instead, until Ctrl-C
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["fleet", "log"])]
    page: Option<SocketAddr>,
}

fn moment(text: &str) -> Result<OffsetDateTime, &'static str> {
    pings_runtime::parse_time(text).ok_or("it must be a time such as 2021-01-25T12:00:00Z")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return print::usage(&error),
    };
    let now = arguments.now.unwrap_or_else(OffsetDateTime::now_utc);
    let done = match (&arguments.fleet, arguments.page) {
        (None, Some(listen)) => serve(&arguments.folder, listen).await,
        (None, None) if arguments.log => code_insights_demo::log_events(&arguments.folder, now)
            .await
            .map(|_| ()),
        (Some(store), _) => send(&arguments.folder, now, store).await,
        (None, None) => code_insights_demo::make(&arguments.folder, now)
            .await
            .map(|made| print::made(&made)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => print::failure(&error.to_string()),
    }
}

/// Serves the page until Ctrl-C.
async fn serve(folder: &Path, listen: SocketAddr) -> Result<(), Box<dyn Error>> {
    let page = code_insights_demo::Page::open(folder, listen).await?;
    print::serving(page.address);
    let stop = async {
        // Without a signal handler, the process runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    page.serve(stop).await
}

/// Sends the fleet's payloads, and writes the registry as it was before a version was known to be
/// broken.
async fn send(folder: &Path, now: OffsetDateTime, store: &str) -> Result<(), Box<dyn Error>> {
    let store = StoreAddress::new(store, None)?;
    let before = code_insights_demo::registry_before()?;
    std::fs::write(folder.join("pings-before.yaml"), before)?;
    let sent = code_insights_demo::send_fleet(folder, now, &store, print::sending).await?;
    print::sent(&sent);
    Ok(())
}
