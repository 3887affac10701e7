//! A server limits each sender, checks tokens, and is healthy only while it can write.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use pings_model::ValueType;
use pings_payload::{Week, rfc3339};
use pings_store::{Mode, Store};
use pings_tests::http::{Answer, Client, post};
use pings_tests::place::{Kind, Place};
use pings_tests::vendor::payload;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;

/// A running `pings store serve`.
struct Served {
    process: Child,
    told: BufReader<ChildStderr>,
    address: String,
}

impl Served {
    fn start(place: &Place, flags: &str) -> Self {
        let program = env!("CARGO_BIN_EXE_command");
        let mut command = Command::new(program);
        Self::of(place, &mut command, flags)
    }

    /// Starts a command that ends with the name of the program.
    fn of(place: &Place, command: &mut Command, flags: &str) -> Self {
        let mut process = command
            .args(["store", "serve", "--listen", "127.0.0.1:0", "--database"])
            .arg(place.address())
            .args(flags.split_whitespace())
            .current_dir(place.folder())
            .env_remove("PINGS_STORE_TOKEN")
            .env_remove("PINGS_STORE_METRICS_TOKEN")
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let told = BufReader::new(process.stderr.take().expect("its output"));
        let mut served = Self {
            process,
            told,
            address: String::new(),
        };
        let line = served.line("Listening");
        let address = line.trim().rsplit("http://").next();
        served.address = address.expect("an address").to_owned();
        served
    }

