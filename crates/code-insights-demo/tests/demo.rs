//! The demo is reproducible and covers every feature.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what fails here fails a test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use pings_model::Registry;
use pings_runtime::{Access, Database, EventLog, Reporter, Week};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use time::macros::datetime;
use time::{Date, Duration, OffsetDateTime};
use tokio::sync::OnceCell;

const NOW: OffsetDateTime = datetime!(2022-03-30 12:00 UTC);

/// The name of an event, the day, and the number of events.
type Days = Vec<(String, String, i64)>;

fn registry() -> Registry {
    pings_registry::parse(code_insights_events::REGISTRY)
        .unwrap_or_else(|_| panic!("the registry has mistakes"))
}

async fn made(now: OffsetDateTime) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    code_insights_demo::make(folder.path(), now).await.unwrap();
    folder
}

/// Returns the files of the demo at `NOW`, which is created once for all tests that only read it.
async fn sample() -> TempDir {
    static FILES: OnceCell<[(&str, Vec<u8>); 2]> = OnceCell::const_new();
    let make = || async {
        let folder = made(NOW).await;
        ["pings.db", "product.db"].map(|file| (file, fs::read(folder.path().join(file)).unwrap()))
    };
    let folder = tempfile::tempdir().unwrap();
    for (file, bytes) in FILES.get_or_init(make).await {
        fs::write(folder.path().join(file), bytes).unwrap();
    }
    folder
}

async fn open(folder: &Path, file: &str) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join(file));
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Returns the contents of an event log, with a text for each row that omits the date.
async fn rows(folder: &Path) -> Vec<String> {
    let sql = "SELECT concat_ws('|', name, url, user_id, anonymous_user_id, source, argument, version, \
               strftime('%w', timestamp), substr(timestamp, 12)) FROM event_logs ORDER BY id";
    sqlx::query_scalar(sql)
        .fetch_all(&mut open(folder, "pings.db").await)
        .await
        .unwrap()
}

#[tokio::test]
async fn events_are_added_to_the_demo() {
    let folder = sample().await;
    let before = rows(folder.path()).await.len();
    let logged = code_insights_demo::log_events(folder.path(), NOW).await;
    let rows = rows(folder.path()).await;
    assert_eq!((logged.unwrap(), rows.len()), (4, before + 4));
    assert!(
        rows[before].starts_with("InsightHover|"),
        "{}",
        rows[before]
    );
    assert!(rows[before + 3].starts_with("InsightHovr|"));
}

/// Returns how often users caused each event on each day.
async fn days(folder: &Path) -> Days {
    let sql = "SELECT name, substr(timestamp, 1, 10), count(*) FROM event_logs \
               WHERE source = 'WEB' GROUP BY 1, 2 ORDER BY 1, 2";
    sqlx::query_as(sql)
        .fetch_all(&mut open(folder, "pings.db").await)
        .await
        .unwrap()
}

fn weeks() -> BTreeSet<String> {
    let last = Week::last_complete(NOW);
    (0..code_insights_demo::WEEKS)
        .map(|back| last.back(back).to_string())
        .collect()
}

fn week_of(day: &str) -> String {
    let moment = pings_runtime::parse_time(day).unwrap();
    Week::containing(moment).to_string()
}

#[tokio::test]
async fn two_demos_of_a_moment_are_the_same() {
    let (one, other) = (sample().await, made(NOW).await);
    assert!(days(one.path()).await == days(other.path()).await);
    assert!(rows(one.path()).await == rows(other.path()).await);
}

#[tokio::test]
async fn another_year_changes_dates_and_nothing_else() {
    let later = datetime!(2025-11-05 08:00 UTC);
    let (one, other) = (sample().await, made(later).await);
    assert!(rows(one.path()).await == rows(other.path()).await);
}

