//! Runs the typed crates of Code Insights on both databases and compares the results with the
//! answers of the fixture.

use code_insights_captures::captures::view_series_counts::{GenerationMethod, PresentationType};
use code_insights_captures::{Dimension, Week, captures, events};
use code_insights_events::{Event, EventName, InsightType, Trust, Version, trust};
use pings_sql::Dialect;
use pings_tests::databases::{Database, LOG_KINDS};
use pings_tests::fixture::Fixture;

async fn database(dialect: Dialect) -> Option<Database> {
    let fixture = Fixture::all()
        .into_iter()
        .find(|fixture| fixture.name == "code-insights")
        .expect("the fixture");
    let mut database = Database::new(dialect).await?;
    database.execute(&fixture.schema(dialect)).await;
    database.execute(&fixture.data(dialect)).await;
    database.log(LOG_KINDS[0], &fixture.events()).await;
    Some(database)
}

macro_rules! answers_on {
    ($database:ident, $variant:ident, $dialect:ident) => {
        #[tokio::test]
        async fn $database() {
            let Some(Database::$variant(mut db)) = database(Dialect::$dialect).await else {
                return;
            };
            let db = &mut db;
            let week: Week = "2021-W04".parse().unwrap();

            let rows = captures::insight_org_visible::$database(&mut *db)
                .await
                .unwrap();
            let rows: Vec<_> = rows
                .iter()
                .map(|row| (row.type_.as_ref().map(Dimension::as_str), row.count))
                .collect();
            assert_eq!(rows, [(Some("lang-stats"), 1), (Some("search"), 3)]);

            let rows = captures::insight_time_intervals::$database(&mut *db)
                .await
                .unwrap();
            let rows: Vec<_> = rows
                .iter()
                .map(|row| (row.interval_days, row.distinct))
                .collect();
            assert_eq!(
                rows,
                [
                    (Some(0), 1),
                    (Some(7), 2),
                    (Some(14), 1),
                    (Some(60), 1),
                    (Some(365), 1)
                ]
            );

            let rows = captures::view_series_counts::$database(&mut *db)
                .await
                .unwrap();
            assert_eq!(
                rows.iter().map(|row| row.count).collect::<Vec<_>>(),
                [2, 1, 3, 1]
            );
            assert_eq!(
                rows[0].presentation_type,
                Some(Dimension::Declared(PresentationType::Line))
            );
            assert_eq!(
                rows[0].generation_method,
                Some(Dimension::Declared(GenerationMethod::CaptureGroups))
            );

            let stats = captures::insights_per_dashboard::$database(&mut *db)
                .await
                .unwrap();
            assert_eq!(
                (stats.min, stats.max, stats.median),
                (Some(0.0), Some(4.0), Some(1.0))
            );
            assert!(
                (stats.stddev - 2.081_665_999_466_132_6).abs() < 1e-9,
                "{stats:?}"
            );

            assert_eq!(
                captures::total_orgs_with_dashboard::$database(&mut *db)
                    .await
                    .unwrap()
                    .distinct,
                2
            );
            assert_eq!(
                captures::total_dashboard_count::$database(&mut *db)
                    .await
                    .unwrap()
                    .count,
                3
            );

            let rows = events::insight_addition::$database(&mut *db, week)
                .await
                .unwrap();
            let rows: Vec<_> = rows
                .iter()
                .map(|row| (row.insight_type, row.count))
                .collect();
            let declared = |value| Some(Dimension::Declared(value));
            let expected = [
                (None, 1),
                (Some(Dimension::Other), 1),
                (declared(InsightType::CodeStatsInsights), 1),
                (declared(InsightType::SearchInsights), 3),
            ];
            assert_eq!(rows, expected);

            let first = events::weekly_first_time_insight_creators::$database(&mut *db, week)
                .await
                .unwrap();
            assert_eq!(first.first_time_users, 3);

            let steps = events::search_insight_funnel::$database(&mut *db, week)
                .await
                .unwrap();
            let steps: Vec<_> = steps
                .iter()
                .map(|row| (row.step, row.events, row.users, row.reached))
                .collect();
            assert_eq!(
                steps,
                [(1, 7, 5, 5), (2, 4, 4, 3), (3, 3, 3, 2), (4, 4, 3, 2)]
            );
        }
    };
}

answers_on!(postgres, Postgres, Postgres);
answers_on!(sqlite, Sqlite, Sqlite);

#[test]
fn every_event_goes_to_the_wire_and_back() {
    let events = [
        (
            Event::InsightAddition {
                insight_type: InsightType::SearchInsights,
            },
            r#"{"insightType":"searchInsights"}"#,
        ),
        (
            Event::InsightsGetStartedTabClick {
                tab_name: "\"Top\"\n".to_owned(),
            },
            r#"{"tabName":"\"Top\"\n"}"#,
        ),
        (Event::InsightsPageView, "{}"),
    ];
    for (event, argument) in events {
        assert_eq!(event.argument(), argument);
        let back = Event::from_wire(event.name().as_str(), argument);
        assert_eq!(back.as_ref(), Ok(&event));
    }
    let event = Event::InsightsGetStartedTabClick {
        tab_name: "a\0b".to_owned(),
    };
    assert_eq!(event.argument(), "{\"tabName\":\"a\u{fffd}b\"}");
    for name in EventName::all() {
        assert_eq!(EventName::parse(name.as_str()), Some(name));
    }
}

/// No release logged the names and the argument that the page lists. Rows with these names still
/// count, and new rows have the names that the product's code logs.
#[test]
fn the_names_of_the_page_are_read_as_those_that_are_logged() {
    for (old, new) in [
        (
            "CodeInsightCreateSearchBasedInsightClick",
            "CodeInsightsCreateSearchBasedInsightClick",
        ),
        (
            "ViewSearchBasedCreationPage",
            "ViewCodeInsightsSearchBasedCreationPage",
        ),
        (
            "SearchBasedCreationPageSubmitClick",
            "CodeInsightsSearchBasedCreationPageSubmitClick",
        ),
        (
            "SearchBasedCreationPageCancelClick",
            "CodeInsightsSearchBasedCreationPageCancelClick",
        ),
    ] {
        assert_eq!(EventName::parse(old).map(EventName::as_str), Some(new));
    }
    for argument in [
        r#"{"title":"Top"}"#,
        r#"{"title":"Top","tabName":null}"#,
        r#"{"tabName":"Top","title":"Other"}"#,
    ] {
        let event = Event::from_wire("InsightsGetStartedTabMoreClick", argument).unwrap();
        assert_eq!(event.argument(), r#"{"tabName":"Top"}"#);
    }
}

/// The generated crate and the model agree on every code and every version.
#[test]
fn trust_is_that_of_the_model() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../pings.yaml");
    let registry = pings_registry::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut broken = 0;
    for (ping, metric) in registry.metrics() {
        for minor in 20..45 {
            for patch in ["", ".0", ".1", ".9"] {
                let version = format!("3.{minor}{patch}");
                let expected = ping.life(metric).trust(version.parse().unwrap());
                let found = trust(&metric.code, version.parse::<Version>().unwrap()).unwrap();
                assert_eq!(found, expected, "{} at {version}", metric.code);
                broken += usize::from(matches!(found, Trust::Broken(_)));
            }
        }
    }
    assert!(broken > 50, "{broken}");
    assert!(trust("NoSuchCode", "3.30".parse().unwrap()).is_none());
}
