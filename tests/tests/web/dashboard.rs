//! The dashboard of a store: signing in, and its pages in a browser.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use pings_model::Registry;
use pings_store::server::{Options, ReadAccess, serve};
use pings_store::{Attributes, Received, Store};
use pings_tests::fleet::{Effect, Fleet, Shape};
use pings_tests::http::{Answer, Client};
use pings_tests::web::{browser, packages, run};
use tempfile::TempDir;
use time::macros::datetime;
use tokio::net::TcpListener;
use xtask::services::chromium;

const REGISTRY: &str = include_str!("../../../pings.yaml");

/// A registry whose texts try to become markup.
const HOSTILE: &str = r#"format: 1
name: hostile
title: "<script>alert('title')</script> שלום <b>bold"
events:
  Clicked: { args: { kind: { enum: [plain, other_kind] } } }
pings:
  - id: clicks
    section: "<img src=x onerror=alert(1)>"
    title: "مرحبا \"><script>alert('ping')</script>"
    type: fe_event
    aggregation: weekly
    purpose: To see what happens.
    added: "1.0"
    owner: "team/<svg onload=alert(2)>"
    broken:
      - { versions: "3.30-3.33", reason: "</svg><script>alert('reason')</script> DonaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnungsverwaltungsamtDonaudampfschifffahrtsgesellschaft" }
    metrics: [{ code: Clicks, of: [Clicked], by: [kind] }]
"#;

/// The value of a dimension in payloads that no registry declares.
const VALUE: &str = "<script>alert('value')</script>\\u202e=1+1";

/// Returns the fleet whose numbers are served: one version halves a code.
fn shape_of_fleet() -> Shape {
    let versions = "3.31-3.35.0".parse().expect("a range");
    Shape::new(5, 24, 20).with("InsightAddition", versions, Effect::Halved)
}

struct Served {
    address: String,
    _folder: TempDir,
}

impl Served {
    /// Starts a server with the numbers of two registries.
    async fn start(token: Option<&str>) -> Self {
        let folder = TempDir::with_prefix("pings-dashboard-").expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("store.db").display());
        let store = Store::open(&url.parse().expect("an address"), true).await;
        let store = Arc::new(store.expect("a store"));
        let now = datetime!(2030-01-01 0:00 UTC);
        let registries = [REGISTRY, HOSTILE]
            .map(|text| pings_registry::parse(text).expect("the registry passes"));
        let [ours, hostile]: &[Registry; 2] = &registries;
        for registry in &registries {
            store.learn(registry, now).await.expect("it learns");
        }
        Fleet::new(ours, shape_of_fleet()).send(&store).await;
        for payload in Fleet::new(hostile, Shape::new(6, 9, 8)).payloads {
            let json = payload.json().replace("\"plain\"", &format!("\"{VALUE}\""));
            let received = Received::read(json.into_bytes(), now).expect("a payload");
            store.accept(&[received]).await.expect("it accepts");
        }
        let instance = Fleet::new(ours, shape_of_fleet()).payloads[0].instance;
        let mut attributes = Attributes::new(vec!["plan".to_owned()]).expect("a name");
        let plan = "<b>enterprise</b>".to_owned();
        attributes.add(instance, vec![plan]).expect("a value");
        store.set_attributes(&attributes).await.expect("it writes");
        let week = "2021-W24".parse().expect("a week");
        let note = "price <b>change</b>";
        store.note(week, note, now).await.expect("a note");
        let access = token.map(|token| ReadAccess::new(token, registries.into()));
        let options = Options {
            pages: Some(pings_dashboard::router(Arc::clone(&store), access.clone())),
            read_access: access,
            ..Options::default()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        tokio::spawn(serve(listener, store, options, std::future::pending()));
        Self {
            address,
            _folder: folder,
        }
    }

    fn send(&self, request: &str) -> Answer {
        let mut client = Client::connect(&self.address).expect("it listens");
        client.send(request.as_bytes()).expect("it receives");
        client.answer().expect("it answers")
    }

