//! Any input gets a clear answer, memory is bounded, and no acknowledged payload is lost.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use pings_model::ValueType;
use pings_store::Store;
use pings_tests::bombs::bombs;
use pings_tests::http::{Answer, Client, gzip, post};
use pings_tests::place::{Kind, Place};
use pings_tests::vendor::{Vendor, payload};
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_store");

async fn place() -> Place {
    Place::new(Kind::Sqlite)
        .await
        .expect("SQLite is always there")
}

fn start(place: &Place) -> Vendor {
    Vendor::start(Path::new(PROGRAM), place.address(), "127.0.0.1:0", None)
}

fn ask(vendor: &Vendor, request: &[u8]) -> Answer {
    let mut client = Client::connect(&vendor.address).expect("it listens");
    client.send(request).expect("it reads");
    client.answer().expect("it answers")
}

async fn payloads(place: &Place) -> i64 {
    let store = Store::open(&place.url(), false).await.expect("a store");
    let mut tx = store.read().await.expect("a store");
    let sql = "SELECT count(*) FROM payloads";
    let count = tx.value(sql, &[], ValueType::Integer).await;
    count
        .expect("an answer")
        .expect("a row")
        .integer()
        .expect("a number")
}

/// Returns a payload with another value at a location.
fn with(place: &str, value: Value) -> Vec<u8> {
    let mut json = payload(1, 0, 1, 1);
    *json.pointer_mut(place).expect("a place") = value;
    json.to_string().into_bytes()
}

#[tokio::test]
async fn a_payload_is_answered_once_it_is_kept() {
    for dialect in Kind::ALL {
        if let Some(place) = Place::new(dialect).await {
            answered(&place).await;
        }
    }
}

