//! The endpoints for reading return what the commands print, as docs/store.openapi.json describes.

use std::process::Command;
use std::sync::Arc;

use pings_model::Registry;
use pings_store::Store;
use pings_store::server::{Options, ReadAccess, serve};
use pings_tests::fleet::{Fleet, Shape};
use pings_tests::http::{Answer, Client};
use pings_tests::place::{Kind, Place};
use serde_json::{Value as Json, json};
use time::macros::datetime;
use tokio::net::TcpListener;

const REGISTRY: &str = include_str!("../../../pings.yaml");
const OPENAPI: &str = include_str!("../../../docs/store.openapi.json");

const TOKEN: &str = "authorization: Bearer secret\r\n";

struct Served {
    address: String,
    access: ReadAccess,
    store: Arc<Store>,
    place: Place,
}

impl Served {
    async fn start(dialect: Kind, is_readable: bool) -> Option<Self> {
        let place = Place::new(dialect).await?;
        let registry: Registry = pings_registry::parse(REGISTRY).expect("the registry passes");
        let store = Store::open(&place.url(), true).await.expect("a store");
        let now = datetime!(2030-01-01 0:00 UTC);
        store.learn(&registry, now).await.expect("it learns");
        Fleet::new(&registry, Shape::new(5, 10, 12))
            .send(&store)
            .await;
        let first: pings_payload::Week = "2021-W24".parse().expect("a week");
        store
            .note(first, "price change", now)
            .await
            .expect("a note");
        let store = Arc::new(store);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let access = ReadAccess::new("secret", vec![registry]);
        let options = Options {
            read_access: is_readable.then(|| access.clone()),
            ..Options::default()
        };
        tokio::spawn(serve(
            listener,
            Arc::clone(&store),
            options,
            std::future::pending(),
        ));
        Some(Self {
            address,
            access,
            store,
            place,
        })
    }

    fn get(&self, path: &str, headers: &str) -> Answer {
        let mut client = Client::connect(&self.address).expect("it listens");
        let request = format!("GET {path} HTTP/1.1\r\nhost: store\r\n{headers}\r\n");
        client.send(request.as_bytes()).expect("it receives");
        client.answer().expect("it answers")
    }

