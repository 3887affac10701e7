//! `cargo xtask demo`

use std::env;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use crate::cargo::{cargo, finish, program};
use crate::print;

/// The packages whose programs the demo runs.
const PACKAGES: [&str; 2] = ["code-insights-demo", "pings-cli"];

pub(crate) fn run(root: &Path, now: Option<&str>) -> ExitCode {
    match demonstrate(root, now) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => print::failure(&message),
    }
}

/// Serves the page of the demo, and shows the events that it fires, until Ctrl-C.
pub(crate) fn page(root: &Path) -> ExitCode {
    match serve_page(root) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => print::failure(&message),
    }
}

fn serve_page(root: &Path) -> Result<(), String> {
    let folder = folder(root);
    build(root)?;
    if !folder.join("pings.db").exists() {
        make(root, &folder, None)?;
    }
    let mut serve = program(root, "code-insights-demo");
    serve.arg(&folder).args(["--page", "127.0.0.1:8092"]);
    let failed = |error: std::io::Error| format!("serving the page failed: {error}");
    let _serving = Running(serve.spawn().map_err(failed)?);
    let mut tail = program(root, "pings-cli");
    tail.args(["tail", "--last", "0", "--database"]);
    tail.arg(database(&folder));
    tail.arg("--registry").arg(root.join("pings.yaml"));
    finish(tail, "following the events")
}

/// Serves the dashboard and the catalogue of the last demo, until Ctrl-C.
pub(crate) fn serve(root: &Path) -> ExitCode {
    match serve_pages(root) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => print::failure(&message),
    }
}

/// The token with which readers sign in to the dashboard of the demo.
const READER: &str = "demo";

/// An address with a free port.
const FREE: &str = "127.0.0.1:0";

fn serve_pages(root: &Path) -> Result<(), String> {
    let folder = folder(root);
    build(root)?;
    let store = folder.join("store.db");
    if !store.exists() {
        make(root, &folder, None)?;
        fleet(root, &folder, None)?;
    }
    let registry = root.join("pings.yaml");
    let mut catalogue = program(root, "pings-cli");
    catalogue.args(["catalogue", "--serve", FREE, "--registry"]);
    let catalogue = Served::start(catalogue.arg(&registry), "the catalogue")?;
    let mut dashboard = program(root, "pings-cli");
    dashboard.args(["store", "serve", "--listen", FREE, "--read-token", READER]);
    dashboard.arg("--registry").arg(&registry).arg("--database");
    dashboard.arg(format!("sqlite://{}", store.display()));
    let dashboard = Served::start(&mut dashboard, "the dashboard")?;
    print::text(&format!(
        "
  dashboard  {}/  the token is {READER}
  catalogue  {}/

Press Ctrl-C to stop.",
        dashboard.address, catalogue.address
    ));
    dashboard.finish()
}

fn demonstrate(root: &Path, now: Option<&str>) -> Result<(), String> {
    let folder = folder(root);
    build(root)?;
    make(root, &folder, now)?;
    let database = database(&folder);
    print::done("Reporting", "the last complete week\n");
    let mut report = program(root, "pings-cli");
    report.args(["report", "--weeks", "8"]).args(at(now));
    report.arg("--registry").arg(root.join("pings.yaml"));
    report.args(["--database", &database]);
    finish(report, "reporting")?;
    watch(root, &folder, &database, now)?;
    fleet(root, &folder, now)?;
    catalogue(root, &folder)?;
    print::text(&next(&folder));
    Ok(())
}

/// Returns the folder of the demo.
fn folder(root: &Path) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    target.join("demo")
}

/// Returns the address of the event log.
fn database(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("pings.db").display())
}

fn build(root: &Path) -> Result<(), String> {
    print::done(
        "Building",
        "the demo; the first time this takes some minutes",
    );
    let mut build = cargo(root, "build");
    build.args(PACKAGES.iter().flat_map(|package| ["-p", package]));
    finish(build, "building the demo")
}

fn make(root: &Path, folder: &Path, now: Option<&str>) -> Result<(), String> {
    print::done(
        "Making",
        &format!(
            "a product and eight weeks of events in {}",
            folder.display()
        ),
    );
    let mut make = program(root, "code-insights-demo");
    make.arg(folder).args(at(now));
    finish(make, "making the product")
}

