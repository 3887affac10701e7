//! Tests of the generated SQL text. The tests in the workspace's `tests` execute queries on both
//! databases to compare their results.

mod build;

use pings_model::{
    Aggregate, ArgumentType, ArithmeticOp, Comparison, EventDimension, EventMeasure, ExprKind,
    LikePiece, Literal, Measure, Metric, Percentile, Scalar, SqlPiece, SqlText, ValueType,
};

use crate::{Dialect, Parameters, Role, columns, query};
use build::{
    ADD, CANCEL, SUBMIT, VIEW, and, argument, capture, case, column, compare, dimension, event,
    expr, filter, funnel, join, kind, number, per, ping, registry, sql, text,
};

/// Compares the query of a metric in both dialects with the snapshot named by the metric's code.
fn check(metric: &Metric) {
    let registry = registry();
    let ping = ping(metric.clone());
    let queries = Dialect::ALL.map(|dialect| {
        let query = query(&registry, &ping, metric, dialect).expect("a query");
        assert!(query.text.ends_with('\n'), "{} ends its line", metric.code);
        assert!(
            !query.text.contains(" \n"),
            "{} has no blanks at ends",
            metric.code
        );
        format!(
            "-- {}: {:?}\n{}",
            dialect.name(),
            query.parameters,
            query.text
        )
    });
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(metric.code.as_str(), queries.join("\n"));
    });
}

fn count() -> Vec<EventMeasure> {
    vec![EventMeasure::Of(Measure::Count)]
}

fn percentiles<V>(value: V) -> Measure<V> {
    let at = [50_000, 99_900].map(|at| Percentile::from_thousandths(at).unwrap());
    Measure::Percentiles {
        value,
        at: at.to_vec(),
    }
}

#[test]
fn events_are_counted() {
    check(&event("count", &[ADD], &[], vec![], count()));
}

#[test]
fn renamed_events_still_count() {
    check(&event(
        "renamed",
        &[VIEW, ADD],
        &[EventDimension::Event],
        vec![],
        count(),
    ));
}

#[test]
fn users_are_members_or_visitors() {
    let measures = vec![EventMeasure::Of(Measure::Count), EventMeasure::UniqueUsers];
    check(&event("unique_users", &[ADD], &[], vec![], measures));
}

#[test]
fn first_times_are_of_a_group() {
    let by = [EventDimension::Argument(kind())];
    let measures = vec![EventMeasure::UniqueUsers, EventMeasure::FirstTimeUsers];
    check(&event("first_time_users", &[ADD], &by, vec![], measures));
}

#[test]
fn dimensions_are_texts() {
    let by = [
        kind(),
        argument("title", ArgumentType::String),
        argument("size", ArgumentType::Integer),
        argument("ratio", ArgumentType::Number),
        argument("on", ArgumentType::Boolean),
        argument("it's odd", ArgumentType::String),
    ]
    .map(EventDimension::Argument);
    check(&event("dimensions", &[ADD], &by, vec![], count()));
}

#[test]
fn filters_are_typed() {
    let filters = vec![
        filter(kind(), vec![Scalar::Text("it's".to_owned())]),
        filter(
            argument("on", ArgumentType::Boolean),
            vec![Scalar::Boolean(true)],
        ),
        filter(
            argument("size", ArgumentType::Integer),
            vec![Scalar::Integer(1), Scalar::Integer(-2)],
        ),
        filter(
            argument("ratio", ArgumentType::Number),
            vec![Scalar::Number(0.5)],
        ),
        filter(
            argument("title", ArgumentType::String),
            vec![Scalar::Missing, Scalar::Text("a".to_owned())],
        ),
    ];
    check(&event("filters", &[ADD], &[], filters, count()));
}

#[test]
fn arguments_are_summed_up() {
    let size = || argument("size", ArgumentType::Integer);
    let measures = [Measure::Distinct(size()), Measure::Sum(size())]
        .map(EventMeasure::Of)
        .to_vec();
    check(&event("sum", &[ADD], &[], vec![], measures));
}