    fn get(&self, path: &str, headers: &str) -> Answer {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nhost: store\r\n{headers}\r\n"
        ))
    }

    fn sign_in(&self, token: &str, headers: &str) -> Answer {
        let form = format!("token={token}&next=%2Fdoctor");
        self.send(&format!(
            "POST /sign-in HTTP/1.1\r\nhost: store\r\n{headers}content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        ))
    }
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let mut lines = answer.head.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

const TOKEN: &str = "authorization: Bearer reader\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_readers_see_the_dashboard() {
    let served = Served::start(Some("reader")).await;
    // Pages lead to the sign-in and back; data is refused.
    let answer = served.get("/versions?weeks=5", "");
    assert_eq!(answer.status, 303);
    assert_eq!(
        header(&answer, "location"),
        Some("/sign-in?next=%2fversions%3fweeks%3d5")
    );
    assert_eq!(served.get("/versions?format=json", "").status, 401);
    let wrong = "authorization: Bearer wrong\r\n";
    assert_eq!(served.get("/versions", wrong).status, 401);
    let wrong = "cookie: pings_session=wrong\r\n";
    assert_eq!(served.get("/versions", wrong).status, 303);

    let signed_in = served.sign_in("reader", "x-forwarded-proto: https\r\n");
    assert_eq!(signed_in.status, 303);
    assert_eq!(header(&signed_in, "location"), Some("/doctor"));
    let cookie = header(&signed_in, "set-cookie").expect("a cookie");
    for part in ["; httponly", "; samesite=strict", "; path=/", "; secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("reader"), "the token stays on the server");
    let (session, _) = cookie.split_once(';').expect("a cookie");
    let session = format!("cookie: {session}\r\n");
    let page = served.get("/versions", &session);
    assert_eq!(page.status, 200);
    let policy = header(&page, "content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    let out =
        format!("POST /sign-out HTTP/1.1\r\nhost: store\r\n{session}content-length: 0\r\n\r\n");
    assert_eq!(served.send(&out).status, 303);
    assert_eq!(served.get("/versions", &session).status, 303);

    // A wrong token is limited in rate, and the right one is not affected elsewhere.
    let tried: Vec<u16> = (0..12)
        .map(|_| served.sign_in("guess", "").status)
        .collect();
    assert_eq!(tried[..10], [401; 10]);
    assert_eq!(tried[10..], [429; 2]);
    assert_eq!(served.get("/versions", TOKEN).status, 200);

    let off = Served::start(None).await;
    let answer = off.get("/", "");
    assert_eq!(answer.status, 404);
    assert!(answer.body.contains("PINGS_STORE_READ_TOKEN"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_show_what_commands_and_endpoints_answer() {
    let served = Served::start(Some("reader")).await;
    let json = |path: &str| {
        let answer = served.get(path, TOKEN);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    };
    let mut page = json("/series/code_insights/InsightHover?by=insightType&format=json");
    let mut endpoint = json("/v1/series/InsightHover?by=insightType");
    for json in [&mut page, &mut endpoint] {
        json.as_object_mut().expect("an object").remove("warnings");
    }
    assert_eq!(page, endpoint);
    let page = json("/series/code_insights/InsightAddition?format=json");
    assert_eq!(page["growth"]["code"], "InsightAddition");
    let estimates = json("/v1/series/InsightAddition?estimate=true");
    assert_eq!(page["weeks"], estimates["weeks"]);
    assert_eq!(
        json("/versions?format=json&registry=code_insights"),
        json("/v1/fleet?by=version&registry=code_insights")
    );
    for by in ["version", "size", "plan"] {
        assert_eq!(
            json(&format!(
                "/series/code_insights/InsightAddition?by={by}&format=json"
            )),
            json(&format!("/v1/usage/InsightAddition?by={by}")),
            "{by}"
        );
    }
    let overview = json("/?format=json&registry=code_insights");
    assert_eq!(overview["fleet"], json("/v1/fleet?registry=code_insights"));
    assert!(overview.get("watch").is_none(), "the alarms have a page");
    assert!(json("/alarms?format=json&registry=code_insights")["alarms"].is_array());
    let nonsense = "POST /v1/payloads HTTP/1.1\r\nhost: store\r\ncontent-type: application/json\r\n\
                    content-length: 2\r\n\r\n{}";
    assert_eq!(served.send(nonsense).status, 400);
    let received = json("/received?format=json");
    assert_eq!(received["refused"]["400"], 1);
    assert_eq!(received["conflicts"], 0);
    let limits = received["limits"].as_array().expect("a list");
    let weeks = serde_json::json!({ "limit": "past_weeks", "most": 520, "exceeded": 0 });
    assert!(limits.contains(&weeks), "{received}");
    // A client that has an answer does not receive it again.
    for path in ["/versions", "/versions?format=csv", "/versions?format=json"] {
        let first = served.get(path, TOKEN);
        let tag = header(&first, "etag").expect("a digest").to_owned();
        let again = served.get(path, &format!("{TOKEN}if-none-match: W/{tag}\r\n"));
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
        assert_eq!(header(&again, "etag"), Some(tag.as_str()));
        let other = served.get(path, &format!("{TOKEN}if-none-match: \"other\"\r\n"));
        assert_eq!((other.status, other.body), (200, first.body), "{path}");
        let refused = served.get(path, &format!("if-none-match: {tag}\r\n"));
        assert!(matches!(refused.status, 303 | 401), "{path}");
    }
    for (path, status) in [
        ("/series/code_insights/Nothing", 404),
        ("/series/nothing/InsightHover", 404),
        ("/?registry=nothing", 404),
        ("/series/code_insights/InsightHover?by=nothing", 400),
        ("/series/code_insights/InsightHover?weeks=0", 400),
        ("/series/code_insights/InsightHover?until=now", 400),
        ("/series/code_insights/InsightHover?show=conversion", 400),
        ("/series/code_insights/InsightHover?other=1", 400),
        (
            "/series/code_insights/InsightHover?by=version&show=all",
            400,
        ),
        ("/series/code_insights/SearchInsightFunnel?by=version", 400),
        ("/impact/code_insights/InsightHover?versions=x", 400),
    ] {
        assert_eq!(served.get(path, TOKEN).status, status, "{path}");
        let data = match path.contains('?') {
            true => format!("{path}&format=json"),
            false => format!("{path}?format=json"),
        };
        assert_eq!(served.get(&data, TOKEN).status, status, "{data}");
    }
    // A client that has the answer receives no body, in each format.
    for format in ["html", "csv", "json"] {
        let path = format!("/versions?registry=code_insights&format={format}");
        let first = served.get(&path, TOKEN);
        let tag = header(&first, "etag").expect("a digest").to_owned();
        let again = served.get(&path, &format!("{TOKEN}if-none-match: \"0\", {tag}\r\n"));
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{format}");
        let stale = format!("{TOKEN}if-none-match: \"0\"\r\n");
        let same = served.get(&path, &stale);
        assert_eq!((same.status, same.body), (200, first.body), "{format}");
        // The digest answers only readers.
        let other = format!("if-none-match: {tag}\r\n");
        assert_ne!(served.get(&path, &other).status, 304, "{format}");
    }
    // A value that no registry declares is not repeated.
    let csv = served.get("/series/hostile/Clicks?by=kind&format=csv", TOKEN);
    let head = csv.body.lines().next();
    assert!(head.is_some_and(|it| it.starts_with("Week,(other),other_kind,")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_read_the_dashboard() {
    let (Some(packages), Some(browser)) = (packages(), browser()) else {
        return;
    };
    let served = Served::start(Some("reader")).await;
    let off = Served::start(None).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue/dashboard.test.mjs");
    // `packages` is the folder `node_modules`.
    let web = packages
        .parent()
        .expect("the folder of the package")
        .to_owned();
    let (address, off) = (served.address.clone(), off.address.clone());
    let ran = tokio::task::spawn_blocking(move || {
        run(Command::new("node")
            .current_dir(web)
            .arg("--test")
            .arg("--test-reporter=spec")
            .arg(script)
            .env(chromium::PROGRAM, browser)
            .env("DASHBOARD", format!("http://{address}"))
            .env("OFF", format!("http://{off}")))
    });
    println!("{}", ran.await.expect("it runs"));
}