async fn answered(place: &Place) {
    let vendor = start(place);
    let body = payload(1, 3, 1, 1).to_string();
    let first = ask(&vendor, &post("", body.as_bytes()));
    assert_eq!(first.status, 200);
    let json = first.json();
    let received_at = json["received_at"].as_str().expect("a time").to_owned();
    let expected = json!({
        "ok": true, "instance": "00000000-0000-4000-8000-000000000001", "week": "2021-W04",
        "revision": 1, "received_at": received_at, "known": false,
    });
    assert_eq!(json, expected);
    std::thread::sleep(Duration::from_millis(1_100));
    let compressed = gzip(body.as_bytes());
    let again = ask(&vendor, &post("content-encoding: gzip\r\n", &compressed));
    assert_eq!(again.json(), expected);
    let other = payload(1, 3, 1, 2).to_string();
    let other = ask(
        &vendor,
        &post("content-encoding: identity\r\n", other.as_bytes()),
    );
    let mut conflict = expected.clone();
    conflict["conflict"] = true.into();
    conflict["newest"] = 1.into();
    conflict["events"] = 13.into();
    assert_eq!(other.json(), conflict);
    let health = ask(&vendor, b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!((health.status, health.json()), (200, json!({ "ok": true })));
    let metrics = ask(&vendor, b"GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n").body;
    for line in [
        "pings_store_payloads_total{outcome=\"accepted\"} 1",
        "pings_store_payloads_total{outcome=\"repeated\"} 1",
        "pings_store_payloads_total{outcome=\"conflict\"} 1",
        "pings_store_request_seconds_count 3",
        "pings_store_queue 0",
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line}\n{metrics}"
        );
    }
    vendor.stop();
    assert_eq!(payloads(place).await, 1);
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place() {
    let place = place().await;
    let vendor = start(&place);
    let whole = payload(1, 0, 1, 1).to_string();
    let text = |from: &str, to: &str| whole.replacen(from, to, 1).into_bytes();
    let two = json!([{ "x": "a", "count": 1 }, { "x": "a", "count": 2 }]);
    let long = json!([{ "x": "a".repeat(900), "y": "b".repeat(900), "count": 1 }]);
    let mut many = payload(1, 0, 1, 1);
    many["versions"] = (0..60).map(|n| (format!("3.{n}"), json!(1))).collect();
    let cases: Vec<(Vec<u8>, &str, &str)> = vec![
        (b"".to_vec(), "", "this is not JSON: EOF"),
        (
            whole.as_bytes()[..200].to_vec(),
            "",
            "this is not JSON: EOF",
        ),
        ("[".repeat(100_000).into_bytes(), "", "recursion limit"),
        (b"{\"a\":NaN}".to_vec(), "", "this is not JSON"),
        (b"\xff\xfe{}".to_vec(), "", "this is not JSON"),
        (
            text("\"format\":1", "\"format\":1,\"format\":1"),
            "",
            "duplicate key",
        ),
        (
            text("\"count\":1", "\"count\":1e999"),
            "",
            "number out of range",
        ),
        (b"[]".to_vec(), "", "a list is not an object"),
        (
            with("/metrics/A/count", json!(-1)),
            "metrics.A.count",
            "-1 is not a whole number",
        ),
        (
            with("/metrics/A/count", json!("1")),
            "metrics.A.count",
            "is not a number",
        ),
        (
            with("/metrics/A/count", json!([1])),
            "metrics.A.count",
            "a list is not a number",
        ),
        (
            with("/metrics/B/rows", two),
            "metrics.B.rows[1]",
            "another row has the same dimensions",
        ),
        (
            with("/metrics/B", json!({ "by": ["x", "y"], "rows": long })),
            "metrics.B.rows[0]",
            "the dimensions are longer",
        ),
        (
            with("/metrics/B/by", json!(["x", "x"])),
            "metrics.B.by",
            "duplicate name",
        ),
        (
            with("/metrics", json!({ "a\u{0}b": { "count": 1 } })),
            "metrics",
            "no control characters",
        ),
        (
            with("/instance", json!("me")),
            "instance",
            "\"me\" is not a UUID",
        ),
        (
            with("/revision", json!(4_000_000)),
            "revision",
            "4000000 exceeds the maximum of 10000",
        ),
        (
            many.to_string().into_bytes(),
            "versions",
            "60 versions exceed the maximum of 50",
        ),
        (
            with("/week", json!("2999-W01")),
            "start",
            "is not the start of 2999-W01",
        ),
    ];
    let mut kept = Client::connect(&vendor.address).expect("it listens");
    for (body, path, reason) in &cases {
        // Both on a connection that stays open, and on a new connection.
        for answer in [
            kept.post("", body).expect("it answers"),
            ask(&vendor, &post("", body)),
        ] {
            assert_eq!(answer.status, 400, "{answer:?}");
            let json = answer.json();
            assert_eq!(
                (&json["ok"], &json["path"]),
                (&json!(false), &json!(path)),
                "{json}"
            );
            let told = json["error"].as_str().expect("a reason");
            assert!(told.contains(reason), "{told:?} does not say {reason:?}");
        }
    }
    let future = whole
        .replace("2021-W01", "2999-W01")
        .replace("2021-01-04", "2998-12-31")
        .replace("2021-01-11", "2999-01-07");
    let answer = ask(&vendor, &post("", future.as_bytes()));
    assert_eq!(
        (answer.status, &answer.json()["path"]),
        (400, &json!("week")),
        "{answer:?}"
    );
    assert_eq!(
        kept.post("", whole.as_bytes()).expect("it goes on").status,
        200
    );
    vendor.stop();
    assert_eq!(payloads(&place).await, 1);
}

