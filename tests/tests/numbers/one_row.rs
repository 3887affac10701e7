//! The value of one row, and the reasons why there is no value.

use pings_model::Registry;
use pings_runtime::{Access, Captures, Database, EventLog, FailureKind};
use pings_sql::Dialect;
use pings_tests::place::Place;
use time::OffsetDateTime;
use time::macros::datetime;

const REGISTRY: &str = r#"
format: 1
name: shop
title: Shop
tables:
  settings: { id: integer, sso: boolean, sign_in: { enum: [ldap, saml] }, seats: integer, version: version }
pings:
  - id: settings
    title: Settings
    type: be_capture
    aggregation: total
    added: "1.0"
    metrics:
      - { code: Sso, measure: value, from: settings, where: settings.id = 1, value: settings.sso }
      - { code: SignIn, measure: value, from: settings, where: settings.id = 1, value: settings.sign_in }
      - { code: Seats, measure: value, from: settings, where: settings.id = 1, value: settings.seats }
      - { code: Version, measure: value, from: settings, where: settings.id = 1, value: settings.version }
      - { code: Absent, measure: value, from: settings, where: settings.id = 9, value: settings.seats }
      - { code: Several, measure: value, from: settings, value: settings.sso }
      - { code: NullSeats, measure: value, from: settings, where: settings.id = 2, value: settings.seats }
      - { code: NullText, measure: value, from: settings, where: settings.id = 2, value: settings.sign_in }
"#;

const NOW: OffsetDateTime = datetime!(2021-01-27 12:00 UTC);

async fn taken(dialect: Dialect, rows: &str) -> Option<Vec<(String, String)>> {
    let place = Place::new(dialect).await?;
    let mut database = place.connect().await;
    database
        .execute(&format!(
            "CREATE TABLE settings (id integer, sso boolean, sign_in text, seats integer, version text); \
             INSERT INTO settings (id, sso, sign_in, seats, version) VALUES {rows}"
        ))
        .await;
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry: Registry = pings_registry::parse(REGISTRY).expect("a registry");
    let product = Database::open(&place.url(), Access::Read)
        .await
        .expect("a product");
    let taken = Captures::new(&product, &registry, NOW)
        .take(&log, "1.2.3", || NOW, |_| {})
        .await
        .expect("captures");
    let texts = taken.into_iter().map(|captured| {
        let text = match &captured.outcome {
            Ok(value) => value.json().to_string(),
            Err(failure) => format!("{}: {failure}", failure.kind),
        };
        (captured.code, text)
    });
    Some(texts.collect())
}

async fn one_row_has_a_value(dialect: Dialect) {
    let rows = "(1, TRUE, 'oidc', 20, 'v5.2.1-rc.1'), (2, FALSE, NULL, NULL, 'none')";
    let Some(taken) = taken(dialect, rows).await else {
        return;
    };
    let kind = FailureKind::NotOneRow;
    let expected = [
        (
            "Sso",
            r#"{"by":["value"],"rows":[{"value":true,"count":1}]}"#.to_owned(),
        ),
        // An undeclared text.
        (
            "SignIn",
            r#"{"by":["value"],"rows":[{"value":"@other","count":1}]}"#.to_owned(),
        ),
        ("Seats", r#"{"value":20}"#.to_owned()),
        (
            "Version",
            r#"{"by":["value"],"rows":[{"value":"5.2.1","count":1}]}"#.to_owned(),
        ),
        (
            "Absent",
            format!("{kind}: no row was found, but the value is read from exactly one"),
        ),
        (
            "Several",
            format!("{kind}: several rows were found, but the value is read from exactly one"),
        ),
        (
            "NullSeats",
            format!("{kind}: the value in the row is NULL or not a number"),
        ),
        (
            "NullText",
            format!("{kind}: the value in the row is NULL or not a number"),
        ),
    ];
    let expected = expected.map(|(code, text)| (code.to_owned(), text));
    assert_eq!(taken, expected);
}

#[tokio::test]
async fn one_row_has_a_value_on_postgres() {
    one_row_has_a_value(Dialect::Postgres).await;
}

#[tokio::test]
async fn one_row_has_a_value_on_sqlite() {
    one_row_has_a_value(Dialect::Sqlite).await;
}

/// SQLite stores any value in any column.
#[tokio::test]
async fn a_value_of_another_type_is_a_failure() {
    let rows = "(1, 'perhaps', 'ldap', 'many', '5.2.1')";
    let Some(taken) = taken(Dialect::Sqlite, rows).await else {
        return;
    };
    let text = |code: &str| {
        let found = taken.iter().find(|(name, _)| name == code);
        found.map(|(_, text)| text.as_str())
    };
    let sso = "query: `settings.sso` contains values that are not booleans in 1 of 1 rows";
    let seats = "query: `settings.seats` contains values that are not integers in 1 of 1 rows";
    assert_eq!(text("Sso"), Some(sso));
    assert_eq!(text("Seats"), Some(seats));
}
