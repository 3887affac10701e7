//! The queries of the dbt package agree with the store on both databases. The test replaces what dbt
//! would: sources, references and variables.

use std::path::Path;
use std::process::Command;

use pings_model::{Registry, ValueType};
use pings_sql::Dialect;
use pings_store::{Cell, Store, UsageOptions};
use pings_tests::fleet::{Fleet, Shape};
use pings_tests::place::Place;
use time::macros::datetime;

const REGISTRY: &str = include_str!("../../../pings.yaml");

/// Returns the query of a model or test, without the syntax of dbt.
fn query(path: &str, from_week: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packages/dbt");
    let text = std::fs::read_to_string(folder.join(path)).expect("a file of the package");
    let mut query = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("{{") {
        let (call, after) = after.split_once("}}").expect("the end of an expression");
        let quotes: Vec<&str> = call.split(['\'', '"']).collect();
        query.push_str(before);
        query.push_str(&match (quotes[0].trim(), quotes[1]) {
            ("source(", "pings") => quotes[3].to_owned(),
            ("ref(", model) => {
                let model = self::query(&format!("models/{model}.sql"), from_week);
                // PostgreSQL before 16 needs a name.
                let has_name = after.trim_start().starts_with("AS ");
                format!("({model}){}", if has_name { "" } else { " AS model" })
            }
            ("var(", "pings_registry") => "code_insights".to_owned(),
            ("var(", "pings_from_week") => from_week.to_owned(),
            other => panic!("{path} has {other:?}"),
        });
        rest = after;
    }
    query + rest
}

async fn rows(store: &Store, path: &str, from_week: &str, types: &[ValueType]) -> Vec<Vec<Cell>> {
    let mut tx = store.read().await.expect("it reads");
    let sql = format!(
        "SELECT * FROM ({}) AS answer ORDER BY 1, 2, 3",
        query(path, from_week)
    );
    let rows = tx.rows(&sql, &[], types).await;
    let rows = rows.unwrap_or_else(|error| panic!("{path}: {error}"));
    tx.end().await.expect("it ends");
    rows
}

async fn models_agree(dialect: Dialect) {
    use ValueType::{Integer, Number, Text};
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let registry: Registry = pings_registry::parse(REGISTRY).expect("the registry passes");
    let store = Store::open(&place.url(), true).await.expect("a store");
    let now = datetime!(2030-01-01 0:00 UTC);
    store.learn(&registry, now).await.expect("it learns");
    Fleet::new(&registry, Shape::new(6, 10, 12))
        .send(&store)
        .await;
    let types = [Text, Text, Text, Integer, Integer, Number];
    let usage = rows(&store, "models/pings_weekly_usage.sql", "", &types).await;
    for code in ["InsightHover", "InsightsPageView", "SeriesCounts"] {
        let options = UsageOptions {
            weeks: 520,
            ..UsageOptions::default()
        };
        let expected = store
            .usage(&registry, code, &options)
            .await
            .expect("an answer");
        let expected = expected
            .weeks
            .iter()
            .filter(|week| week.spread.instances > 0);
        let expected = expected.map(|week| {
            let spread = &week.spread;
            let total = spread.total.map_or(Cell::Null, Cell::Number);
            let counts = [spread.instances, spread.using].map(|it| Cell::Integer(it as i64));
            (Cell::Text(week.week.to_string()), counts, total)
        });
        let of_code =
            |row: &&Vec<Cell>| row[0].text() == Some(code) && row[1].text() == Some("count");
        let found = usage.iter().filter(of_code);
        let found = found.map(|row| {
            (
                row[2].clone(),
                [row[3].clone(), row[4].clone()],
                row[5].clone(),
            )
        });
        let (found, expected): (Vec<_>, Vec<_>) = (found.collect(), expected.collect());
        assert!(expected.len() > 5, "{code}");
        assert_eq!(found, expected, "{code}");
    }
    let types = [Text, Text, Integer, Integer];
    let path = "tests/pings_no_untrusted_numbers.sql";
    let untrusted = rows(&store, path, "0000-W00", &types).await;
    assert!(untrusted.len() > 20, "{}", untrusted.len());
    assert_eq!(rows(&store, path, "2022-W01", &types).await.len(), 0);
    let path = "tests/pings_usage_counts_all_trusted_instances.sql";
    assert_eq!(
        rows(&store, path, "", &types).await,
        Vec::<Vec<Cell>>::new()
    );
    let mut tx = store.read().await.expect("it reads");
    let sql = query("models/pings_weekly_instances.sql", "");
    let active = tx.rows(&sql, &[], &[Text, Integer]).await.expect("rows");
    assert_eq!(active.len(), 12);
    tx.end().await.expect("it ends");
    store.close().await;
}

#[tokio::test]
async fn models_agree_with_the_store_on_both_databases() {
    models_agree(Dialect::Sqlite).await;
    models_agree(Dialect::Postgres).await;
}

/// Builds the package with dbt itself: all models, and all tests.
#[tokio::test]
#[ignore = "installs dbt from PyPI, which takes a minute"]
async fn dbt_builds_the_package() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let registry: Registry = pings_registry::parse(REGISTRY).expect("the registry passes");
    let store = Store::open(&place.url(), true).await.expect("a store");
    let now = datetime!(2030-01-01 0:00 UTC);
    store.learn(&registry, now).await.expect("it learns");
    Fleet::new(&registry, Shape::new(6, 10, 12))
        .send(&store)
        .await;
    store.close().await;
    let folder = place.folder();
    let run = |program: &Path, arguments: &[&str]| {
        let done = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .env("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
            .output();
        let done = done.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{}: {said}{told}", program.display());
        said
    };
    run(Path::new("python3"), &["-m", "venv", "venv"]);
    let pip = [
        "install",
        "--quiet",
        "dbt-core==1.10.*",
        "dbt-sqlite==1.10.*",
    ];
    run(&folder.join("venv/bin/pip"), &pip);
    let path = folder.display();
    let profile = format!(
        "pings:\n  target: test\n  outputs:\n    test:\n      type: sqlite\n      threads: 1\n      \
         database: store\n      schema: main\n      schema_directory: '{path}'\n      \
         schemas_and_paths: {{ main: '{path}/pings.db' }}\n"
    );
    std::fs::write(folder.join("profiles.yml"), profile).expect("a profile");
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packages/dbt");
    let package = package.to_str().expect("a path");
    // Relative paths would be those of the package.
    let [target, logs] = ["target", "logs"].map(|it| folder.join(it).display().to_string());
    let build = |week: &str| {
        let vars = format!("{{ pings_from_week: {week} }}");
        let mut arguments = vec!["build", "--no-use-colors", "--project-dir", package];
        arguments.extend(["--profiles-dir", ".", "--vars", &vars]);
        arguments.extend(["--target-path", &target, "--log-path", &logs]);
        arguments.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let dbt = folder.join("venv/bin/dbt");
    let arguments = build("2022-W01");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let said = run(&dbt, &arguments);
    println!("{said}");
    assert!(said.contains("PASS=11 WARN=0 ERROR=0"), "{said}");
    // Weeks with numbers that are not trusted fail the test.
    let failed = Command::new(&dbt)
        .args(build("0000-W00"))
        .current_dir(folder)
        .output();
    assert!(!failed.expect("dbt").status.success());
}
