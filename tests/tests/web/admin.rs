//! The admin pages: what they show, who may see them, and what they change.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use pings_admin::{Admin, Host, Loopback};
use pings_database::Mode;
use pings_model::Registry;
use pings_payload::{Week, rfc3339};
use pings_runtime::{Consent, Delivery, Entry, EventLog, Import, Settings, State, observe};
use pings_sql::Dialect;
use pings_tests::place::Place;
use pings_tests::web::{browser, packages, run};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tower::ServiceExt;
use xtask::services::chromium;

/// A registry whose texts try to break a page.
const REGISTRY: &str = r#"
format: 1
name: forum
title: "Forum <script>alert(1)</script>"
links: { code: "https://code.example.com/search?q={code}" }
events:
  Post: { args: { kind: { enum: [question, "<b>answer</b>"] } } }
  Restart: {}
  Import: {}
  Like: {}
tables:
  topics: { id: integer }
pings:
  - id: posts
    section: "Forum\u202e"
    title: Posts of averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongword
    purpose: "<img src=x onerror=alert(2)> To see whether the forum is used."
    type: fe_event
    aggregation: weekly
    added: "1.0"
    broken: [ { versions: "1.2", reason: "counts <i>drafts</i>" } ]
    metrics:
      - { code: Posts, of: Post, by: [kind], measure: [count, unique_users] }
  - id: visits
    section: Forum
    title: From a post to a post
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Visits, of: Post, window: [week, days_28] }
  - id: topics
    section: Forum
    title: Topics
    type: be_capture
    aggregation: total
    added: "1.0"
    metrics:
      - { code: Topics, from: topics }
  - id: restarts
    section: Servers
    title: Restarts
    type: fe_event
    sensitivity: operational
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Restarts, of: Restart }
  - id: imports
    section: Servers
    title: Imports
    type: fe_event
    sensitivity: identifying
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Imports, of: Import }
"#;

/// A ping of a later release.
const LATER: &str = r#"  - id: likes
    section: Forum
    title: Likes
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Likes, of: Like }
"#;

/// The number of events that are switched off.
const SECRET: usize = 417;

/// An instance that has sent a week, and has others that wait or were refused.
struct Forum {
    place: Place,
    log: EventLog,
    registry: Arc<Registry>,
}

impl Forum {
    /// Creates the instance. Returns `None` if PostgreSQL is not available.
    async fn new(dialect: Dialect) -> Option<Self> {
        let place = Place::new(dialect).await?;
        let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
        let parsed = |text: &str| pings_registry::parse(text).expect("a registry");
        let before = parsed(REGISTRY);
        let forum = Self {
            place,
            log,
            registry: Arc::new(parsed(&format!("{REGISTRY}{LATER}"))),
        };
        fs::write(forum.config(), "sensitivity: { operational: false }\n").expect("a file");
        let settings = Settings::load(Some(&forum.config())).expect("settings");
        let now = OffsetDateTime::now_utc();
        // Nothing was logged before, so the switches count from the beginning.
        let observed = observe(&forum.log, &before, &settings, now).await;
        observed.expect("a record");
        for weeks in 0..4 {
            forum.log_week(Week::containing(now).back(weeks)).await;
        }
        let delivery = Delivery {
            log: &forum.log,
            registry: &before,
            consent: settings.consent,
            version: None,
        };
        let queued = delivery.queue(Duration::ZERO, now, &mut |_| {}).await;
        assert_eq!(queued.expect("weeks").len(), 3);
        let week = |back: u32| Week::containing(now).back(back);
        let tried = rfc3339(now - Duration::HOUR);
        let answer = r#"{"ok":true,"note":"<script>alert(3)</script>"}"#;
        forum
            .sql(&format!(
                "UPDATE pings_outbox SET state = 'sent', status = 200, attempts = 1, tried_at = '{tried}', answer = '{answer}' WHERE week = '{}'",
                week(3)
            ))
            .await;
        forum
            .sql(&format!(
                "UPDATE pings_outbox SET state = 'parked', status = 401, attempts = 1, tried_at = '{tried}', answer = '{{\"ok\":false,\"error\":\"the token is wrong\"}}' WHERE week = '{}'",
                week(2)
            ))
            .await;
        // The last week has a revision that was replaced before it was sent.
        forum
            .sql(&format!(
                "INSERT INTO pings_outbox (week, revision, state, body, made_at, due_at, attempts, tried_at, status, answer) \
                 SELECT week, 2, 'waiting', body, made_at, due_at, 2, '{tried}', 503, 'come back later' FROM pings_outbox WHERE week = '{}'",
                week(1)
            ))
            .await;
        forum
            .sql(&format!(
                "UPDATE pings_outbox SET state = 'replaced' WHERE week = '{}' AND revision = 1",
                week(1)
            ))
            .await;
        Some(forum)
    }