#[tokio::test]
async fn every_code_is_reported_for_the_last_week() {
    let folder = sample().await;
    let url = format!("sqlite://{}", folder.path().join("pings.db").display());
    let log = EventLog::open(&url.parse().unwrap()).await.unwrap();
    let registry = registry();
    let last = Week::last_complete(NOW);
    let report = Reporter::new(&log, &registry)
        .report(last, NOW, &mut |_| {})
        .await
        .unwrap();
    let reported: Vec<&str> = report
        .metrics
        .iter()
        .map(|metric| metric.code.as_str())
        .collect();
    let declared: Vec<&str> = registry
        .metrics()
        .map(|(_, metric)| metric.code.as_str())
        .collect();
    assert_eq!(reported.len(), 28);
    assert_eq!(reported, declared);
    for metric in &report.metrics {
        assert!(
            metric.outcome.is_ok(),
            "{}: {:?}",
            metric.code,
            metric.outcome
        );
    }
    log.close().await;
}

#[tokio::test]
async fn every_week_has_events_and_every_event_a_week() {
    let folder = sample().await;
    let days = days(folder.path()).await;
    let busy: BTreeSet<String> = days.iter().map(|(_, day, _)| week_of(day)).collect();
    assert_eq!(busy, weeks());
    let logged: BTreeSet<&str> = days.iter().map(|(name, ..)| name.as_str()).collect();
    let registry = registry();
    let declared: BTreeSet<&str> = registry
        .events()
        .iter()
        .map(|event| event.name.as_str())
        .collect();
    assert_eq!(logged, declared);
    let events: i64 = days.iter().map(|(.., count)| count).sum();
    assert!((20_000..40_000).contains(&events), "{events} events");
}

#[tokio::test]
async fn weekends_are_quiet() {
    let folder = sample().await;
    let mut by_day: BTreeMap<String, i64> = BTreeMap::new();
    for (_, day, count) in days(folder.path()).await {
        *by_day.entry(day).or_default() += count;
    }
    let last = Week::last_complete(NOW);
    for back in 0..code_insights_demo::WEEKS {
        let monday: Date = last.back(back).start().date();
        let count = |day: i64| {
            let date = (monday + Duration::days(day)).to_string();
            by_day.get(&date).copied().unwrap_or_default()
        };
        let quietest_workday = (0..5).map(count).min().unwrap();
        for weekend in [count(5), count(6)] {
            assert!(
                weekend * 3 < quietest_workday,
                "{monday}: {weekend} of {quietest_workday}"
            );
        }
    }
}

#[tokio::test]
async fn a_user_views_for_the_first_time_once_a_week() {
    let folder = sample().await;
    // A row's week is represented by its Monday.
    let sql = "SELECT sum(name = 'InsightsUniquePageView'), \
               min(timestamp) FILTER (WHERE name = 'InsightsPageView') \
                 < min(timestamp) FILTER (WHERE name = 'InsightsUniquePageView') \
               FROM event_logs WHERE name IN ('InsightsPageView', 'InsightsUniquePageView') \
               GROUP BY user_id, date(timestamp, 'weekday 0', '-6 days')";
    let views: Vec<(i64, bool)> = sqlx::query_as(sql)
        .fetch_all(&mut open(folder.path(), "pings.db").await)
        .await
        .unwrap();
    assert!(views.len() > 1_000, "{} users and weeks", views.len());
    assert!(views.iter().all(|view| *view == (1, true)));
}

#[tokio::test]
async fn captures_are_taken_on_the_sunday_of_each_week() {
    let folder = sample().await;
    let sql = "SELECT DISTINCT timestamp, argument LIKE '%\"error\"%' FROM event_logs \
               WHERE source = 'BACKEND' ORDER BY 1";
    let taken: Vec<(String, bool)> = sqlx::query_as(sql)
        .fetch_all(&mut open(folder.path(), "pings.db").await)
        .await
        .unwrap();
    let weeks_of: BTreeSet<String> = taken.iter().map(|(at, _)| week_of(at)).collect();
    assert_eq!(weeks_of, weeks());
    for (at, failed) in taken {
        assert!(at.contains("T20:00:00") && !failed, "{at}");
    }
}