    /// Returns the next line of the output that contains a text.
    fn line(&mut self, what: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.told.read_line(&mut line).expect("text");
            assert!(read > 0, "it ends before it says {what}");
            if line.contains(what) {
                return line;
            }
        }
    }

    fn ask(&self, request: &[u8]) -> Answer {
        let mut client = Client::connect(&self.address).expect("it listens");
        client.send(request).expect("it reads");
        client.answer().expect("it answers")
    }

    fn post(&self, headers: &str, payload: &Json) -> Answer {
        self.ask(&post(headers, payload.to_string().as_bytes()))
    }

    fn get(&self, path: &str, headers: &str) -> Answer {
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n{headers}\r\n");
        self.ask(request.as_bytes())
    }

    fn limited(&self, limit: &str) -> u64 {
        let metrics = self.get("/metrics", "").body;
        let name = format!("pings_store_limited_total{{limit=\"{limit}\"}} ");
        let line = metrics.lines().find_map(|line| line.strip_prefix(&name));
        line.expect("a counter").parse().expect("a number")
    }

    fn signal(&self, signal: &str) {
        let id = self.process.id().to_string();
        let status = Command::new("kill").args([signal, &id]).status();
        assert!(status.expect("kill").success());
    }

    fn stop(mut self) {
        self.signal("-TERM");
        assert!(self.process.wait().expect("it ends").success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn sqlite() -> Place {
    Place::new(Kind::Sqlite).await.expect("SQLite")
}

async fn count(place: &Place, table: &str) -> i64 {
    let store = Store::open(&place.url(), false).await.expect("a store");
    let mut tx = store.read().await.expect("a store");
    let sql = format!("SELECT count(*) FROM {table}");
    let count = tx.value(&sql, &[], ValueType::Integer).await;
    let count = count.expect("an answer").expect("a row").integer();
    tx.end().await.expect("an answer");
    store.close().await;
    count.expect("a number")
}

/// Sends payloads one after the other. Returns the status codes and the last answer.
fn statuses(served: &Served, payloads: &[Json]) -> (Vec<u16>, Answer) {
    let answers: Vec<Answer> = payloads.iter().map(|it| served.post("", it)).collect();
    let statuses = answers.iter().map(|answer| answer.status).collect();
    (statuses, answers.last().expect("an answer").clone())
}

fn of_week(week: Week, revision: u32) -> Json {
    let mut sent = payload(1, 0, revision, 1);
    sent["week"] = week.to_string().into();
    sent["start"] = rfc3339(week.start()).into();
    sent["end"] = rfc3339(week.end()).into();
    sent
}

#[tokio::test]
async fn each_limit_is_a_flag_with_an_answer_and_a_counter() {
    let revisions = |revisions: &[u32]| revisions.iter().map(|it| payload(1, 0, *it, 1)).collect();
    let instances = |most: u32| (1..=most).map(|it| payload(it, 0, 1, 1)).collect();
    let cases: Vec<(&str, &str, Vec<Json>, &[u16])> = vec![
        (
            "instance-requests",
            "3",
            revisions(&[1, 2, 3, 4]),
            &[200, 200, 200, 429],
        ),
        ("address-requests", "2", instances(3), &[200, 200, 429]),
        ("address-instances", "2", instances(3), &[200, 200, 429]),
        (
            "instance-bytes",
            "1000",
            revisions(&[1, 2, 3]),
            &[200, 429, 429],
        ),
        ("instance-bytes", "100", revisions(&[1]), &[413]),
        ("address-bytes", "1000", instances(2), &[200, 429]),
        ("instance-names", "60", revisions(&[1, 2]), &[200, 429]),
        ("address-names", "60", instances(2), &[200, 429]),
        ("past-weeks", "52", revisions(&[1]), &[400]),
        (
            "revision-jump",
            "5",
            revisions(&[5, 10, 16, 10_000]),
            &[200, 200, 400, 400],
        ),
    ];
    for (flag, most, payloads, expected) in cases {
        let place = sqlite().await;
        let served = Served::start(&place, &format!("--{flag} {most}"));
        let (statuses, last) = statuses(&served, &payloads);
        assert_eq!(statuses, expected, "{flag}: {last:?}");
        assert_eq!(
            last.head.contains("retry-after: "),
            last.status == 429,
            "{last:?}"
        );
        assert_eq!(last.json()["ok"], json!(false));
        if flag == "past-weeks" {
            // With the path `week`, an instance would send the payload again for ever.
            assert_eq!(last.json()["path"], json!("start"));
        }
        let refused = expected.iter().filter(|status| **status != 200).count();
        // A request for the metrics does not count as a payload.
        assert_eq!(
            served.limited(&flag.replace('-', "_")),
            refused as u64,
            "{flag}"
        );
        served.stop();
        let kept = expected.len() - refused;
        assert_eq!(count(&place, "payloads").await, kept as i64, "{flag}");
    }
}

#[tokio::test]
async fn what_is_already_stored_is_answered_beyond_the_limits() {
    for dialect in Kind::ALL {
        for flag in ["--instance-names 60", "--instance-bytes 1000"] {
            let Some(place) = Place::new(dialect).await else {
                continue;
            };
            let served = Served::start(&place, flag);
            let status = |revision, value| served.post("", &payload(1, 0, revision, value)).status;
            assert_eq!(status(1, 1), 200, "{flag}");
            // Neither another content nor another revision fits, but the first payload is stored.
            assert_eq!((status(1, 2), status(2, 1)), (429, 429), "{flag}");
            assert_eq!((status(1, 1), status(1, 1)), (200, 200), "{flag}");
            assert_eq!(status(2, 1), 429, "{flag}");
            served.stop();
            // After the limit ends, the other content is stored as well, and answered again.
            let served = Served::start(&place, flag);
            let status = |revision, value| served.post("", &payload(1, 0, revision, value)).status;
            assert_eq!((status(1, 2), status(1, 3)), (200, 429), "{flag}");
            assert_eq!((status(1, 2), status(1, 1)), (200, 200), "{flag}");
            served.stop();
            assert_eq!(count(&place, "payloads").await, 1);
            assert_eq!(count(&place, "conflicts").await, 1);
        }
    }
}

#[tokio::test]
async fn so_many_other_contents_of_a_week_are_kept() {
    for dialect in Kind::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let served = Served::start(&place, "--conflicts 2");
        for value in 1..8 {
            let answer = served.post("", &payload(1, 0, 1, value));
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(
                answer.json()["conflict"].as_bool(),
                (value > 1).then_some(true)
            );
        }
        assert_eq!(served.limited("conflicts"), 4);
        served.stop();
        assert_eq!(count(&place, "conflicts").await, 2);
    }
}

#[tokio::test]
async fn a_week_that_is_not_over_is_refused() {
    let place = sqlite().await;
    let served = Served::start(&place, "");
    let now = OffsetDateTime::now_utc();
    // The clock of an instance may be a day ahead.
    let running = Week::containing(now + Duration::from_secs(24 * 60 * 60));
    for (week, status) in [(running, 400), (running.back(1), 200)] {
        let answer = served.post("", &of_week(week, 1));
        assert_eq!(answer.status, status, "{answer:?}");
        if status == 400 {
            assert_eq!(answer.json()["path"], json!("week"));
        }
    }
    served.stop();
}

#[tokio::test]
async fn only_a_trusted_proxy_tells_the_address() {
    let from = |last: u8| format!("x-forwarded-for: 10.9.9.9, 10.0.0.{last}\r\n");
    for (flags, expected) in [
        ("--address-requests 1 --trust-forwarded", [200, 200, 429]),
        ("--address-requests 1", [200, 429, 429]),
    ] {
        let place = sqlite().await;
        let served = Served::start(&place, flags);
        let sent = [(1, 1), (2, 2), (3, 2)];
        let statuses = sent.map(|(instance, last)| {
            let answer = served.post(&from(last), &payload(instance, 0, 1, 1));
            answer.status
        });
        assert_eq!(statuses, expected, "{flags}");
        served.stop();
    }
}

#[tokio::test]
async fn weeks_are_kept_as_long_as_is_wanted() {
    for dialect in Kind::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let served = Served::start(&place, "");
        let recent = Week::last_complete(OffsetDateTime::now_utc()).back(2);
        for sent in [payload(1, 0, 1, 1), payload(2, 1, 1, 1), of_week(recent, 1)] {
            assert_eq!(served.post("", &sent).status, 200);
        }
        served.stop();
        let mut served = Served::start(&place, "--retain 52");
        let line = served.line("Erased");
        assert!(
            line.contains("2 payloads from more than 52 weeks ago"),
            "{line}"
        );
        assert_eq!(count(&place, "payloads").await, 1);
        assert_eq!(count(&place, "reports").await, 1);
        assert_eq!(count(&place, "instances").await, 1);
        assert_eq!(served.post("", &payload(2, 1, 1, 1)).status, 400);
        let again = of_week(recent, 2);
        assert_eq!(served.post("", &again).status, 200);
        served.stop();
    }
}