    fn config(&self) -> std::path::PathBuf {
        self.place.folder().join("pings-config.yaml")
    }

    async fn log_week(&self, week: Week) {
        let at = rfc3339(week.start());
        let line = |name: &str, user: usize, argument: &serde_json::Value| {
            let line = json!({ "name": name, "user_id": user, "timestamp": at, "version": "1.2.0", "argument": argument });
            format!("{line}\n")
        };
        let posts = (1..=5).map(|user| {
            let kind = if user % 2 == 0 {
                "question"
            } else {
                "<b>answer</b>"
            };
            line("Post", user, &json!({ "kind": kind }))
        });
        let secrets = (0..SECRET)
            .flat_map(|user| ["Restart", "Import"].map(|name| line(name, user, &json!({}))));
        let likes = (0..SECRET).map(|user| line("Like", user, &json!({})));
        let lines: String = posts.chain(secrets).chain(likes).collect();
        let done = Import::new(&self.log).read(lines.as_bytes(), |_| {}).await;
        done.expect("an import");
    }

    async fn sql(&self, sql: &str) {
        let mut tx = self
            .log
            .database()
            .begin(Mode::Write)
            .await
            .expect("a transaction");
        tx.run(sql, &[]).await.expect(sql);
        tx.commit().await.expect("a commit");
    }

    fn admin(&self) -> Admin {
        let (log, config) = (self.log.clone(), self.config());
        Admin::new(Host {
            registry: Arc::clone(&self.registry),
            version: None,
            store: Some("https://pings.example.com".to_owned()),
            settings: Arc::new(move || Settings::load(Some(&config))),
            config_file: Some(self.config()),
            reads_settings: true,
            log: Arc::new(move || {
                let log = log.clone();
                Box::pin(async move { Ok(log) })
            }),
            runtime: Handle::current(),
        })
        .path("")
    }

    async fn outbox(&self) -> Vec<Entry> {
        Entry::all(&self.log).await.expect("the outbox")
    }
}

async fn get(router: &Router, path: &str) -> Response<Body> {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    router.clone().oneshot(request).await.expect("an answer")
}

async fn text(response: Response<Body>) -> String {
    let bytes = to_bytes(response.into_body(), 10 << 20)
        .await
        .expect("a body");
    String::from_utf8(bytes.to_vec()).expect("a text")
}

async fn page(router: &Router, path: &str) -> String {
    let response = get(router, path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    text(response).await
}

async fn numbers_are_those_of_a_report(dialect: Dialect) {
    let Some(forum) = Forum::new(dialect).await else {
        return;
    };
    let router = forum.admin().router();
    let before = forum.outbox().await;
    for path in [
        "/this-week",
        "/last-week",
        "/held-back",
        "/health",
        "/sent",
        "/",
    ] {
        let page = page(&router, path).await;
        assert!(!page.contains(&SECRET.to_string()), "{path}: {page}");
        assert!(!page.contains("<script"), "{path}");
        assert!(!page.contains("<img"), "{path}");
        assert!(!page.contains("<b>answer"), "{path}");
        assert!(!page.contains('\u{202e}'), "{path}");
    }
    let week = page(&router, "/this-week").await;
    for part in [
        "Posts of averyvery",
        "&lt;b&gt;answer&lt;/b&gt;",
        "3, unique users 3",
        "28 days from",
        "not captured yet",
        "not trusted, broken in 1.2: counts &lt;i&gt;drafts&lt;/i&gt;",
        "https://code.example.com/search?q=Posts",
        "held back: not agreed to",
    ] {
        assert!(week.contains(part), "{part}: {week}");
    }
    for code in ["Restarts", "Imports"] {
        assert!(!week.contains(code), "{code}: {week}");
    }
    let held = page(&router, "/held-back").await;
    for part in [
        "Restarts",
        "Imports",
        "sensitivity.operational",
        "the token is wrong",
        "Likes",
    ] {
        assert!(held.contains(part), "{part}: {held}");
    }
    let overview = page(&router, "/").await;
    assert!(overview.contains("The next report, of "), "{overview}");
    assert!(overview.contains("https://pings.example.com"), "{overview}");
    assert!(overview.contains("503 come back later"), "{overview}");
    assert_eq!(forum.outbox().await, before, "pages change nothing");
}

async fn payloads_are_shown_as_they_left(dialect: Dialect) {
    let Some(forum) = Forum::new(dialect).await else {
        return;
    };
    let router = forum.admin().router();
    for entry in forum.outbox().await {
        let query = format!("week={}&revision={}", entry.week, entry.revision);
        let bytes = get(&router, &format!("/payload.json?{query}")).await;
        let shown = page(&router, &format!("/payload?{query}")).await;
        if entry.state == State::Replaced {
            assert_eq!(bytes.status(), StatusCode::NOT_FOUND);
            assert!(shown.contains("its numbers are not shown"), "{shown}");
            continue;
        }
        assert_eq!(bytes.headers()[header::CONTENT_TYPE], "application/json");
        assert_eq!(text(bytes).await, entry.body);
        assert!(shown.contains("&quot;unique_users&quot;: 3"), "{shown}");
    }
    let missing = get(&router, "/payload?week=1999-W01&revision=1").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);

    // A sensitivity that is switched off disappears from what waits, and not from what left.
    fs::write(forum.config(), "sensitivity: { usage: false }\n").expect("a file");
    let mut left = 0;
    for entry in forum.outbox().await {
        let query = format!("week={}&revision={}", entry.week, entry.revision);
        let body = text(get(&router, &format!("/payload.json?{query}")).await).await;
        match entry.state {
            State::Sent => {
                left += 1;
                assert_eq!(body, entry.body);
            }
            _ => assert!(!body.contains("unique_users"), "{body}"),
        }
    }
    assert_eq!(left, 1);
    assert!(!page(&router, "/this-week").await.contains("unique users"));
}

