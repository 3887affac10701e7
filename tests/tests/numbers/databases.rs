//! Captures of several databases of a product.

use pings_model::Registry;
use pings_runtime::live_check::Live;
use pings_runtime::{Access, Captures, Database, EventLog, FailureKind, Product, ProductDatabases};
use pings_sql::Dialect;
use pings_tests::place::Place;
use time::OffsetDateTime;
use time::macros::datetime;

const REGISTRY: &str = r#"
format: 1
name: shop
title: Shop
tables:
  basket: { id: integer }
  visit: { id: integer, page: text }
  mail: { id: integer }
databases:
  analytics: [visit]
  mails: [mail]
pings:
  - id: numbers
    title: Numbers
    type: be_capture
    aggregation: total
    added: "1.0"
    metrics:
      - { code: Mails, from: mail }
      - { code: Baskets, from: basket }
      - { code: Visits, from: visit, where: visit.page = 'home' }
      - code: VisitsByHand
        database: analytics
        columns: { n: integer }
        sql:
          postgres: SELECT count(*) AS n FROM visit
          sqlite: SELECT count(*) AS n FROM visit
"#;

const NOW: OffsetDateTime = datetime!(2021-01-27 12:00 UTC);

fn registry() -> Registry {
    pings_registry::parse(REGISTRY).expect("a registry")
}

/// The main database has one dialect and `analytics` the other. `mails` is down.
async fn taken(main: Dialect, other: Dialect) -> Option<()> {
    let (product, analytics) = (Place::new(main).await?, Place::new(other).await?);
    let mut database = product.connect().await;
    database
        .execute("CREATE TABLE basket (id integer); INSERT INTO basket VALUES (1), (2)")
        .await;
    let mut database = analytics.connect().await;
    database
        .execute(
            "CREATE TABLE visit (id integer, page text); \
             INSERT INTO visit VALUES (1, 'home'), (2, 'home'), (3, 'search')",
        )
        .await;
    let (log, _) = EventLog::init(&product.url()).await.expect("an event log");
    let absent = "sqlite://no-such-folder/mails.db".parse().expect("a URL");
    let databases = ProductDatabases::default()
        .with(None, product.url())
        .with(Some("analytics"), analytics.url())
        .with(Some("mails"), absent);
    let registry = registry();
    let captures = Captures::new(&databases, &registry, NOW);
    let planned = captures.plan(|_| {}).await;
    let plans: Vec<bool> = planned.iter().map(|it| it.plan.is_ok()).collect();
    assert_eq!(plans, [false, true, true, true]);
    let taken = captures.take(&log, "1.2.3", || NOW, |_| {}).await;
    let taken = taken.expect("captures");
    let failure = taken[0].outcome.as_ref().expect_err("the database is down");
    assert_eq!(
        (taken[0].code.as_str(), failure.kind),
        ("Mails", FailureKind::Database)
    );
    assert!(
        failure.message.starts_with("the database `mails`: "),
        "{failure}"
    );
    let texts: Vec<String> = taken[1..]
        .iter()
        .map(|captured| match &captured.outcome {
            Ok(value) => format!("{} {}", captured.code, value.json()),
            Err(failure) => format!("{} {failure}", captured.code),
        })
        .collect();
    let expected = [
        r#"Baskets {"count":2}"#,
        r#"Visits {"count":2}"#,
        r#"VisitsByHand {"n":3}"#,
    ];
    assert_eq!(texts, expected);
    databases.close().await;
    Some(())
}

#[tokio::test]
async fn one_database_that_is_down_hides_no_other_on_postgres() {
    taken(Dialect::Postgres, Dialect::Sqlite).await;
}

#[tokio::test]
async fn one_database_that_is_down_hides_no_other_on_sqlite() {
    taken(Dialect::Sqlite, Dialect::Postgres).await;
}

#[tokio::test]
async fn an_unknown_address_is_a_failure_of_its_captures() {
    let Some(place) = Place::new(Dialect::Sqlite).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let databases = ProductDatabases::default();
    let registry = registry();
    let captures = Captures::new(Product::from(&databases), &registry, NOW);
    let taken = captures.take(&log, "1.2.3", || NOW, |_| {}).await;
    let failures: Vec<String> = taken
        .expect("captures")
        .into_iter()
        .filter_map(|captured| Some(captured.outcome.err()?.message))
        .collect();
    assert_eq!(
        failures,
        ["mails", "main", "analytics", "analytics"]
            .map(|name| format!("the database `{name}`: its address is not known"))
    );
}

/// Each database is compared with its own tables and captures.
#[tokio::test]
async fn a_check_compares_the_tables_of_its_database() {
    let Some(place) = Place::new(Dialect::Sqlite).await else {
        return;
    };
    let mut database = place.connect().await;
    database
        .execute("CREATE TABLE visit (id integer, page text)")
        .await;
    let product = Database::open(&place.url(), Access::Read)
        .await
        .expect("a database");
    let registry = registry();
    let live = Live::new(&registry, NOW);
    let found = live.product_named("analytics", &product).await;
    assert_eq!(found.expect("findings"), []);
    let found = live.product_named("mails", &product).await;
    let kinds: Vec<&str> = found
        .expect("findings")
        .iter()
        .map(|it| it.kind())
        .collect();
    assert_eq!(kinds, ["missing-table"]);
    let found = live.product(&product).await;
    let kinds: Vec<&str> = found
        .expect("findings")
        .iter()
        .map(|it| it.kind())
        .collect();
    assert_eq!(kinds, ["missing-table"]);
}