#[tokio::test]
async fn requests_that_are_none_are_answered() {
    let place = place().await;
    let vendor = start(&place);
    let body = payload(1, 0, 1, 1).to_string();
    let cut = &gzip(body.as_bytes())[..60];
    let chunked = format!(
        "POST /v1/payloads HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        100,
        &body[..100],
        body.len() - 100,
        &body[100..]
    );
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes();
    let long = "x".repeat(100_000);
    let cases: Vec<(Vec<u8>, u16)> = vec![
        (chunked.clone().into_bytes(), 200),
        (
            chunked.replacen("\r\n64\r\n", "\r\nzz\r\n", 1).into_bytes(),
            400,
        ),
        (post("content-encoding: gzip\r\n", body.as_bytes()), 400),
        (post("content-encoding: gzip\r\n", cut), 400),
        (post("content-encoding: br\r\n", body.as_bytes()), 415),
        (
            post("content-encoding: gzip, gzip\r\n", body.as_bytes()),
            415,
        ),
        (
            post(
                "content-encoding: gzip\r\ncontent-encoding: gzip\r\n",
                body.as_bytes(),
            ),
            415,
        ),
        (post("", &vec![b' '; (1 << 20) + 1]), 413),
        (
            post("content-encoding: gzip\r\n", &gzip(&vec![b' '; 9 << 20])),
            413,
        ),
        (get("/"), 404),
        (get("/v1/payloads"), 405),
        (get("/v1/payloads/../../etc/passwd"), 404),
        (get("/%00%ff"), 404),
        (
            b"DELETE /v1/payloads HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(),
            405,
        ),
        (
            b"POST /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}".to_vec(),
            405,
        ),
        (b"nonsense\r\n\r\n".to_vec(), 400),
        (get(&format!("/{long}")), 431),
        (
            format!("GET / HTTP/1.1\r\nhost: a\r\nlong: {long}\r\n\r\n").into_bytes(),
            431,
        ),
    ];
    for (request, status) in &cases {
        let answer = ask(&vendor, request);
        let shown = String::from_utf8_lossy(&request[..request.len().min(80)]).into_owned();
        assert_eq!(answer.status, *status, "{shown}: {answer:?}");
        // A request that is not HTTP is rejected before it reaches the handlers that answer with
        // JSON.
        if *status != 200 && !answer.body.is_empty() {
            assert_eq!(answer.json()["ok"], json!(false), "{answer:?}");
        }
    }
    // Several requests are sent on a connection before the first is answered.
    let mut client = Client::connect(&vendor.address).expect("it listens");
    let all: Vec<u8> = (2..20)
        .flat_map(|instance| post("", payload(instance, 0, 1, 1).to_string().as_bytes()))
        .collect();
    client.send(&all).expect("it reads");
    for instance in 2..20 {
        let json = client.answer().expect("it answers").json();
        let expected = format!("00000000-0000-4000-8000-{instance:012x}");
        assert_eq!(json["instance"], json!(expected));
    }
    vendor.stop();
    assert_eq!(payloads(&place).await, 19);
}

#[tokio::test]
async fn who_is_slow_is_not_waited_for() {
    let place = place().await;
    let vendor = start(&place);
    let request = post("", payload(1, 0, 1, 1).to_string().as_bytes());
    for cut in [20, request.len() - 10] {
        let start = Instant::now();
        let answer = ask(&vendor, &request[..cut]);
        assert_eq!(
            (answer.status, &answer.json()["ok"]),
            (408, &json!(false)),
            "{answer:?}"
        );
        assert!(start.elapsed() < Duration::from_secs(10));
    }
    // A connection without a request gets no answer.
    let mut idle = Client::connect(&vendor.address).expect("it listens");
    assert!(idle.answer().is_err());
    // Slow senders do not block other senders.
    let slow: Vec<Client> = (0..100)
        .map(|_| {
            let mut client = Client::connect(&vendor.address).expect("it listens");
            client
                .send(&request[..request.len() - 10])
                .expect("it reads");
            client
        })
        .collect();
    let start = Instant::now();
    assert_eq!(ask(&vendor, &request).status, 200);
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
    drop(slow);
    vendor.stop();
    assert_eq!(payloads(&place).await, 1);
}

#[tokio::test]
async fn who_has_no_token_sends_nothing() {
    let place = place().await;
    let vendor = Vendor::start(
        Path::new(PROGRAM),
        place.address(),
        "127.0.0.1:0",
        Some("secret"),
    );
    let body = payload(1, 0, 1, 1).to_string();
    for (headers, status) in [
        ("", 401),
        ("authorization: Bearer wrong\r\n", 401),
        ("authorization: secret\r\n", 401),
        ("authorization: Bearer secret\r\n", 200),
    ] {
        let answer = ask(&vendor, &post(headers, body.as_bytes()));
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(
            answer.head.contains("www-authenticate: bearer"),
            status == 401
        );
    }
    // A large body is refused without being stored, and the client receives the answer.
    let answer = ask(&vendor, &post("", &vec![b'x'; 900_000]));
    assert_eq!(answer.status, 401);
    vendor.stop();
    assert_eq!(payloads(&place).await, 1);
}