    /// Returns what a command prints.
    fn command(&self, arguments: &str) -> Json {
        std::fs::write(self.place.folder().join("pings.yaml"), REGISTRY).expect("a file");
        let output = Command::new(env!("CARGO_BIN_EXE_command"))
            .arg("store")
            .args(arguments.split(' '))
            .args(["--format", "json", "--database", self.place.address()])
            .current_dir(self.place.folder())
            .output()
            .expect("it runs");
        // The exit code of `growth` says whether there is an estimate.
        let is_answer = output.status.success() || arguments.starts_with("growth");
        assert!(is_answer, "{output:?}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }
}

fn tag(answer: &Answer) -> String {
    let line = answer
        .head
        .lines()
        .find_map(|line| line.strip_prefix("etag: "));
    line.expect("a digest").trim().to_owned()
}

/// Returns the schema of an answer with the schemas that it refers to.
fn schema(openapi: &Json, responses: &Json, status: &str) -> Json {
    let mut schema = responses[status]["content"]["application/json"]["schema"].clone();
    schema["components"] = openapi["components"].clone();
    schema
}

fn check(openapi: &Json, responses: &Json, answer: &Answer) {
    let schema = schema(openapi, responses, &answer.status.to_string());
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let json = answer.json();
    let faults: Vec<String> = validator
        .iter_errors(&json)
        .map(|it| it.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:?} in {json:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_served_is_what_the_file_describes() {
    for dialect in Kind::ALL {
        let Some(served) = Served::start(dialect, true).await else {
            continue;
        };
        let openapi: Json = serde_json::from_str(OPENAPI).expect("JSON");
        let paths = openapi["paths"].as_object().expect("paths");
        let missing = served.get("/v1/other", TOKEN).json();
        let listed = missing["error"].as_str().expect("a reason");
        assert_eq!(listed.matches("/v1/").count(), paths.len() + 1, "{listed}");
        for (path, methods) in paths {
            let (responses, parameters) =
                (&methods["get"]["responses"], &methods["get"]["parameters"]);
            let parameters = parameters.as_array().expect("parameters");
            let path = path.replace("{code}", "InsightHover");
            assert!(
                listed.contains(path.trim_end_matches("InsightHover")),
                "{listed}"
            );
            check(&openapi, responses, &served.get(&path, ""));
            let wrong = served.get(&path, "authorization: Bearer other\r\n");
            assert_eq!(wrong.status, 401);
            let answer = served.get(&path, TOKEN);
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
            check(&openapi, responses, &answer);
            let is_query = |it: &&Json| it["in"] == "query";
            for parameter in parameters.iter().filter(is_query) {
                let (name, example) = (
                    parameter["name"].as_str().expect("a name"),
                    &parameter["example"],
                );
                let example = example
                    .as_str()
                    .map_or_else(|| example.to_string(), str::to_owned);
                let answer = served.get(&format!("{path}?{name}={example}"), TOKEN);
                if name == "conversion" || answer.status == 200 {
                    check(&openapi, responses, &answer);
                } else {
                    panic!("{path}?{name}={example}: {answer:?}");
                }
            }
            let known = |name: &str| parameters.iter().any(|it| it["name"] == name);
            for name in [
                "by",
                "measure",
                "window",
                "all",
                "mean",
                "conversion",
                "estimate",
                "from",
                "other",
            ] {
                let value = if ["all", "mean", "conversion", "estimate"].contains(&name) {
                    "true"
                } else {
                    "week"
                };
                let answer = served.get(&format!("{path}?{name}={value}"), TOKEN);
                assert!(
                    known(name) || answer.status == 400,
                    "{path}?{name}: {answer:?}"
                );
            }
            check(
                &openapi,
                responses,
                &served.get(&format!("{path}?weeks=0"), TOKEN),
            );
            check(
                &openapi,
                responses,
                &served.get(&format!("{path}?registry=other"), TOKEN),
            );
        }
        for (path, command) in [
            (
                "/v1/series/InsightHover?weeks=5&by=insightType",
                "series InsightHover --weeks 5 --by insightType",
            ),
            (
                "/v1/series/InsightHover?mean=true&all=false",
                "series InsightHover --mean",
            ),
            (
                "/v1/series/SearchInsightFunnel?conversion=true",
                "series SearchInsightFunnel --conversion",
            ),
            (
                "/v1/usage/InsightHover?by=version&until=2021-W26",
                "usage InsightHover --by version --until 2021-W26",
            ),
            (
                "/v1/series/InsightHover?estimate=true&weeks=6",
                "series InsightHover --estimate --weeks 6",
            ),
            (
                "/v1/growth/InsightHover?from=2021-W24&to=2021-W26",
                "growth InsightHover --from 2021-W24 --to 2021-W26",
            ),
            ("/v1/fleet?by=size", "fleet --by size"),
            ("/v1/retention?weeks=104", "fleet --retention"),
        ] {
            let answer = served.get(path, TOKEN);
            assert_eq!(answer.json(), served.command(command), "{path}");
        }
        let answer = served.get("/v1/series/InsightHover", TOKEN);
        assert!(answer.json().to_string().contains("price change"));
        let known = format!("{TOKEN}if-none-match: W/\"x\", {}\r\n", tag(&answer));
        let same = served.get("/v1/series/InsightHover", &known);
        assert_eq!(
            (same.status, same.body.as_str(), tag(&same)),
            (304, "", tag(&answer))
        );
        let week = "2021-W25".parse().expect("a week");
        let now = datetime!(2030-01-01 0:00 UTC);
        served
            .store
            .note(week, "outage", now)
            .await
            .expect("a note");
        let changed = served.get("/v1/series/InsightHover", &known);
        assert_eq!(changed.status, 200);
        assert_ne!(tag(&changed), tag(&answer));
        // Two instances are left out, which every answer says.
        let instance = |sender: &pings_store::Sender| sender.instance.parse().expect("an id");
        for sender in served.store.senders(None, 2).await.expect("senders") {
            let left_out = served.store.leave_out(instance(&sender), Some("test"));
            left_out.await.expect("it is left out");
        }
        for (path, command) in [
            ("/v1/series/InsightHover", "series InsightHover"),
            ("/v1/growth/InsightHover", "growth InsightHover"),
            ("/v1/usage/InsightHover", "usage InsightHover"),
            ("/v1/fleet", "fleet"),
            ("/v1/retention?weeks=104", "fleet --retention"),
        ] {
            let answer = served.get(path, TOKEN).json();
            assert_eq!(answer["left_out"], json!({ "test": 2 }), "{answer:#}");
            let responses = &paths[path
                .split('?')
                .next()
                .unwrap_or_default()
                .replace("InsightHover", "{code}")
                .as_str()]["get"]["responses"];
            check(&openapi, responses, &served.get(path, TOKEN));
            if !path.contains("growth") {
                assert_eq!(answer, served.command(command), "{path}");
            }
        }
        // The registries can be replaced.
        let other = REGISTRY.replacen("name: code_insights", "name: other", 1);
        served
            .access
            .replace(vec![pings_registry::parse(&other).expect("a registry")]);
        let answer = served.get("/v1/fleet?registry=code_insights", TOKEN);
        assert_eq!(answer.status, 404, "{answer:?}");
        assert_eq!(served.get("/v1/fleet?registry=other", TOKEN).status, 200);
        served
            .access
            .replace(vec![pings_registry::parse(REGISTRY).expect("a registry")]);
        for (path, status) in [
            ("/v1/series/Nothing", 404),
            ("/v1/series/InsightHover?until=now", 400),
            ("/v1/series/InsightHover?by=nothing", 400),
            ("/v1/series/InsightHover?conversion=true", 400),
            ("/v1/usage/SearchInsightFunnel", 400),
            ("/v1/usage/InsightHover?window=quarter", 400),
            ("/v1/fleet?by=plan", 400),
            ("/v1/series/InsightHover?estimate=true&mean=true", 400),
            ("/v1/growth/InsightHover?from=2021-W26&to=2021-W24", 400),
            ("/v1/growth/SearchInsightFunnel", 400),
        ] {
            let answer = served.get(path, TOKEN);
            assert_eq!(answer.status, status, "{path}: {answer:?}");
            assert_eq!(answer.json()["ok"], json!(false));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_a_token_for_reading_answers_nobody() {
    let served = Served::start(Kind::Sqlite, false).await.expect("SQLite");
    for headers in ["", TOKEN] {
        let answer = served.get("/v1/fleet", headers);
        assert_eq!(answer.status, 404, "{answer:?}");
    }
}
