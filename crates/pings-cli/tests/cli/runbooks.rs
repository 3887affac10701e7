//! Runs the runbooks of `docs/operations.md` with the command, as an operator does.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::path::Path;

use serde_json::{Value as Json, json};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use time::OffsetDateTime;

use crate::services::{Manager, REGISTRY, Service, get, instance, pings, record};

/// A store that runs.
struct Vendor {
    folder: TempDir,
    store: Service,
    url: String,
}

impl Vendor {
    fn new() -> Self {
        Self::of(TempDir::new().unwrap())
    }

    fn of(folder: TempDir) -> Self {
        let store = Service::start(
            pings(folder.path())
                .args(["store", "serve", "--listen", "127.0.0.1:0"])
                .args(["--registry", REGISTRY]),
        );
        let url = format!("http://{}", store.address());
        Self { folder, store, url }
    }

    /// Returns the weeks with a number, with the number and how many instances it is from.
    fn weeks(&self) -> Vec<(String, f64, u64)> {
        let senders = json(self.folder.path(), "store instances");
        if senders["instances"] == json!([]) {
            return Vec::new();
        }
        let series = json(self.folder.path(), "store series InsightHover");
        let weeks = series["weeks"].as_array().unwrap().iter();
        let weeks = weeks.filter_map(|week| {
            let count = week["values"]["count"].as_f64()?;
            let instances = week["instances"]["trusted"].as_u64()?;
            Some((week["week"].as_str()?.to_owned(), count, instances))
        });
        weeks.filter(|(_, count, _)| *count > 0.0).collect()
    }
}

/// Runs a command that prints JSON.
fn json(folder: &Path, command: &str) -> Json {
    let words = command.split(' ');
    let done = pings(folder)
        .args(words)
        .args(["--format", "json"])
        .output();
    let done = done.unwrap();
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command}: {told}");
    serde_json::from_slice(&done.stdout).unwrap()
}

/// Sends what waits, and returns what was said.
fn send(folder: &Path, url: &str) -> String {
    let sent = pings(folder)
        .args(["send", "--store", url])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&sent.stderr).into_owned();
    assert!(sent.status.success(), "{told}");
    told
}

/// Returns the states of all revisions in the outbox.
fn states(folder: &Path) -> Vec<String> {
    let outbox = json(folder, "outbox list");
    let states = outbox["outbox"].as_array().unwrap().iter();
    states
        .map(|it| it["state"].as_str().unwrap().to_owned())
        .collect()
}

fn id(folder: &Path) -> String {
    let shown = json(folder, "instance show");
    shown["id"].as_str().unwrap().to_owned()
}

/// Returns the week a number of weeks ago.
fn week(weeks_back: i64) -> String {
    let at = OffsetDateTime::now_utc() - time::Duration::weeks(weeks_back);
    let (year, week, _) = at.to_iso_week_date();
    format!("{year}-W{week:02}")
}

/// Runs a statement on a database in a folder.
fn execute(file: &Path, sql: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let url = format!("sqlite://{}?mode=rwc", file.display());
        let mut database = SqliteConnection::connect(&url).await.unwrap();
        let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
        statements.execute(&mut database).await.unwrap();
        database.close().await.unwrap();
    });
}

/// Backs up a database as the page says.
fn back_up(folder: &Path, name: &str) {
    let backup = "VACUUM INTO 'backup.db'";
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    assert!(std::fs::read_to_string(page).unwrap().contains(backup));
    let file = folder.join("backup.db");
    execute(
        &folder.join(name),
        &backup.replace("backup.db", &file.display().to_string()),
    );
}

/// Restores a database as the page says.
fn restore(folder: &Path, name: &str) {
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("{name}{end}")));
    }
    std::fs::rename(folder.join("backup.db"), folder.join(name)).unwrap();
}

/// Starts a unit for systemd with the paths of a folder instead of those of the system.
fn install(folder: &Path, unit: &str) -> (Service, Manager) {
    let file = format!("../../packaging/systemd/{unit}.service");
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let here = |path: &str| path.replace(" /", &format!(" {}/", folder.display()));
    let line = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap()
    };
    let start = here(line("ExecStart=")).replace("127.0.0.1:8092", "127.0.0.1:0");
    let (name, value) = line("Environment=").split_once('=').unwrap();
    let value = value.replace(":///", &format!("://{}/", folder.display()));
    for path in [
        "etc/pings",
        "run/pings-run",
        "var/lib/pings",
        "var/lib/pings-run",
    ] {
        std::fs::create_dir_all(folder.join(path)).unwrap();
    }
    std::fs::copy(REGISTRY, folder.join("etc/pings/pings.yaml")).unwrap();
    if unit == "pings-run" {
        let init = pings(folder)
            .arg("init")
            .env(name, &value)
            .output()
            .unwrap();
        assert!(init.status.success(), "{init:?}");
        std::fs::write(folder.join("etc/pings/pings-config.yaml"), "gather: true\n").unwrap();
    }
    let manager = Manager::new(folder);
    let mut command = pings(folder);
    command.args(start.split(' ').skip(1)).env(name, value);
    if unit == "pings-store" {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    let command = command
        .env("NOTIFY_SOCKET", &manager.path)
        .env("WATCHDOG_USEC", "200000");
    (Service::start(command), manager)
}