/// Returns the first code block of a language in a guide.
fn shown(guide: &str, language: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(guide);
    let text = std::fs::read_to_string(path).expect("a guide");
    let block = text
        .split(&format!("```{language}\n"))
        .nth(1)
        .expect("a block");
    block.split("```").next().expect("its end").to_owned()
}

#[tokio::test]
async fn what_the_guide_shows_works() {
    if Command::new("curl").arg("--version").output().is_err() {
        return;
    }
    let place = place().await;
    let vendor = start(&place);
    let payload = place.folder().join("payload.json");
    std::fs::write(payload, shown("payload.md", "json")).expect("a file");
    let script = shown("store.md", "sh").replace("127.0.0.1:8090", &vendor.address);
    let said = Command::new("sh")
        .args(["-ec", &script])
        .current_dir(place.folder())
        .output()
        .expect("a shell");
    let said = String::from_utf8(said.stdout).expect("text");
    let answers: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).expect("an answer"))
        .collect();
    assert_eq!(answers.len(), 2, "{said}");
    assert_eq!(answers[0], answers[1]);
    let mut expected: Value = serde_json::from_str(&shown("store.md", "json")).expect("JSON");
    expected["known"] = false.into();
    expected["received_at"] = answers[0]["received_at"].clone();
    assert_eq!(answers[0], expected);
    vendor.stop();
}

#[tokio::test]
async fn memory_is_bounded() {
    let place = place().await;
    let vendor = start(&place);
    let before = vendor.most_memory();
    let bomb = |(_, body): (_, Vec<u8>)| gzip(&body);
    let mut bombs: Vec<Vec<u8>> = bombs(8_000_000).into_iter().map(bomb).collect();
    bombs.extend([gzip(&vec![b'['; 64 << 20]), gzip(&vec![b' '; 64 << 20])]);
    let address = vendor.address.clone();
    std::thread::scope(|scope| {
        for bomb in &bombs {
            scope.spawn(|| {
                let mut client = Client::connect(&address).expect("it listens");
                let answer = client.post("content-encoding: gzip\r\n", bomb);
                let answer = answer.expect("it answers");
                // Codes with long names form a valid payload, regardless of their length.
                assert!(matches!(answer.status, 200 | 400 | 413), "{answer:?}");
            });
        }
        // Meanwhile a thousand instances with unusual ids send payloads.
        scope.spawn(|| {
            let mut client = Client::connect(&address).expect("it listens");
            for instance in 0..1_000_u32 {
                let odd = payload(instance, 0, 1, 1).to_string();
                let odd = odd.replace("0000-4000-8000", "ffff-ffff-0000");
                let answer = client.post("", odd.as_bytes()).expect("it answers");
                assert_eq!(answer.status, 200, "{answer:?}");
            }
        });
    });
    let most = vendor.most_memory();
    println!("{before} KiB at first, {most} KiB at most");
    // The limit that docs/store.md states.
    assert!(most < 512 * 1024, "{most} KiB");
    vendor.stop();
    assert_eq!(payloads(&place).await, 1_001);
}

#[tokio::test]
async fn a_byte_order_mark_is_no_content() {
    let place = place().await;
    let vendor = start(&place);
    let plain = payload(1, 0, 1, 1).to_string();
    let marked = format!("\u{feff}{plain}");
    for body in [&plain, &marked] {
        let answer = ask(&vendor, &post("", body.as_bytes()));
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    vendor.stop();
    assert_eq!(payloads(&place).await, 1);
    let store = Store::open(&place.url(), true).await.expect("a store");
    let lines = format!("{marked}\n\u{feff}{}\n", payload(2, 0, 1, 1));
    let now = time::OffsetDateTime::now_utc();
    let imported = store.import(lines.as_bytes(), now, |_| {}).await;
    let imported = imported.expect("an import");
    assert_eq!((imported.kept, imported.repeated, imported.bad), (1, 1, 0));
    store.close().await;
}