fn token(page: &str) -> &str {
    let (_, rest) = page.split_once(r#"name="token" value=""#).expect("a token");
    rest.split_once('"').expect("an end").0
}

async fn post(router: &Router, path: &str, body: String, headers: &[(&str, &str)]) -> StatusCode {
    let mut request =
        Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body)).expect("a request");
    router
        .clone()
        .oneshot(request)
        .await
        .expect("an answer")
        .status()
}

async fn forms_need_their_token(dialect: Dialect) {
    let Some(forum) = Forum::new(dialect).await else {
        return;
    };
    let form = "switch=send&value=false";
    let read_only = forum.admin().router();
    assert!(!page(&read_only, "/switches").await.contains("<form"));
    let answer = post(&read_only, "/switch", form.to_owned(), &[]).await;
    assert_eq!(answer, StatusCode::NOT_FOUND);

    let router = forum.admin().switches(true).router();
    let switches = page(&router, "/switches").await;
    let token = token(&switches);
    let before = fs::read_to_string(forum.config()).expect("a file");
    for (body, headers) in [
        (form.to_owned(), &[][..]),
        (format!("{form}&token="), &[]),
        (format!("{form}&token={}", "0".repeat(token.len())), &[]),
        (
            format!("{form}&token={token}"),
            &[("sec-fetch-site", "cross-site")],
        ),
        (
            format!("{form}&token={token}"),
            &[("origin", "https://evil.test"), ("host", "forum.test")],
        ),
    ] {
        let answer = post(&router, "/switch", body, headers).await;
        assert_eq!(answer, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let unknown = post(
        &router,
        "/switch",
        format!("switch=sned&value=false&token={token}"),
        &[],
    );
    assert_eq!(unknown.await, StatusCode::CONFLICT);
    assert_eq!(fs::read_to_string(forum.config()).expect("a file"), before);

    let same = [("sec-fetch-site", "same-origin"), ("origin", "null")];
    let changed = post(&router, "/switch", format!("{form}&token={token}"), &same).await;
    assert_eq!(changed, StatusCode::SEE_OTHER);
    let after = fs::read_to_string(forum.config()).expect("a file");
    assert_eq!(after, format!("{before}send: false\n"));
    let overview = page(&router, "/").await;
    assert!(overview.contains("sending is switched off"), "{overview}");

    let agreed = post(
        &router,
        "/agree",
        format!("code=Likes&token={token}"),
        &same,
    )
    .await;
    assert_eq!(agreed, StatusCode::SEE_OTHER);
    let held = page(&router, "/held-back").await;
    assert!(held.contains("after the start of this week"), "{held}");
    assert!(!held.contains("<form"), "{held}");
}

#[tokio::test]
async fn pages_are_not_kept_or_embedded() {
    let forum = Forum::new(Dialect::Sqlite).await.expect("an instance");
    let response = get(&forum.admin().router(), "/").await;
    let header = |name| response.headers()[name].to_str().expect("a text");
    let policy = header(header::CONTENT_SECURITY_POLICY);
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("script-src"), "{policy}");
    assert_eq!(header(header::CACHE_CONTROL), "no-store");
    // The links are relative, so that the pages work behind any path.
    let below = forum.admin().path("/admin/usage").router();
    let moved = get(&below, "/admin/usage").await;
    assert_eq!(moved.headers()[header::LOCATION], "usage/");
    let overview = page(&below, "/admin/usage/").await;
    assert!(overview.contains(r#"href="this-week""#), "{overview}");
    assert!(
        page(&below, "/admin/usage/pages.css")
            .await
            .contains("body")
    );
}

#[tokio::test]
async fn the_token_of_the_address_works_once() {
    let forum = Forum::new(Dialect::Sqlite).await.expect("an instance");
    let guard = Loopback::new(8100).expect("random numbers");
    let query = guard.query();
    let router = guard.guard(forum.admin().router());
    let ask = async |host: &str, path: &str, cookie: &str| {
        let request = Request::get(path)
            .header(header::HOST, host)
            .header(header::COOKIE, cookie)
            .body(Body::empty())
            .expect("a request");
        router.clone().oneshot(request).await.expect("an answer")
    };
    let here = "127.0.0.1:8100";
    let first = format!("/?{query}");
    for host in ["evil.test:8100", "127.0.0.1:8101", "127.0.0.1", ""] {
        let answer = ask(host, &first, "").await;
        assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
    for path in [
        "/",
        "/?token=",
        "/?token=0",
        "/sent",
        "/payload.json?week=2026-W01&revision=1",
    ] {
        let answer = ask(here, path, "").await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    let entered = ask(here, &first, "").await;
    assert_eq!(entered.status(), StatusCode::SEE_OTHER);
    assert_eq!(entered.headers()[header::LOCATION], "/");
    let cookie = entered.headers()[header::SET_COOKIE]
        .to_str()
        .expect("a text");
    assert!(cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
    let pair = cookie.split(';').next().expect("a cookie");
    for host in [here, "localhost:8100", "[::1]:8100"] {
        assert_eq!(
            ask(host, "/", pair).await.status(),
            StatusCode::OK,
            "{host}"
        );
    }
    assert_eq!(
        ask(here, &first, "").await.status(),
        StatusCode::UNAUTHORIZED
    );
    let wrong = format!("{}0", pair);
    assert_eq!(
        ask(here, "/", &wrong).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn nothing_leaves_without_consent_or_store() {
    let forum = Forum::new(Dialect::Sqlite).await.expect("an instance");
    let router = forum.admin().router();
    for (config, sentence) in [
        (
            "send: false\n",
            "Nothing leaves this instance: sending is switched off",
        ),
        (
            "gather: false\n",
            "Nothing leaves this instance: gathering is switched off",
        ),
    ] {
        fs::write(forum.config(), config).expect("a file");
        let overview = page(&router, "/").await;
        assert!(overview.contains(sentence), "{config}: {overview}");
    }
    let week = page(&router, "/this-week").await;
    assert!(
        week.contains("No numbers. Gathering is switched off"),
        "{week}"
    );
    fs::write(forum.config(), "gather: perhaps\n").expect("a file");
    let failed = get(&router, "/").await;
    assert_eq!(failed.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_ne!(Consent::default(), Consent::NONE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn administrators_read_the_pages_in_a_browser() {
    let (Some(packages), Some(browser)) = (packages(), browser()) else {
        return;
    };
    let forum = Forum::new(Dialect::Sqlite).await.expect("an instance");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let guard = Loopback::new(address.port()).expect("random numbers");
    let url = format!("http://{address}/?{}", guard.query());
    let router = guard.guard(forum.admin().switches(true).router());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("admin/pages.test.mjs");
    // `packages` is the folder `node_modules`.
    let web = packages
        .parent()
        .expect("the folder of the package")
        .to_owned();
    let output = tokio::task::spawn_blocking(move || {
        run(Command::new("node")
            .current_dir(web)
            .arg("--test")
            .arg("--test-reporter=spec")
            .arg(script)
            .env(chromium::PROGRAM, browser)
            .env("ADMIN", url))
    });
    println!("{}", output.await.expect("the output"));
    let config = fs::read_to_string(forum.config()).expect("a file");
    assert!(config.contains("send: false"), "{config}");
}

/// Runs a test on both databases.
macro_rules! on_both {
    ($($name:ident),*) => { $(
        mod $name {
            #[tokio::test]
            async fn on_sqlite() {
                super::$name(pings_sql::Dialect::Sqlite).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                super::$name(pings_sql::Dialect::Postgres).await;
            }
        }
    )* };
}

on_both!(
    numbers_are_those_of_a_report,
    payloads_are_shown_as_they_left,
    forms_need_their_token
);