#[test]
fn an_instance_and_a_store_are_installed_as_services() {
    for unit in ["pings-run", "pings-store"] {
        let folder = TempDir::new().unwrap();
        let (service, manager) = install(folder.path(), unit);
        manager.wait("READY=1");
        manager.wait("WATCHDOG=1");
        assert_eq!(get(&service.address(), "/healthz").0, 200, "{unit}");
        service.stop();
        manager.wait("STOPPING=1");
    }
}

/// The store has each week once after the instance was restored.
#[test]
fn an_instance_is_backed_up_and_restored() {
    let (folder, vendor) = (TempDir::new().unwrap(), Vendor::new());
    let folder = folder.path();
    instance(folder);
    // The instance gets its id with its first week.
    send(folder, &vendor.url);
    back_up(folder, "pings.db");
    record(folder, 2);
    send(folder, &vendor.url);
    let before = vendor.weeks();
    assert_eq!(before.len(), 2);
    restore(folder, "pings.db");
    send(folder, &vendor.url);
    assert_eq!(vendor.weeks(), before);
    let states = states(folder);
    assert!(states.iter().all(|it| it == "sent"), "{states:?}");
}

/// The store asks for the week that it lost.
#[test]
fn a_store_is_backed_up_and_restored() {
    let (folder, vendor) = (TempDir::new().unwrap(), Vendor::new());
    let folder = folder.path();
    assert!(pings(folder).arg("init").output().unwrap().status.success());
    record(folder, 5);
    record(folder, 2);
    send(folder, &vendor.url);
    let complete = vendor.weeks();
    assert_eq!(complete, [(week(5), 1.0, 1), (week(2), 1.0, 1)]);
    back_up(vendor.folder.path(), "store.db");
    // Late events: the newest revision is lost.
    record(folder, 2);
    send(folder, &vendor.url);
    assert_eq!(vendor.weeks()[1].1, 2.0);
    let Vendor {
        folder: of_vendor,
        store,
        ..
    } = vendor;
    store.stop();
    restore(of_vendor.path(), "store.db");
    let vendor = Vendor::of(of_vendor);
    assert_eq!(vendor.weeks(), complete);
    let again = [week(5), week(2)];
    let sent = pings(folder)
        .args(["send", "--store", &vendor.url, "--again"])
        .args(again)
        .output()
        .unwrap();
    assert!(sent.status.success(), "{sent:?}");
    assert_eq!(vendor.weeks(), [(week(5), 1.0, 1), (week(2), 2.0, 1)]);
}

#[test]
fn a_copy_of_an_instance_gets_an_id_of_its_own() {
    let (folder, copy, vendor) = (
        TempDir::new().unwrap(),
        TempDir::new().unwrap(),
        Vendor::new(),
    );
    let (folder, copy) = (folder.path(), copy.path());
    assert!(pings(folder).arg("init").output().unwrap().status.success());
    record(folder, 4);
    send(folder, &vendor.url);
    back_up(folder, "pings.db");
    std::fs::rename(folder.join("backup.db"), copy.join("pings.db")).unwrap();
    record(folder, 2);
    record(copy, 2);
    let renewed = json(copy, &format!("instance new-id --from {}", week(2)));
    assert_eq!(renewed["was"], json!(id(folder)));
    assert_ne!(id(copy), id(folder));
    send(folder, &vendor.url);
    send(copy, &vendor.url);
    // What happened before the copy counts once.
    assert_eq!(vendor.weeks(), [(week(4), 1.0, 1), (week(2), 2.0, 2)]);
}