/// Logs events while `pings tail` follows the event log, until it shows the values that they moved.
fn watch(root: &Path, folder: &Path, database: &str, now: Option<&str>) -> Result<(), String> {
    print::done("Watching", "events arrive, some from a faulty client\n");
    let color = match std::io::stdout().is_terminal() {
        true => "always",
        false => "never",
    };
    let mut tail = program(root, "pings-cli");
    tail.args([
        "tail",
        "--last",
        "0",
        "--color",
        color,
        "--database",
        database,
    ]);
    tail.arg("--registry").arg(root.join("pings.yaml"));
    let failed = |error: std::io::Error| format!("watching failed: {error}");
    let tail = tail.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut tail = Running(tail.spawn().map_err(failed)?);
    let said = tail.0.stderr.take().map(BufReader::new);
    let mut said = said.into_iter().flat_map(BufRead::lines);
    if !said.any(|line| line.is_ok_and(|line| line.contains("Following"))) {
        return Err("the event log cannot be followed".to_owned());
    }
    let mut log = program(root, "code-insights-demo");
    log.arg(folder).arg("--log").args(at(now));
    finish(log, "logging events")?;
    let shown = tail.0.stdout.take().map(BufReader::new);
    for line in shown.into_iter().flat_map(BufRead::lines) {
        let line = line.map_err(failed)?;
        print::text(&line);
        // The line of a value begins with its week.
        let plain = anstream::adapter::strip_str(&line).to_string();
        if plain.get(4..6) == Some("-W") {
            break;
        }
    }
    Ok(())
}

/// Sends the payloads of a fleet to a store, and shows which data is trusted.
fn fleet(root: &Path, folder: &Path, now: Option<&str>) -> Result<(), String> {
    let store = format!("sqlite://{}", folder.join("store.db").display());
    let registry = root.join("pings.yaml");
    let ask = |what: &[&str], registry: &Path| {
        let mut ask = program(root, "pings-cli");
        ask.arg("store").args(what).args(["--database", &store]);
        ask.arg("--registry").arg(registry);
        finish(ask, what[0])
    };
    print::text("");
    print::done(
        "Sending",
        "eight weeks of twelve instances to a store on this machine",
    );
    let mut serve = program(root, "pings-cli");
    serve.args(["store", "serve", "--listen", FREE, "--database", &store]);
    let served = Served::start(serve.arg("--registry").arg(&registry), "the store")?;
    let mut send = program(root, "code-insights-demo");
    send.arg(folder)
        .args(["--fleet", &served.address])
        .args(at(now));
    finish(send, "sending")?;
    drop(served);
    print::done(
        "Asking",
        "what to believe: version 3.34.2 does not count backend insights\n",
    );
    ask(&["series", "InsightAddition", "--weeks", "8"], &registry)?;
    print::text("");
    ask(&["impact", "InsightAddition"], &registry)?;
    print::text("");
    print::done(
        "Asking",
        "what the doctor would have found before anybody knew of it\n",
    );
    ask(&["doctor"], &folder.join("pings-before.yaml"))
}

/// Writes the catalogue, in which people look up pings.
fn catalogue(root: &Path, folder: &Path) -> Result<(), String> {
    print::text("");
    print::done("Writing", "a site about the pings, for a browser\n");
    let mut catalogue = program(root, "pings-cli");
    catalogue
        .args(["catalogue", "--out"])
        .arg(folder.join("catalogue"));
    catalogue.arg("--registry").arg(root.join("pings.yaml"));
    finish(catalogue, "writing the catalogue")
}

/// A process that runs until this value is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // The process may already have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running server.
struct Served {
    process: Running,
    address: String,
}

impl Served {
    /// Starts a server and waits until it listens. Its errors go to the terminal.
    fn start(serve: &mut Command, what: &str) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("serving {what} failed: {error}");
        // As JSON, the address is all that a server writes to its output.
        let serve = serve.args(["--format", "json"]).stdout(Stdio::piped());
        let mut process = Running(serve.spawn().map_err(failed)?);
        let said = process.0.stdout.take().map(BufReader::new);
        let mut lines = said
            .into_iter()
            .flat_map(BufRead::lines)
            .map_while(Result::ok);
        let address = lines.find_map(|line| {
            let from = line.find("http://")?;
            let address = line[from..].split('"').next()?;
            Some(address.trim_end_matches('/').to_owned())
        });
        let address = address.ok_or_else(|| format!("{what} did not start"))?;
        Ok(Self { process, address })
    }

    /// Waits until the server ends.
    fn finish(mut self) -> Result<(), String> {
        let failed = |why: String| format!("the server of {} failed: {why}", self.address);
        match self.process.0.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(failed(status.to_string())),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

/// Returns suggestions for the next steps.
fn next(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "
Try next:

  alias pings='cargo run -q -p pings-cli --'
  export PINGS_DATABASE=sqlite://{folder}/pings.db PINGS_STORE_DATABASE=sqlite://{folder}/store.db

  pings explain InsightAddition --at 3.33.2     is it trusted?
  pings record InsightHover --user 7 --arg insightType=searchInsights
  pings report --running                        the week so far
  pings tail                                    events as they arrive
  cargo xtask demo --page                       a web page that fires events
  cargo xtask demo --serve                      the dashboard of the fleet, and the catalogue
  pings preview                                 what would be sent, and what never is
  pings store series InsightAddition --by insightType --plot series.svg
  pings sql SearchInsightFunnel --dialect postgres"
    )
}

/// Returns the arguments that set the time of both programs.
fn at(now: Option<&str>) -> Vec<&str> {
    now.map_or_else(Vec::new, |now| vec!["--now", now])
}
