//! A small registry, with short builder functions for its parts.

use pings_model::{
    Aggregation, Argument, ArgumentType, ArithmeticOp, Capture, Comparison, Condition, Dimension,
    Event, EventArgument, EventDimension, EventId, EventMeasure, EventMetric, Expr, ExprKind,
    Filter, Funnel, Identity, Join, JoinKind, Links, Literal, Measure, Metric, OwnLife, Period,
    Ping, PingType, Registry, RegistryParts, Scalar, Selection, Sensitivity, Source, SqlCapture,
    SqlColumn, SqlText, Table, TableId, TableRef, Terms, ValueType,
};

pub const ADD: EventId = EventId(0);
pub const VIEW: EventId = EventId(1);
pub const SUBMIT: EventId = EventId(2);
pub const CANCEL: EventId = EventId(3);

pub const INSIGHT_VIEW: TableId = TableId(0);
pub const GRANTS: TableId = TableId(1);
pub const ORDER: TableId = TableId(2);

pub fn registry() -> Registry {
    let event = |name: &str, renamed_from: &[&str]| Event {
        name: name.to_owned(),
        description: None,
        renamed_from: renamed_from.iter().map(ToString::to_string).collect(),
        search: None,
        args: vec![Argument {
            name: "kind".to_owned(),
            renamed_from: Vec::new(),
            description: None,
            ty: kind().ty,
            optional: false,
            values_file: None,
        }],
    };
    let table = |name: &str| Table {
        name: name.to_owned(),
        columns: Vec::new(),
        database: None,
    };
    Registry::from_checked(RegistryParts {
        name: "small".to_owned(),
        title: "Small".to_owned(),
        summary: None,
        released: None,
        week: Period::Week,
        databases: Vec::new(),
        functions: Vec::new(),
        glossary: Vec::new(),
        sections: Vec::new(),
        terms: Terms::default(),
        links: Links::default(),
        events: vec![
            event("InsightAddition", &[]),
            event("ViewInsights", &["ViewInsightsPage", "InsightsPage"]),
            event("SubmitClick", &[]),
            event("CancelClick", &[]),
        ],
        tables: vec![table("insight_view"), table("grants"), table("order")],
        pings: Vec::new(),
    })
}

pub fn ping(metric: Metric) -> Ping {
    Ping {
        id: "ping".to_owned(),
        section: "Metrics".to_owned(),
        title: "Ping".to_owned(),
        kind: PingType::FeEvent,
        purpose: None,
        implementation: None,
        considerations: None,
        aggregation: Aggregation::Weekly,
        aggregation_note: None,
        added: "3.25".parse().unwrap(),
        removed: None,
        broken: Vec::new(),
        prs: Vec::new(),
        owners: Vec::new(),
        tags: Vec::new(),
        review: None,
        expires: None,
        sensitivity: Sensitivity::Usage,
        metrics: vec![metric],
    }
}

fn metric(code: &str, source: Source) -> Metric {
    Metric {
        code: code.to_owned(),
        title: None,
        note: None,
        search: None,
        own_life: OwnLife::default(),
        windows: vec![Period::Week],
        source,
    }
}

pub fn event(
    code: &str,
    of: &[EventId],
    by: &[EventDimension],
    filters: Vec<Filter>,
    measures: Vec<EventMeasure>,
) -> Metric {
    let source = EventMetric {
        of: of.to_vec(),
        all_of: Vec::new(),
        selection: Selection::default(),
        identity: Identity::Actor,
        filters,
        event_filters: Vec::new(),
        by: by.to_vec(),
        min_group: None,
        measures,
    };
    metric(code, Source::Events(source))
}

pub fn argument(name: &str, ty: ArgumentType) -> EventArgument {
    EventArgument {
        name: name.to_owned(),
        within: Vec::new(),
        renamed_from: Vec::new(),
        ty,
    }
}

pub fn kind() -> EventArgument {
    let values = ["search", "it's"].map(str::to_owned).to_vec();
    argument("kind", ArgumentType::Enum(values))
}

pub fn filter(argument: EventArgument, values: Vec<Scalar>) -> Filter {
    Filter {
        argument,
        condition: Condition::OneOf(values),
    }
}