#[test]
fn an_instance_moves_to_another_database() {
    let (folder, vendor) = (TempDir::new().unwrap(), Vendor::new());
    let folder = folder.path();
    assert!(pings(folder).arg("init").output().unwrap().status.success());
    record(folder, 4);
    send(folder, &vendor.url);
    let before = id(folder);
    let moved = json(
        folder,
        "migrate --from sqlite://pings.db --to sqlite://new.db",
    );
    assert_eq!(
        (&moved["instance"], &moved["events"]),
        (&json!(before), &json!(1))
    );
    // Until the product was restarted, it logs to the old database.
    record(folder, 2);
    let moved = json(
        folder,
        "migrate --from sqlite://pings.db --to sqlite://new.db",
    );
    assert_eq!(
        (&moved["was_complete"], &moved["events"]),
        (&json!(true), &json!(1))
    );
    // The old database sends nothing more.
    let told = pings(folder)
        .args(["send", "--store", &vendor.url])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&told.stderr);
    assert_eq!(vendor.weeks(), [(week(4), 1.0, 1)], "{told}");
    let sent = pings(folder)
        .args(["send", "--store", &vendor.url])
        .env("PINGS_DATABASE", "sqlite://new.db")
        .output()
        .unwrap();
    assert!(sent.status.success(), "{sent:?}");
    assert_eq!(vendor.weeks(), [(week(4), 1.0, 1), (week(2), 1.0, 1)]);
}

#[test]
fn an_instance_is_erased() {
    let (folder, vendor) = (TempDir::new().unwrap(), Vendor::new());
    let folder = folder.path();
    instance(folder);
    send(folder, &vendor.url);
    assert_eq!(vendor.weeks().len(), 1);
    std::fs::write(folder.join("pings-config.yaml"), "send: false\n").unwrap();
    let receipt = json(
        vendor.folder.path(),
        &format!("store forget {}", id(folder)),
    );
    assert!(receipt["payloads"].as_u64() >= Some(1), "{receipt}");
    assert_eq!(receipt["instance"], json!(id(folder)));
    assert_eq!(vendor.weeks(), []);
    record(folder, 2);
    let sent = pings(folder)
        .args(["send", "--store", &vendor.url])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&sent.stderr);
    assert_eq!(vendor.weeks(), [], "{told}");
    let database = std::fs::read(vendor.folder.path().join("store.db")).unwrap();
    let id = id(folder).into_bytes();
    assert!(!database.windows(id.len()).any(|it| it == id));
}

#[test]
fn weeks_wait_while_the_store_is_away_for_five_weeks() {
    let (folder, vendor) = (TempDir::new().unwrap(), Vendor::new());
    let folder = folder.path();
    assert!(pings(folder).arg("init").output().unwrap().status.success());
    for weeks_back in [7, 6, 5, 4, 3, 2] {
        record(folder, weeks_back);
        // No store has this address.
        let sent = pings(folder)
            .args(["send", "--once", "--store", "http://127.0.0.1:9"])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&sent.stderr);
        assert_eq!(vendor.weeks(), [], "{told}");
    }
    let waiting = states(folder);
    let newest = waiting.iter().filter(|it| *it == "waiting").count();
    assert!(newest >= 6, "{waiting:?}");
    send(folder, &vendor.url);
    let expected = [7, 6, 5, 4, 3, 2].map(|weeks_back| (week(weeks_back), 1.0, 1));
    assert_eq!(vendor.weeks(), expected);
    assert!(!states(folder).contains(&"waiting".to_owned()));
}

/// Runs the runbook of an upgrade with databases of an earlier program.
#[test]
fn an_upgrade_migrates_and_the_backup_leads_back() {
    let upgrades = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/upgrades");
    let registry = upgrades.join("pings.yaml");
    for (dump, name, command, table) in [
        ("instance", "pings.db", "outbox list", "pings_migrations"),
        (
            "store",
            "store.db",
            "store series TicketOpened --until 2026-W47",
            "store_migrations",
        ),
    ] {
        let folder = TempDir::new().unwrap();
        let folder = folder.path();
        let sql = std::fs::read_to_string(upgrades.join(format!("{dump}.sqlite.sql"))).unwrap();
        execute(
            &folder.join(name),
            &format!("PRAGMA foreign_keys = OFF;\n{sql}"),
        );
        back_up(folder, name);
        let run = || {
            let words = command.split(' ');
            let done = pings(folder)
                .args(words)
                .env("PINGS_REGISTRY", &registry)
                .output();
            let done = done.unwrap();
            let told = String::from_utf8_lossy(&done.stderr).into_owned();
            (done.status.code(), told)
        };
        let (code, told) = run();
        assert_eq!(code, Some(0), "{told}");
        assert!(told.contains("note: migrated the tables of"), "{told}");
        let (code, told) = run();
        assert_eq!(
            (code, told.contains("migrated")),
            (Some(0), false),
            "{told}"
        );
        // A newer program was used, and is replaced by this one.
        let newer = format!("INSERT INTO {table} (step, checksum) VALUES (1000, 'newer')");
        execute(&folder.join(name), &newer);
        let (code, told) = run();
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains("restore the backup"), "{told}");
        restore(folder, name);
        let (code, told) = run();
        assert_eq!(code, Some(0), "{told}");
    }
}