#[test]
fn stats_and_percentiles_share_a_row() {
    let ratio = || argument("ratio", ArgumentType::Number);
    let measures = vec![
        EventMeasure::Of(Measure::Count),
        EventMeasure::FirstTimeUsers,
        EventMeasure::Of(Measure::Stats(ratio())),
        EventMeasure::Of(percentiles(ratio())),
    ];
    let by = [EventDimension::Event];
    check(&event("stats", &[ADD], &by, vec![], measures));
}

#[test]
fn an_event_may_be_a_step_of_several_funnels() {
    check(&funnel(
        "funnel_of_alternatives",
        &[&[VIEW], &[ADD], &[SUBMIT, CANCEL]],
    ));
    check(&funnel("funnel_back", &[&[ADD], &[VIEW]]));
}

#[test]
fn rows_are_counted() {
    check(&capture("rows", vec![Measure::Count]));
}

#[test]
fn rows_of_joined_tables_are_counted_by_type() {
    let line = (text("LINE"), text("search"));
    let by = case(
        column("presentation_type", ValueType::Text),
        line,
        text("it's other"),
    );
    let on = compare(
        Comparison::Equal,
        build::qualified("g", "view_uid", ValueType::Text),
        column("uid", ValueType::Text),
    );
    let filter = expr(
        ExprKind::IsNull {
            expr: Box::new(build::qualified("g", "org_id", ValueType::Integer)),
            negated: true,
        },
        ValueType::Boolean,
    );
    let mut metric = capture("joined", vec![Measure::Count]);
    build::edit(&mut metric, |capture| {
        capture.joins = vec![join("g", on)];
        capture.filter = Some(filter);
        capture.by = vec![dimension("type", by)];
    });
    check(&metric);
}

#[test]
fn one_value_per_group_is_measured() {
    let value = Aggregate::Count(Box::new(build::qualified(
        "g",
        "org_id",
        ValueType::Integer,
    )));
    let value = expr(ExprKind::Aggregate(value), ValueType::Integer);
    let on = compare(
        Comparison::Equal,
        build::qualified("g", "view_id", ValueType::Integer),
        column("id", ValueType::Integer),
    );
    let mut metric = capture("per", vec![Measure::Stats(value)]);
    build::edit(&mut metric, |capture| {
        capture.joins = vec![build::left_join("g", on)];
        capture.by = vec![dimension("live", column("live", ValueType::Boolean))];
    });
    check(&per(metric, column("id", ValueType::Integer)));
}

#[test]
fn whole_numbers_and_others_are_computed_alike() {
    let int = || column("id", ValueType::Integer);
    let price = || column("price", ValueType::Number);
    let op = build::arithmetic;
    let half = op(ArithmeticOp::Divide, price(), number("2.0"));
    let nested = op(
        ArithmeticOp::Subtract,
        half,
        op(ArithmeticOp::Add, int(), price()),
    );
    let whole = op(ArithmeticOp::Divide, build::int(7), int());
    let negative = expr(
        ExprKind::Negate(Box::new(expr(
            ExprKind::Literal(Literal::Integer(-3)),
            ValueType::Integer,
        ))),
        ValueType::Integer,
    );
    let mut metric = capture("arithmetic", vec![Measure::Sum(nested)]);
    build::edit(&mut metric, |capture| {
        capture.by = vec![dimension("whole", whole), dimension("negative", negative)];
    });
    check(&metric);
}

#[test]
fn patterns_mind_the_case() {
    let pattern = vec![
        LikePiece::Text(r"50%_*[?\'".to_owned()),
        LikePiece::AnyCharacter,
        LikePiece::AnyText,
    ];
    let like = expr(
        ExprKind::Like {
            expr: Box::new(column("uid", ValueType::Text)),
            pattern,
            negated: true,
        },
        ValueType::Boolean,
    );
    let order = compare(Comparison::Less, column("uid", ValueType::Text), text("m"));
    let mut metric = capture("like", vec![Measure::Count]);
    build::edit(&mut metric, |capture| {
        capture.filter = Some(and(vec![like, order]))
    });
    check(&metric);
}