#[tokio::test]
async fn the_tables_are_those_that_the_registry_declares() {
    let folder = sample().await;
    let mut product = open(folder.path(), "product.db").await;
    let registry = registry();
    assert_eq!(registry.tables().len(), 7);
    for table in registry.tables() {
        let columns: BTreeSet<String> =
            sqlx::query_scalar("SELECT name FROM pragma_table_info($1)")
                .bind(table.name.as_str())
                .fetch_all(&mut product)
                .await
                .unwrap()
                .into_iter()
                .collect();
        let declared: BTreeSet<String> = table
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        assert_eq!(columns, declared, "{}", table.name);
    }
}

#[tokio::test]
async fn a_demo_takes_the_place_of_the_one_before_and_of_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = |file: &str| folder.path().join(file);
    fs::write(path("pings.db"), "no database").unwrap();
    fs::write(path("product.db-journal"), "no journal").unwrap();
    fs::write(path("events.ndjson"), "{}").unwrap();
    fs::create_dir(path("pings.db-spill")).unwrap();
    fs::write(path("pings.db-spill/a.spill"), "no events").unwrap();
    for file in ["pings.db.mine", "notes.txt"] {
        fs::write(path(file), "mine").unwrap();
    }
    code_insights_demo::make(folder.path(), NOW).await.unwrap();
    let left: BTreeSet<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected = ["notes.txt", "pings.db", "pings.db.mine", "product.db"];
    assert_eq!(left, expected.map(str::to_owned).into());
    let url = format!("sqlite://{}", path("product.db").display());
    let product = Database::open(&url.parse().unwrap(), Access::Read).await;
    product.unwrap().close().await;
}

/// Sends a request, and returns the answer with its head.
async fn request(address: std::net::SocketAddr, head: &str, body: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let request = format!(
        "{head} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncookie: user=7\r\n\
         content-type: text/plain\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// The page loads all that its scripts import, and its events arrive with the user of the session.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_fires_events() {
    let folder = made(NOW).await;
    let listen = "127.0.0.1:0".parse().unwrap();
    let page = code_insights_demo::Page::open(folder.path(), listen).await;
    let page = page.unwrap();
    let address = page.address;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async move { drop(stopped.await) };
    let served =
        tokio::spawn(async move { page.serve(stopped).await.map_err(|it| it.to_string()) });

    let html = request(address, "GET /", "").await;
    assert!(
        html.contains(r#""url":"/-/pings","consent":"granted""#),
        "{html}"
    );
    let mut files = vec!["page.js".to_owned(), "page.css".to_owned()];
    let mut place = 0;
    while let Some(file) = files.get(place).cloned() {
        let text = request(address, &format!("GET /{file}"), "").await;
        assert!(text.starts_with("HTTP/1.1 200"), "{file}: {text}");
        let base = file.rsplit_once('/').map_or("", |(base, _)| base);
        for import in text.split(" from './").skip(1) {
            let import = import.split('\'').next().unwrap();
            let import = format!("{base}/{import}");
            let import = import.trim_start_matches('/').to_owned();
            if !files.contains(&import) {
                files.push(import);
            }
        }
        place += 1;
    }
    assert!(files.len() > 6, "{files:?}");
    let missing = request(address, "GET /../Cargo.toml", "").await;
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");

    let now = OffsetDateTime::now_utc();
    let at = now
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    let milliseconds = format!("{:012x}", now.unix_timestamp() * 1000);
    let id = format!(
        "{}-{}-7000-8000-000000000001",
        &milliseconds[..8],
        &milliseconds[8..]
    );
    let batch = serde_json::json!({
        "v": 1, "sent_at": at,
        "events": [{ "id": id, "name": "InsightsPageView", "at": at, "version": "3.38.1" }],
    });
    let answer = request(address, "POST /-/pings", &batch.to_string()).await;
    assert!(answer.contains(r#""accepted":1"#), "{answer}");
    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
    let options = SqliteConnectOptions::new().filename(folder.path().join("pings.db"));
    let mut db = SqliteConnection::connect_with(&options).await.unwrap();
    let sql = "SELECT name, user_id FROM event_logs ORDER BY id DESC LIMIT 1";
    let newest: (String, i64) = sqlx::query_as(sql).fetch_one(&mut db).await.unwrap();
    assert_eq!(newest, ("InsightsPageView".to_owned(), 7));
}
