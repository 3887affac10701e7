//! Connections to real databases: TLS, poolers, roles with settings, and servers that stop.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use pings_database::{Bind, Mode};
use pings_model::ValueType;
use pings_runtime::{
    Access, Actor, Captures, Database, Durability, EventLog, FailureKind, Options, Outage,
    Recorder, Url,
};
use pings_tests::parts::{Part, is_missing};
use pings_tests::pgbouncer::{PgBouncer, free_port};
use pings_tests::server::Server;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use time::OffsetDateTime;

const REGISTRY: &str = r#"
format: 1
name: desk
title: Desk
events:
  Opened:
tables:
  t:
    id: integer
    s: text
pings:
  - id: opened
    title: Opened
    type: fe_event
    aggregation: weekly
    added: "1"
    metrics: [{ code: Opened, measure: [count, unique_users, first_time_users] }]
  - id: rows
    title: Rows
    type: be_capture
    aggregation: total
    added: "1"
    metrics:
      - { code: All, from: t }
      - { code: Eq, from: t, where: 't.s = ''a\c''' }
      - { code: Like, from: t, where: 't.s LIKE ''a\\c''' }
"#;

/// Runs `pings` in a folder with the registry.
fn pings(folder: &std::path::Path, arguments: &[&str]) -> Output {
    std::fs::write(folder.join("pings.yaml"), REGISTRY).expect("a registry");
    Command::new(env!("CARGO_BIN_EXE_command"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("PINGS_REGISTRY")
        .env("NO_COLOR", "1")
        .output()
        .expect("pings runs")
}

/// Returns the output of a command that must succeed.
fn done(folder: &std::path::Path, arguments: &[&str]) -> String {
    let output = pings(folder, arguments);
    let said = said(&output);
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

async fn open(address: &str) -> Result<Database, String> {
    let url: Url = address
        .parse()
        .map_err(|error: pings_runtime::Error| error.to_string())?;
    let opened = Database::open(&url, Access::Write).await;
    opened.map_err(|error| error.to_string())
}

async fn text(database: &Database, sql: &str) -> String {
    let mut tx = database.begin(Mode::Read).await.expect("a transaction");
    let value = tx.value(sql, &[], ValueType::Text).await.expect("a value");
    tx.rollback().await.expect("it ends");
    value
        .and_then(|cell| cell.text().map(str::to_owned))
        .unwrap_or_default()
}

async fn execute(server: &Server, sql: &str) {
    let mut db = PgConnection::connect(&server.address())
        .await
        .expect("a connection");
    let sql = AssertSqlSafe(sql.to_owned());
    db.execute(sqlx::raw_sql(sql))
        .await
        .expect("statements of a fixture");
}

#[tokio::test]
async fn a_server_that_refuses_plain_text_is_reached_with_tls() {
    if is_missing(Part::Tls) {
        return;
    }
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let issuer = Issuer::new(ca, ca_key);
    let certified = |name: &str, hosts: &[&str]| {
        let key = KeyPair::generate().unwrap();
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut made = CertificateParams::new(hosts).unwrap();
        made.distinguished_name.push(DnType::CommonName, name);
        (
            made.signed_by(&key, &issuer).unwrap().pem(),
            key.serialize_pem(),
        )
    };
    let (server_pem, server_key) = certified("server", &["localhost"]);
    let (client_pem, client_key) = certified("certified", &[]);
    let hba = "local all all trust\n\
        hostssl all certified all cert\n\
        hostssl all all all trust\n";
    let port = free_port();
    let mut settings: Vec<String> = [
        "ssl=on",
        "ssl_cert_file=server.crt",
        "ssl_key_file=server.key",
    ]
    .map(str::to_owned)
    .into();
    settings.extend([
        "ssl_ca_file=ca.crt".to_owned(),
        "listen_addresses=localhost".to_owned(),
    ]);
    settings.push(format!("port={port}"));
    let files = [
        ("pg_hba.conf", hba),
        ("ca.crt", ca_pem.as_str()),
        ("server.crt", &server_pem),
        ("server.key", &server_key),
    ];
    let Some(server) = Server::start_with(&files, &settings).await else {
        return;
    };
    execute(&server, "CREATE ROLE certified LOGIN").await;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let ca = write("ca.pem", &ca_pem);
    let (cert, key) = (
        write("client.pem", &client_pem),
        write("client.key", &client_key),
    );
    let at = |user: &str, host: &str, query: &str| {
        format!("postgres://{user}@{host}:{port}/postgres?{query}")
    };
    let roots = format!("sslrootcert={ca}");
    let client = format!("sslmode=verify-full&{roots}&sslcert={cert}&sslkey={key}");
    for address in [
        at("postgres", "localhost", ""),
        at("postgres", "localhost", "sslmode=allow"),
        at("postgres", "localhost", "sslmode=require"),
        at("postgres", "127.0.0.1", "sslmode=require"),
        at("postgres", "localhost", &format!("sslmode=require&{roots}")),
        at(
            "postgres",
            "127.0.0.1",
            &format!("sslmode=verify-ca&{roots}"),
        ),
        at(
            "postgres",
            "localhost",
            &format!("sslmode=verify-full&{roots}"),
        ),
        at("certified", "localhost", &client),
    ] {
        let database = open(&address)
            .await
            .unwrap_or_else(|error| panic!("{address}: {error}"));
        let sql = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        assert_eq!(text(&database, sql).await, "true", "{address}");
        assert_eq!(database.warning(), None, "{address}");
    }
    for (address, reason) in [
        (
            at("postgres", "localhost", "sslmode=disable"),
            "no encryption",
        ),
        (
            at("postgres", "localhost", "sslmode=verify-full"),
            "UnknownIssuer\nhelp: add ?sslrootcert",
        ),
        (
            at("postgres", "localhost", "sslmode=verify-ca"),
            "UnknownIssuer",
        ),
        (
            at(
                "postgres",
                "127.0.0.1",
                &format!("sslmode=verify-full&{roots}"),
            ),
            "TLS failed",
        ),
        (
            at(
                "certified",
                "localhost",
                &format!("sslmode=verify-full&{roots}"),
            ),
            "certificate",
        ),
    ] {
        let error = open(&address).await.expect_err(&address);
        assert!(error.contains(reason), "{address}: {error}");
    }
    let address = at(
        "postgres",
        "localhost",
        &format!("sslmode=verify-full&{roots}"),
    );
    done(folder.path(), &["init", "--database", &address]);
    done(
        folder.path(),
        &["record", "Opened", "--user", "7", "--database", &address],
    );
}

#[tokio::test]
async fn plain_text_to_another_machine_is_warned_of_once() {
    let port = free_port();
    let settings = [
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={port}"),
    ];
    let Some(_server) = Server::start_with(&[], &settings).await else {
        return;
    };
    // `0.0.0.0` reaches this machine, but is not a loopback address.
    let remote = format!("postgres://postgres@0.0.0.0:{port}/postgres");
    let warning = open(&remote).await.unwrap().warning().expect("a warning");
    assert!(
        warning.contains(&remote) && warning.contains("not encrypted"),
        "{warning}"
    );
    for quiet in [
        format!("{remote}?sslmode=disable"),
        format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        format!("postgres://postgres@localhost:{port}/postgres"),
    ] {
        assert_eq!(open(&quiet).await.unwrap().warning(), None, "{quiet}");
    }
    let required = open(&format!("{remote}?sslmode=require"))
        .await
        .unwrap_err();
    assert!(
        required.contains("does not support TLS\nhelp: enable TLS"),
        "{required}"
    );
    let folder = tempfile::tempdir().unwrap();
    for command in [&["init"][..], &["record", "Opened"], &["report"]] {
        let said = done(folder.path(), &[command, &["--database", &remote]].concat());
        assert_eq!(
            said.matches("not encrypted").count(),
            1,
            "{command:?}: {said}"
        );
    }
}

/// A connection that measures commits of a few rows, as the recorder and the store write them.
struct Timed {
    log: EventLog,
    recorder: Recorder,
    recorded: Vec<Duration>,
    inserted: Vec<Duration>,
}

impl Timed {
    async fn new(address: &str) -> Self {
        let url: Url = address.parse().unwrap();
        let options = Options {
            outage: Outage::Drop,
            ..Options::new("3.36.0")
        };
        Self {
            log: EventLog::init(&url).await.unwrap().0,
            recorder: Recorder::start(&url, options).unwrap(),
            recorded: Vec::new(),
            inserted: Vec::new(),
        }
    }

    async fn commit(&mut self, number: i64) {
        let start = Instant::now();
        let user = Actor::user(number + 1);
        let record = self.recorder.record_named("Opened", "{}", user, None);
        assert_eq!(record.await.unwrap(), Durability::Logged);
        self.recorded.push(start.elapsed());
        let start = Instant::now();
        let mut tx = self.log.database().begin(Mode::Write).await.unwrap();
        for table in 0..3 {
            let name = format!("{number} of {table}");
            let row = [Bind::Text(&name), Bind::Integer(number)];
            let columns = ["name", "number"];
            tx.insert("commit_times", &columns, &row).await.unwrap();
        }
        tx.commit().await.unwrap();
        self.inserted.push(start.elapsed());
    }
}

#[tokio::test]
async fn a_small_commit_over_tcp_takes_about_as_long_as_over_a_socket() {
    let Some((server, over_tcp)) = Server::start_on_tcp().await else {
        return;
    };
    let table = "CREATE TABLE commit_times (name text, number bigint)";
    execute(&server, table).await;
    let mut socket = Timed::new(&server.address()).await;
    let mut tcp = Timed::new(&over_tcp).await;
    // Alternating, so that other load on the machine slows both down.
    for number in 0..31 {
        socket.commit(number).await;
        tcp.commit(number).await;
    }
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    for (name, socket, tcp) in [
        ("the recorder", socket.recorded, tcp.recorded),
        ("Transaction::insert", socket.inserted, tcp.inserted),
    ] {
        let (socket, tcp) = (median(socket), median(tcp));
        // A delayed acknowledgement takes 40 ms.
        assert!(
            tcp < socket * 4,
            "{name}: {tcp:?} over TCP, {socket:?} over a socket"
        );
    }
}

#[tokio::test]
async fn rows_are_added_to_columns_of_other_types() {
    let Some(server) = Server::start_new().await else {
        return;
    };
    let sql = "CREATE DOMAIN short AS varchar(12) CHECK (value <> ''); \
               CREATE TABLE event_logs (timestamp timestamp, version character(8), argument json, \
                 source short, anonymous_user_id varchar(4), user_id uuid, url text, \
                 name text, id bigserial)";
    execute(&server, sql).await;
    let url: Url = server.address().parse().unwrap();
    let log = EventLog::open(&url).await.unwrap();
    let options = Options {
        outage: Outage::Drop,
        ..Options::new("3.36.0")
    };
    let recorder = Recorder::start(&url, options).unwrap();
    let user = "11111111-1111-4111-8111-111111111111";
    let record = async |actor: Actor<'_>| {
        let at = time::macros::datetime!(2021-01-25 12:00 UTC);
        let argument = r#"{"a":"it's \\ 1,\"{}\""}"#;
        recorder
            .record_named("Opened", argument, actor, Some(at))
            .await
    };
    assert_eq!(record(Actor::user(user)).await.unwrap(), Durability::Logged);
    let found = "SELECT concat_ws('|', timestamp, version, argument, source, user_id, name) FROM event_logs";
    assert_eq!(
        text(log.database(), found).await,
        format!(
            "2021-01-25 12:00:00|3.36.0  |{{\"a\":\"it's \\\\ 1,\\\"{{}}\\\"\"}}|WEB|{user}|Opened"
        ),
    );
    // A value that does not fit is rejected and not truncated.
    let long = record(Actor::anonymous("12345"))
        .await
        .unwrap_err()
        .to_string();
    assert!(long.contains("value too long"), "{long}");
    let domain = record(Actor::user(user).source(""))
        .await
        .unwrap_err()
        .to_string();
    assert!(domain.contains("violates check constraint"), "{domain}");
}

#[tokio::test]
async fn ipv6_and_the_folder_of_a_socket_reach_a_server() {
    let has_ipv6 = std::net::TcpListener::bind("[::1]:0").is_ok();
    let port = free_port();
    let listen = if has_ipv6 {
        "127.0.0.1,::1"
    } else {
        "127.0.0.1"
    };
    let settings = [format!("listen_addresses={listen}"), format!("port={port}")];
    let Some(server) = Server::start_with(&[], &settings).await else {
        return;
    };
    let folder = server.folder().display().to_string();
    let sql = "SELECT coalesce(host(inet_server_addr()), 'socket')";
    let mut addresses = vec![
        (
            format!("postgres://postgres@/postgres?host={folder}&port={port}"),
            "socket",
        ),
        (
            format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            "127.0.0.1",
        ),
    ];
    if has_ipv6 {
        addresses.extend([
            (format!("postgres://postgres@[::1]:{port}/postgres"), "::1"),
            (
                format!("postgres://postgres@/postgres?host=::1&port={port}"),
                "::1",
            ),
        ]);
    }
    for (address, reached) in addresses {
        let database = open(&address)
            .await
            .unwrap_or_else(|error| panic!("{address}: {error}"));
        assert_eq!(text(&database, sql).await, reached, "{address}");
        assert_eq!(database.warning(), None, "{address}");
    }
}

#[tokio::test]
async fn everything_works_behind_pgbouncer_in_transaction_mode() {
    let Some(server) = Server::start_new().await else {
        return;
    };
    let Some(pooler) = PgBouncer::start(server.folder()) else {
        return;
    };
    execute(
        &server,
        "CREATE TABLE t (id bigint, s text); INSERT INTO t VALUES (1, 'x')",
    )
    .await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let address = pooler.address();
    let at = ["--database", address.as_str()];
    let call = |arguments: &[&str]| done(folder, &[arguments, &at].concat());
    call(&["init"]);
    // Several commands run at once, so that their sessions share two connections to the server.
    for _ in 0..3 {
        let commands: [&[&str]; 5] = [
            &["record", "Opened", "--user", "7"],
            &["record", "Opened", "--user", "8"],
            &["report", "--format", "json"],
            &["capture", "--product-database", &address],
            &["preview", "--format", "json"],
        ];
        let children: Vec<_> = commands
            .iter()
            .map(|command| {
                Command::new(env!("CARGO_BIN_EXE_command"))
                    .args([command, &at[..]].concat())
                    .current_dir(folder)
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .expect("pings runs")
            })
            .collect();
        for (child, command) in children.into_iter().zip(commands) {
            let output = child.wait_with_output().unwrap();
            let said = said(&output);
            assert!(output.status.success(), "{command:?}: {said}");
            assert!(
                !said.contains("\"query\"") && !said.contains("failed"),
                "{command:?}: {said}"
            );
        }
    }
    call(&["init", "--index"]);
    call(&["prune", "--before", "2020-01-01"]);
    let database = open(&server.address()).await.unwrap();
    let count = "SELECT count(*)::text FROM event_logs WHERE name = 'Opened'";
    assert_eq!(text(&database, count).await, "6");
    let refused = format!("{address}?options=-c%20geqo%3Doff");
    let refused = open(&refused).await.unwrap_err();
    assert!(
        refused.contains("startup parameter") && refused.contains("PgBouncer"),
        "{refused}"
    );
}

#[tokio::test]
async fn settings_of_a_role_change_no_number() {
    let Some(server) = Server::start_new().await else {
        return;
    };
    let mut sql = String::from(
        "CREATE ROLE hostile LOGIN SUPERUSER; \
         CREATE TABLE t (id bigint, s text); INSERT INTO t VALUES (1, E'a\\\\c'), (2, NULL);",
    );
    let settings = [
        ("standard_conforming_strings", "off", "on"),
        ("backslash_quote", "off", "safe_encoding"),
        ("TimeZone", "Asia/Tokyo", "UTC"),
        ("DateStyle", "German, DMY", "ISO, MDY"),
        ("IntervalStyle", "sql_standard", "postgres"),
        ("extra_float_digits", "-15", "3"),
        ("bytea_output", "escape", "hex"),
        ("quote_all_identifiers", "on", "off"),
        ("transform_null_equals", "on", "off"),
        ("array_nulls", "off", "on"),
        ("row_security", "on", "off"),
        ("gin_fuzzy_search_limit", "1", "0"),
        ("statement_timeout", "20s", "0"),
        (
            "default_transaction_isolation",
            "serializable",
            "serializable",
        ),
        ("default_transaction_read_only", "on", "on"),
        ("synchronous_commit", "off", "off"),
    ];
    for (name, value, _) in settings {
        sql.push_str(&format!("ALTER ROLE hostile SET {name} = '{value}';"));
    }
    execute(&server, &sql).await;
    let address = server.address().replacen("postgres@", "hostile@", 1);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &["init", "--database", &address]);
    done(
        folder,
        &["record", "Opened", "--user", "7", "--database", &address],
    );
    let captured = done(
        folder,
        &[
            "capture",
            "--database",
            &address,
            "--product-database",
            &address,
            "--format",
            "json",
        ],
    );
    let captured: serde_json::Value = serde_json::from_str(&captured).unwrap();
    let counts: Vec<i64> = (0..3)
        .filter_map(|place| captured["captures"][place]["value"]["count"].as_i64())
        .collect();
    assert_eq!(counts, [2, 1, 1], "{captured}");

    let database = open(&address).await.unwrap();
    for (name, _, expected) in settings {
        let sql = format!("SELECT current_setting('{name}')");
        assert_eq!(text(&database, &sql).await, expected, "{name}");
    }
    let mut tx = database.begin(Mode::Write).await.unwrap();
    let now = "SELECT current_setting('synchronous_commit') || ' ' || \
        current_setting('transaction_isolation') || ' ' || current_setting('transaction_read_only')";
    let now = tx.value(now, &[], ValueType::Text).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(now.unwrap().text(), Some("local read committed off"));
    // The generated queries, which a product runs on its own pool, apply the same settings.
    let own = sqlx::PgPool::connect(&address).await.unwrap();
    for (name, _, expected) in &settings[..4] {
        let sql = format!("SELECT current_setting('{name}')").leak();
        let row = pings_rows::fetch::postgres::one::<(String,)>(&own, sql, &[]);
        assert_eq!(row.await.unwrap().0, *expected, "{name}");
    }
    // Outside of the transactions, the settings of the role apply.
    let Database::Postgres(pool) = &database else {
        panic!("it is PostgreSQL");
    };
    let zone: String = sqlx::query_scalar("SELECT current_setting('transform_null_equals')")
        .fetch_one(&**pool)
        .await
        .unwrap();
    assert_eq!(zone, "on");
}

#[tokio::test]
async fn rows_that_are_hidden_from_a_role_are_an_error() {
    let Some(server) = Server::start_new().await else {
        return;
    };
    execute(
        &server,
        "CREATE TABLE t (id bigint, s text); INSERT INTO t VALUES (1, 'a'), (2, 'b'); \
         ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (id = 1); \
         CREATE ROLE reader LOGIN; GRANT SELECT ON t TO reader",
    )
    .await;
    let address = server.address();
    let reader = address.replacen("postgres@", "reader@", 1);
    let registry = pings_registry::parse(REGISTRY).unwrap();
    let product = Database::open(&reader.parse().unwrap(), Access::Read)
        .await
        .unwrap();
    let log: Url = "sqlite::memory:".parse().unwrap();
    let (log, _) = EventLog::init(&log).await.unwrap();
    let captures = Captures::new(&product, &registry, OffsetDateTime::now_utc());
    let taken = captures
        .take(&log, "1", OffsetDateTime::now_utc, |_| {})
        .await
        .unwrap();
    for captured in taken {
        let failure = captured.outcome.expect_err(&captured.code);
        assert_eq!(failure.kind, FailureKind::Query);
        assert!(
            failure
                .message
                .contains("row-level security policy for table \"t\""),
            "{failure}"
        );
    }
    let mut own = PgConnection::connect(&reader).await.unwrap();
    let sql = "SELECT count(*) FROM t";
    let counted = pings_rows::fetch::postgres::one::<(i64,)>(&mut own, sql, &[]).await;
    let error = counted.unwrap_err().to_string();
    assert!(error.contains("row-level security policy"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let checked = pings(folder.path(), &["check", "--product-database", &reader]);
    let said_of_reader = said(&checked);
    assert_eq!(checked.status.code(), Some(1), "{said_of_reader}");
    assert!(
        said_of_reader.contains("row-level security"),
        "{said_of_reader}"
    );
    assert!(said_of_reader.contains("BYPASSRLS"), "{said_of_reader}");
    done(folder.path(), &["check", "--product-database", &address]);
}

#[tokio::test]
async fn a_server_without_a_connection_left_says_so() {
    let Some(server) = Server::start_new().await else {
        return;
    };
    execute(&server, "CREATE ROLE few LOGIN CONNECTION LIMIT 0").await;
    let address = server.address().replacen("postgres@", "few@", 1);
    let error = open(&address).await.unwrap_err();
    assert!(
        error.contains("too many connections for role \"few\""),
        "{error}"
    );

    execute(&server, "ALTER ROLE few CONNECTION LIMIT 1").await;
    let database = open(&address).await.unwrap();
    let _held = database.begin(Mode::Read).await.unwrap();
    let Err(error) = database.begin(Mode::Read).await else {
        panic!("there is one connection");
    };
    assert!(
        error.to_string().contains("too many connections"),
        "{error}"
    );
}

#[tokio::test]
async fn a_service_names_the_database_that_went_away_and_says_when_it_is_back() {
    let Some(mut server) = Server::start_new().await else {
        return;
    };
    execute(&server, "CREATE TABLE t (id bigint, s text)").await;
    let folder = tempfile::tempdir().unwrap();
    let address = server.address();
    done(folder.path(), &["init", "--database", &address]);
    let log = folder.path().join("run.log");
    let mut service = Command::new(env!("CARGO_BIN_EXE_command"))
        .args([
            "run",
            "--database",
            &address,
            "--product-database",
            &address,
        ])
        .current_dir(folder.path())
        .stdout(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let waits_for = |text: &str| {
        let start = Instant::now();
        loop {
            let log = std::fs::read_to_string(&log).unwrap();
            if log.contains(text) {
                return log;
            }
            assert!(
                start.elapsed() < Duration::from_secs(90),
                "no `{text}`: {log}"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    waits_for("3 captures");
    server.stop("-INT");
    let shown = address.split('?').next().unwrap();
    let log = waits_for("will be retried");
    let line = log
        .lines()
        .find(|line| line.contains("will be retried"))
        .unwrap();
    assert!(line.contains(shown), "{line}");
    assert!(
        [
            "No such file",
            "refused",
            "terminating",
            "Broken pipe",
            "closed"
        ]
        .iter()
        .any(|reason| line.contains(reason)),
        "{line}"
    );
    server.start().await;
    waits_for("works again");
    service.kill().unwrap();
    service.wait().unwrap();
}

#[tokio::test]
async fn an_index_that_an_interrupted_build_left_is_built_again() {
    let Some(server) = Server::start_new().await else {
        return;
    };
    let address = server.address();
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["init", "--database", &address]);
    // A build that waits for a transaction is cancelled.
    execute(&server, "DROP INDEX event_logs_name_timestamp_user").await;
    let mut holder = PgConnection::connect(&address).await.unwrap();
    holder
        .execute("BEGIN; LOCK TABLE event_logs IN ROW EXCLUSIVE MODE")
        .await
        .unwrap();
    let mut builder = PgConnection::connect(&address).await.unwrap();
    let build = "SET statement_timeout = 500; \
        CREATE INDEX CONCURRENTLY event_logs_name_timestamp_user ON event_logs \
        (name, timestamp, user_id, anonymous_user_id)";
    for statement in build.split("; ") {
        let _ = builder.execute(AssertSqlSafe(statement.to_owned())).await;
    }
    holder.execute("ROLLBACK").await.unwrap();
    let database = open(&address).await.unwrap();
    let validity = "SELECT string_agg(relname || ' ' || indisvalid, ', ') FROM pg_index \
        JOIN pg_class ON pg_class.oid = indexrelid \
        WHERE indrelid = 'event_logs'::regclass AND NOT indisprimary";
    let left = text(&database, validity).await;
    assert_eq!(left, "event_logs_name_timestamp_user false");

    let indexed = done(folder.path(), &["init", "--index", "--database", &address]);
    assert!(!indexed.contains("no index"), "{indexed}");
    let built = text(&database, validity).await;
    assert_eq!(built, "event_logs_name_timestamp_user true");

    // Another index of the same name is not taken for the right one.
    execute(
        &server,
        "DROP INDEX event_logs_name_timestamp_user; \
         CREATE INDEX event_logs_name_timestamp_user ON event_logs (version)",
    )
    .await;
    let output = pings(folder.path(), &["init", "--index", "--database", &address]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("the name event_logs_name_timestamp_user is already used"),
        "{said}"
    );
}

#[tokio::test]
async fn a_database_with_a_password_shows_it_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    for address in [
        "postgres://pg:SEC/RET@127.0.0.1:1/db",
        "postgres://u:SEC@RET:w/ord?#x@127.0.0.1/db",
        "postgres://u:SECRET@127.0.0.1:1/db",
        "postgres://u@127.0.0.1:1/db?password=SECRET",
        "postgres://u:12#SECRET@127.0.0.1/db",
    ] {
        let output = pings(folder.path(), &["init", "--database", address]);
        let said = said(&output);
        assert!(!output.status.success(), "{said}");
        assert!(
            !said.contains("SEC") && !said.contains("RET"),
            "{address}: {said}"
        );
        if !address.contains("SECRET@127.0.0.1:1") && !address.contains("password=") {
            assert!(said.contains("%2F %23 %3F %40 %25"), "{address}: {said}");
        }
    }
    for command in ["send", "run"] {
        let help = Command::new(env!("CARGO_BIN_EXE_command"))
            .args([command, "--help"])
            .env("PINGS_STORE", "https://user:SECRET@pings.example.com")
            .output()
            .unwrap();
        assert!(!said(&help).contains("SECRET"), "{}", said(&help));
    }
    let options: Url = "postgres://u:SECRET@h/d".parse().unwrap();
    assert!(!format!("{options:?} {options}").contains("SECRET"));
}

#[test]
fn a_file_in_wal_mode_in_a_read_only_folder_says_why_it_cannot_be_read() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("ro");
    std::fs::create_dir(&place).unwrap();
    let file = place.join("product.db");
    std::fs::write(folder.path().join("pings.yaml"), REGISTRY).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let url: Url = format!("sqlite://{}", file.display()).parse().unwrap();
        let product = Database::open(&url, Access::Create).await.unwrap();
        let mut tx = product.begin(Mode::Write).await.unwrap();
        let sql = "CREATE TABLE t (id INTEGER, s TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')";
        tx.script(sql).await.unwrap();
        tx.commit().await.unwrap();
        product.close().await;
    });
    let allow = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(folder.path(), 0o755);
    allow(&file, 0o444);
    allow(&place, 0o555);
    // A program that every user may run, and a user that is subject to permissions.
    let program = folder.path().join("pings");
    std::fs::copy(env!("CARGO_BIN_EXE_command"), &program).unwrap();
    allow(&program, 0o755);
    let call = |product: &str| {
        let log = std::env::temp_dir().join(format!("pings-wal-{}.db", std::process::id()));
        let mut command = pings_tests::postgres::command_in(folder.path(), &program);
        let command = command.env("NO_COLOR", "1").args(["capture", "--dry-run"]);
        command
            .args(["--database", &format!("sqlite://{}", log.display())])
            .args(["--product-database", product])
            .output()
            .unwrap()
    };
    let address = format!("sqlite://{}", file.display());
    let output = call(&address);
    let refused = said(&output);
    allow(&place, 0o755);
    assert_eq!(output.status.code(), Some(1), "{refused}");
    assert!(
        refused.contains("is in WAL mode") && refused.contains("immutable"),
        "{refused}"
    );
    allow(&place, 0o555);
    let output = call(&format!("{address}?immutable=true"));
    allow(&place, 0o755);
    assert!(output.status.success(), "{}", said(&output));
}
