//! The log of the libraries never contains text that a user typed, or a token.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Request;
use code_insights_events::{Event, InsightType, REGISTRY};
use pings::{Actor, Consent, NewMetrics, Outage, Pings, User, UserIdType, this_week};
use pings_database::{Access, Database, Mode};
use pings_sql::Dialect;
use pings_store::Store;
use pings_store::server::{Options, Tokens, serve};
use pings_tests::http::Client;
use pings_tests::place::Place;
use pings_tests::vendor::payload;
use serde_json::json;
use time::format_description::well_known::Rfc3339;
use tokio::net::TcpListener;
use tower::ServiceExt;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// A part of everything that a user types, and of each secret.
const PLANTED: &str = "zq7planted";

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("the log")).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn run(place: &Place, sql: &str) {
    let database = Database::open(&place.url(), Access::Write).await.unwrap();
    let mut tx = database.begin(Mode::Write).await.unwrap();
    tx.script(sql).await.unwrap();
    tx.commit().await.unwrap();
    database.close().await;
}

/// Sends requests of a web page: unknown events, unknown arguments, a rejected event, and no JSON.
async fn receive(pings: &Pings) {
    let ingest = pings.ingest(|_| Some(User::from(format!("user-{PLANTED}"))));
    let routes = ingest.unwrap().router();
    let now = time::OffsetDateTime::now_utc();
    let at = now.format(&Rfc3339).unwrap();
    let milliseconds = format!("{:012x}", now.unix_timestamp() * 1000);
    let id = |number: u32| {
        format!(
            "{}-{}-7000-8000-{number:012}",
            &milliseconds[..8],
            &milliseconds[8..]
        )
    };
    let planted = json!({ "tabName": PLANTED, "insightType": "searchInsights" });
    let events = [
        ("InsightsGetStartedTabClick", json!({ "tabName": PLANTED })),
        ("InsightHover", json!({ "insightType": "searchInsights" })),
        ("InsightHover", planted.clone()),
        (PLANTED, planted),
    ];
    let events = (1..).zip(events).map(|(number, (name, args))| {
        json!({
            "id": id(number), "name": name, "at": at, "version": "3.36.0", "args": args,
            "anonymous_id": PLANTED,
        })
    });
    let batch = json!({ "v": 1, "sent_at": at, "events": events.collect::<Vec<_>>() });
    for (body, status) in [(batch.to_string(), 200), (format!("{{\"{PLANTED}"), 400)] {
        let request = Request::post("/-/pings").header("content-type", "text/plain");
        let request = request.body(Body::from(body)).unwrap();
        let answer = routes.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_tells_what_happened_and_repeats_no_value() {
    let log = Log::default();
    let lines = log.clone();
    let crates = [
        "pings",
        "pings_database",
        "pings_ingest",
        "pings_runtime",
        "pings_store",
    ];
    tracing_subscriber::registry()
        .with(
            fmt::layer()
                .with_ansi(false)
                .with_writer(move || lines.clone()),
        )
        .with(Targets::new().with_targets(crates.map(|name| (name, LevelFilter::TRACE))))
        .init();

    // An instance whose database rejects an event.
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let consent = Consent {
        gather: true,
        new_metrics: NewMetrics::Allow,
        ..Consent::default()
    };
    let start = || {
        let builder = Pings::builder(REGISTRY)
            .event_log(place.address())
            .user_ids(UserIdType::Text)
            .product_version("3.36.0")
            .store_token(format!("token-{PLANTED}"))
            .consent(consent);
        builder.outage(Outage::Spill(place.folder().join("spill")))
    };
    let pings = start().start().unwrap();
    let tab = Event::InsightsGetStartedTabClick {
        tab_name: format!("tab {PLANTED}"),
    };
    let user = format!("user-{PLANTED}");
    let visitor = format!("visitor-{PLANTED}");
    pings
        .record_durable(&tab, Actor::user(&*user))
        .await
        .unwrap();
    run(
        &place,
        "CREATE TRIGGER no_hovers BEFORE INSERT ON event_logs WHEN NEW.name = 'InsightHover' \
         BEGIN SELECT RAISE(ABORT, 'hovers are refused'); END",
    )
    .await;
    let hover = Event::InsightHover {
        insight_type: InsightType::SearchInsights,
    };
    let refused = pings
        .record_durable(&hover, Actor::anonymous(&visitor))
        .await;
    assert!(refused.is_err());
    receive(&pings).await;
    pings.report(this_week()).await.unwrap();
    pings.shutdown().await.unwrap();

    // An instance whose database is down. The address of the database contains a password.
    let down = start().event_log(format!("postgres://u:{PLANTED}@127.0.0.1:1/d"));
    let down = down.start().unwrap();
    down.record_durable(&tab, Actor::user(&*user))
        .await
        .unwrap();
    down.shutdown().await.unwrap();

    // A store that refuses payloads because of a wrong token, an invalid value and a future week.
    let store_place = Place::new(Dialect::Sqlite).await.unwrap();
    let store = Arc::new(Store::open(&store_place.url(), true).await.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let token = format!("secret-{PLANTED}");
    let options = Options::default();
    *options.tokens.write().unwrap() = Tokens::default().with_shared(&token);
    tokio::spawn(serve(listener, store, options, std::future::pending()));
    let statuses = tokio::task::spawn_blocking(move || {
        let mut wrong = payload(1, 0, 1, 1);
        wrong["metrics"]["A"]["count"] = PLANTED.into();
        let mut unreleased = payload(1, 0, 1, 1);
        unreleased["week"] = "2999-W01".into();
        unreleased["start"] = "2998-12-31T00:00:00Z".into();
        unreleased["end"] = "2999-01-07T00:00:00Z".into();
        let authorization = |token: &str| format!("authorization: Bearer {token}\r\n");
        let mut statuses = Vec::new();
        for (token, body) in [
            (format!("wrong-{PLANTED}"), &wrong),
            (token.clone(), &wrong),
            (token, &unreleased),
        ] {
            let mut client = Client::connect(&address).unwrap();
            let body = body.to_string();
            let answer = client.post(&authorization(&token), body.as_bytes());
            statuses.push(answer.unwrap().status);
        }
        statuses
    });
    assert_eq!(statuses.await.unwrap(), [401, 400, 400]);

    let text = log.text();
    for wanted in [
        "wrote a batch",
        "the database rejected events",
        "the database does not accept events",
        "received events",
        "rejected a request",
        "measuring a week",
        "refused a payload",
    ] {
        assert!(text.contains(wanted), "{wanted}:\n{text}");
    }
    assert!(!text.contains(PLANTED), "{text}");
    let refused = text.matches("refused a payload").count();
    assert!(refused <= 2, "one line for each sender and minute:\n{text}");
}