pub fn funnel(code: &str, steps: &[&[EventId]]) -> Metric {
    let steps = steps.iter().map(|events| events.to_vec()).collect();
    metric(
        code,
        Source::Funnel(Funnel {
            steps,
            identity: Identity::Actor,
        }),
    )
}

pub fn capture(code: &str, measures: Vec<Measure<Expr>>) -> Metric {
    let source = Capture {
        from: table(INSIGHT_VIEW, None),
        joins: Vec::new(),
        filter: None,
        by: Vec::new(),
        per: None,
        min_group: None,
        measures,
        one_row: false,
    };
    metric(code, Source::Capture(source))
}

pub fn edit(metric: &mut Metric, change: impl FnOnce(&mut Capture)) {
    if let Source::Capture(capture) = &mut metric.source {
        change(capture);
    }
}

pub fn per(mut metric: Metric, expr: Expr) -> Metric {
    edit(&mut metric, |capture| capture.per = Some(expr));
    metric
}

pub fn table(table: TableId, alias: Option<&str>) -> TableRef {
    TableRef {
        table,
        alias: alias.map(str::to_owned),
    }
}

pub fn join(alias: &str, on: Expr) -> Join {
    Join {
        table: table(GRANTS, Some(alias)),
        kind: JoinKind::Inner,
        on,
    }
}

pub fn left_join(alias: &str, on: Expr) -> Join {
    Join {
        kind: JoinKind::Left,
        ..join(alias, on)
    }
}

pub fn dimension(name: &str, expr: Expr) -> Dimension {
    Dimension {
        name: name.to_owned(),
        expr,
        ranges: None,
    }
}

pub fn expr(kind: ExprKind, ty: ValueType) -> Expr {
    Expr { kind, ty }
}

pub fn column(name: &str, ty: ValueType) -> Expr {
    qualified("insight_view", name, ty)
}

pub fn qualified(qualifier: &str, column: &str, ty: ValueType) -> Expr {
    let kind = ExprKind::Column {
        table: INSIGHT_VIEW,
        qualifier: qualifier.to_owned(),
        column: column.to_owned(),
    };
    expr(kind, ty)
}

pub fn text(text: &str) -> Expr {
    let literal = Literal::Text(text.to_owned());
    expr(ExprKind::Literal(literal), ValueType::Text)
}

pub fn int(number: i64) -> Expr {
    expr(
        ExprKind::Literal(Literal::Integer(number)),
        ValueType::Integer,
    )
}

pub fn number(digits: &str) -> Expr {
    let literal = Literal::Number(digits.to_owned());
    expr(ExprKind::Literal(literal), ValueType::Number)
}

pub fn arithmetic(op: ArithmeticOp, left: Expr, right: Expr) -> Expr {
    let ty = match (left.ty, right.ty) {
        (ValueType::Integer, ValueType::Integer) => ValueType::Integer,
        _ => ValueType::Number,
    };
    expr(
        ExprKind::Arithmetic(op, Box::new(left), Box::new(right)),
        ty,
    )
}

pub fn compare(comparison: Comparison, left: Expr, right: Expr) -> Expr {
    let kind = ExprKind::Compare(comparison, Box::new(left), Box::new(right));
    expr(kind, ValueType::Boolean)
}

pub fn and(items: Vec<Expr>) -> Expr {
    expr(ExprKind::And(items), ValueType::Boolean)
}

pub fn case(operand: Expr, branch: (Expr, Expr), otherwise: Expr) -> Expr {
    let kind = ExprKind::Case {
        operand: Some(Box::new(operand)),
        branches: vec![branch],
        otherwise: Some(Box::new(otherwise)),
    };
    expr(kind, ValueType::Text)
}

pub fn sql(code: &str, written: SqlText) -> Metric {
    let column = |name: &str, ty, dimension| SqlColumn {
        name: name.to_owned(),
        ty,
        values: None,
        dimension,
    };
    let source = SqlCapture {
        postgres: Some(written.clone()),
        sqlite: Some(written),
        columns: vec![
            column("kind", ValueType::Text, true),
            column("n", ValueType::Integer, false),
        ],
        database: None,
    };
    metric(code, Source::Sql(source))
}