#[test]
fn members_of_json_are_texts() {
    let doc = Box::new(column("doc", ValueType::Json));
    let member = expr(ExprKind::JsonText(doc, "it's".to_owned()), ValueType::Text);
    let mut metric = capture("json_text", vec![Measure::Count]);
    build::edit(&mut metric, |capture| {
        capture.by = vec![dimension("member", member)]
    });
    check(&metric);
}

#[test]
fn what_is_compared_with_the_window_finds_its_index() {
    let made = || column("made", ValueType::Timestamp);
    let start = || expr(ExprKind::WeekStart, ValueType::Timestamp);
    let end = || expr(ExprKind::WeekEnd, ValueType::Timestamp);
    let from = compare(Comparison::GreaterOrEqual, made(), start());
    let to = compare(Comparison::Greater, end(), made());
    let between = expr(
        ExprKind::Between {
            expr: Box::new(made()),
            low: Box::new(start()),
            high: Box::new(end()),
            negated: false,
        },
        ValueType::Boolean,
    );
    let mut metric = capture("window", vec![Measure::Count]);
    build::edit(&mut metric, |capture| {
        capture.filter = Some(and(vec![from, to, between]))
    });
    check(&metric);

    let literal = Literal::Timestamp("2021-01-25 00:00:00".to_owned());
    let literal = expr(ExprKind::Literal(literal), ValueType::Timestamp);
    let since = compare(Comparison::GreaterOrEqual, made(), literal);
    let until = compare(Comparison::Less, made(), end());
    let age = expr(
        ExprKind::SecondsBetween(Box::new(made()), Box::new(end())),
        ValueType::Number,
    );
    let mut metric = capture("window_of_one_end", vec![Measure::Sum(age)]);
    build::edit(&mut metric, |capture| {
        capture.filter = Some(and(vec![since, until]))
    });
    check(&metric);
}

#[test]
fn names_that_need_quotes_have_them() {
    let odd = || build::qualified("order", "Odd \"Name\"", ValueType::Integer);
    let mut metric = capture(
        "quoted",
        vec![Measure::Sum(odd()), Measure::Distinct(odd())],
    );
    build::edit(&mut metric, |capture| {
        capture.from = build::table(build::ORDER, None);
        capture.by = vec![dimension("select", odd()), dimension("Value", odd())];
    });
    check(&metric);
}

#[test]
fn hand_written_sql_is_wrapped() {
    let written = SqlText(vec![
        SqlPiece::Text("SELECT kind, n FROM counts(".to_owned()),
        SqlPiece::WeekEnd,
        SqlPiece::Text(") -- of the week;\n".to_owned()),
    ]);
    check(&sql("sql", written));
}

#[test]
fn what_takes_no_window_says_so() {
    let (registry, metric) = (registry(), capture("rows", vec![Measure::Count]));
    let ping = ping(metric.clone());
    for dialect in Dialect::ALL {
        let query = query(&registry, &ping, &metric, dialect).expect("a query");
        assert_eq!(query.parameters, Parameters::None);
    }
}

#[test]
fn columns_are_the_dimensions_and_then_the_measures() {
    let measures = vec![
        EventMeasure::FirstTimeUsers,
        EventMeasure::Of(Measure::Sum(argument("ratio", ArgumentType::Number))),
        EventMeasure::Of(Measure::Stats(argument("ratio", ArgumentType::Number))),
    ];
    let by = [EventDimension::Event, EventDimension::Argument(kind())];
    let columns = columns(&event("columns", &[ADD], &by, vec![], measures));
    let told: Vec<_> = columns
        .iter()
        .map(|column| {
            (
                column.name.as_str(),
                column.ty,
                column.nullable,
                column.role,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("@event", ValueType::Text, false, Role::Dimension),
            ("kind", ValueType::Text, true, Role::Dimension),
            ("first_time_users", ValueType::Integer, false, Role::Measure),
            ("sum", ValueType::Number, false, Role::Measure),
            ("avg", ValueType::Number, true, Role::Measure),
            ("min", ValueType::Number, true, Role::Measure),
            ("max", ValueType::Number, true, Role::Measure),
            ("median", ValueType::Number, true, Role::Measure),
            ("stddev", ValueType::Number, false, Role::Measure),
        ]
    );
}