#[tokio::test]
async fn tokens_are_read_again_and_are_never_empty() {
    let place = sqlite().await;
    let tokens = place.folder().join("tokens");
    let own = |token: &str| format!("00000000-0000-4000-8000-000000000001 {token}\n");
    std::fs::write(&tokens, own("first")).expect("a file");
    let mut served = Served::start(&place, "--tokens tokens");
    let sent = payload(1, 0, 1, 1);
    let status = |served: &Served, token: &str| {
        let header = format!("authorization: Bearer {token}\r\n");
        served.post(&header, &sent).status
    };
    assert_eq!(
        (status(&served, "first"), status(&served, "second")),
        (200, 401)
    );
    std::fs::write(&tokens, own("second")).expect("a file");
    served.signal("-HUP");
    served.line("Reloaded");
    assert_eq!(
        (status(&served, "first"), status(&served, "second")),
        (401, 200)
    );
    // An invalid file changes nothing, and the server continues.
    std::fs::write(&tokens, "nobody second").expect("a file");
    served.signal("-HUP");
    served.line("the tokens were not changed");
    assert_eq!(status(&served, "second"), 200);
    // Opening a named pipe would wait for a writer, and a device has no end.
    for (command, source) in [("mkfifo", None), ("ln", Some("/dev/zero"))] {
        std::fs::remove_file(&tokens).expect("it is removed");
        let flag = source.map(|_| "-s");
        let names = flag.into_iter().chain(source);
        let made = Command::new(command).args(names).arg(&tokens).status();
        assert!(made.expect("it runs").success());
        served.signal("-HUP");
        served.line("tokens is not a regular file");
        served.line("the tokens were not changed");
        assert_eq!(status(&served, "second"), 200);
    }
    std::fs::remove_file(&tokens).expect("it is removed");
    let large = std::fs::File::create(&tokens).expect("a file");
    large.set_len((64 << 20) + 1).expect("its length");
    served.signal("-HUP");
    served.line("tokens is larger than 67108864 bytes");
    assert_eq!(status(&served, "second"), 200);
    served.stop();

    let refused = |flags: &[&str], variable: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_command"));
        command
            .args(["store", "serve", "--listen", "127.0.0.1:0"])
            .args(flags)
            .current_dir(place.folder())
            .stderr(Stdio::piped());
        match variable {
            Some(name) => command.env(name, ""),
            None => command.env_remove("PINGS_STORE_TOKEN"),
        };
        let mut process = command.spawn().expect("it starts");
        let start = Instant::now();
        while process.try_wait().expect("its state").is_none() {
            if start.elapsed() > Duration::from_secs(20) {
                process.kill().expect("it is killed");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let code = process.wait().expect("it ends").code();
        let mut told = String::new();
        let stderr = process.stderr.as_mut().expect("its output");
        stderr.read_to_string(&mut told).expect("text");
        assert_eq!(code, Some(1), "{flags:?}: {told}");
        assert!(told.contains("the token is empty"), "{told}");
    };
    refused(&["--token", ""], None);
    refused(&["--token", "  "], None);
    refused(&["--metrics-token", ""], None);
    refused(&[], Some("PINGS_STORE_TOKEN"));
    refused(&[], Some("PINGS_STORE_METRICS_TOKEN"));
}

#[tokio::test]
async fn metrics_need_a_token_but_for_this_machine() {
    let place = sqlite().await;
    let served = Served::start(&place, "");
    assert_eq!(served.get("/metrics", "").status, 200);
    // A proxy on this machine forwards the request of another machine.
    for header in [
        "x-forwarded-for: 10.0.0.1\r\n",
        "forwarded: for=10.0.0.1\r\n",
    ] {
        let answer = served.get("/metrics", header);
        assert_eq!(answer.status, 403, "{answer:?}");
        assert!(!answer.body.contains("pings_store"), "{answer:?}");
    }
    served.stop();
    let served = Served::start(&place, "--token sends --metrics-token reads");
    for (header, status) in [
        ("", 401),
        ("authorization: Bearer sends\r\n", 401),
        (
            "authorization: Bearer reads\r\nx-forwarded-for: 10.0.0.1\r\n",
            200,
        ),
    ] {
        assert_eq!(served.get("/metrics", header).status, status, "{header}");
    }
    let sent = payload(1, 0, 1, 1);
    let answer = served.post("authorization: Bearer reads\r\n", &sent);
    assert_eq!(answer.status, 401, "{answer:?}");
    served.stop();
}

#[tokio::test]
async fn a_store_that_cannot_write_is_not_well() {
    for dialect in Kind::WITH_TRANSACTIONS {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let served = Served::start(&place, "");
        assert_eq!(served.get("/healthz", "").status, 200);
        let store = Store::open(&place.url(), false).await.expect("a store");
        let mut tx = store
            .database()
            .expect("a database with transactions")
            .begin(Mode::Write)
            .await
            .expect("a store");
        if dialect == Kind::Postgres {
            tx.script("LOCK TABLE store_state").await.expect("a lock");
        }
        std::thread::sleep(Duration::from_millis(300));
        let answer = served.get("/healthz", "");
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(answer.head.contains("retry-after: "), "{answer:?}");
        tx.rollback().await.expect("it ends");
        let start = Instant::now();
        while served.get("/healthz", "").status != 200 {
            assert!(start.elapsed() < Duration::from_secs(10), "it stays unwell");
        }
        store.close().await;
        served.stop();
    }
}

#[tokio::test]
async fn a_store_on_a_full_disk_is_not_well() {
    let place = sqlite().await;
    let served = Served::start(&place, "");
    served.stop();
    // Limits the size of files to 400 KiB, which the program sees as an error.
    let script = "trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\"";
    let mut command = Command::new("bash");
    command.args(["-c", script, env!("CARGO_BIN_EXE_command")]);
    let mut served = Served::of(&place, &mut command, "");
    assert_eq!(served.get("/healthz", "").status, 200);
    let mut statuses = Vec::new();
    for instance in 1..200 {
        let mut sent = payload(instance, 0, 1, 1);
        sent["more"] = "x".repeat(20_000).into();
        let status = served.post("", &sent).status;
        statuses.push(status);
        if status != 200 {
            break;
        }
    }
    assert_eq!(statuses.last(), Some(&503), "{statuses:?}");
    assert!(
        served
            .line("cannot be written")
            .contains("the database rejects the data")
    );
    let answer = served.get("/healthz", "");
    assert_eq!(answer.status, 503, "{answer:?}");
    served.stop();
}
