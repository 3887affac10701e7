//! Small registries for tests of the generator.

use pings_model::{
    Aggregation, Argument, ArgumentType, Broken, Capture, Column, ColumnType, Condition, Dimension,
    Event, EventArgument, EventDimension, EventId, EventMeasure, EventMetric, Expiry, Expr,
    ExprKind, Filter, Funnel, Identity, Links, Measure, Metric, OwnLife, Percentile, Period, Ping,
    PingType, RegistryParts, Scalar, Selection, Sensitivity, Source, SqlCapture, SqlColumn,
    SqlPiece, SqlText, Table, TableId, TableRef, Terms, ValueType,
};

use crate::Origin;

pub(crate) const ORIGIN: Origin<'static> = Origin {
    registry_path: "pings.yaml",
    registry_text: "format: 1\n",
    values: None,
    command: "cargo xtask generate",
};

pub(crate) fn registry(name: &str, title: &str) -> RegistryParts {
    RegistryParts {
        name: name.to_owned(),
        title: title.to_owned(),
        summary: None,
        released: None,
        week: Period::Week,
        databases: Vec::new(),
        functions: Vec::new(),
        glossary: Vec::new(),
        sections: Vec::new(),
        terms: Terms::default(),
        links: Links {
            code: Some("https://example.com/search?q={code}".to_owned()),
            pr: Some("https://example.com/pull/{pr}".to_owned()),
        },
        events: Vec::new(),
        tables: Vec::new(),
        pings: Vec::new(),
    }
}

pub(crate) fn ping(id: &str, title: &str) -> Ping {
    Ping {
        id: id.to_owned(),
        section: "Metrics".to_owned(),
        title: title.to_owned(),
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
        metrics: Vec::new(),
    }
}

pub(crate) fn broken(versions: &str, reason: Option<&str>, fix: Option<u64>) -> Broken {
    Broken {
        versions: versions.parse().unwrap(),
        reason: reason.map(str::to_owned),
        fix,
    }
}

pub(crate) fn event(name: &str) -> Event {
    Event {
        name: name.to_owned(),
        description: None,
        renamed_from: Vec::new(),
        search: None,
        args: Vec::new(),
    }
}

pub(crate) fn argument(name: &str, ty: ArgumentType) -> Argument {
    Argument {
        name: name.to_owned(),
        renamed_from: Vec::new(),
        description: None,
        ty,
        optional: false,
        values_file: None,
    }
}

pub(crate) fn one_of(values: &[&str]) -> ArgumentType {
    ArgumentType::Enum(values.iter().map(ToString::to_string).collect())
}

pub(crate) fn list_of(values: &[&str]) -> ArgumentType {
    ArgumentType::List(values.iter().map(ToString::to_string).collect())
}

pub(crate) fn metric(code: &str, source: Source) -> Metric {
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

/// Returns a metric that counts an event.
pub(crate) fn count(event: usize) -> EventMetric {
    EventMetric {
        of: vec![EventId(event)],
        all_of: Vec::new(),
        selection: Selection::default(),
        identity: Identity::Actor,
        filters: Vec::new(),
        event_filters: Vec::new(),
        by: Vec::new(),
        min_group: None,
        measures: vec![EventMeasure::Of(Measure::Count)],
    }
}

pub(crate) fn funnel(code: &str, title: Option<&str>, steps: &[&[usize]]) -> Metric {
    let steps = steps
        .iter()
        .map(|step| step.iter().map(|event| EventId(*event)).collect())
        .collect();
    Metric {
        title: title.map(str::to_owned),
        ..metric(
            code,
            Source::Funnel(Funnel {
                steps,
                identity: Identity::Actor,
            }),
        )
    }
}

pub(crate) fn column(qualifier: &str, column: &str, ty: ValueType) -> Expr {
    Expr {
        kind: ExprKind::Column {
            table: TableId(0),
            qualifier: qualifier.to_owned(),
            column: column.to_owned(),
        },
        ty,
    }
}

pub(crate) fn table(name: &str, columns: &[(&str, ColumnType)]) -> Table {
    Table {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|(name, ty)| Column {
                name: (*name).to_owned(),
                ty: ty.clone(),
            })
            .collect(),
        database: None,
    }
}

/// Returns a capture that counts the rows of the first table.
pub(crate) fn rows() -> Capture {
    Capture {
        from: TableRef {
            table: TableId(0),
            alias: None,
        },
        joins: Vec::new(),
        filter: None,
        by: Vec::new(),
        per: None,
        min_group: None,
        measures: vec![Measure::Count],
        one_row: false,
    }
}

/// Returns a registry like that of a product: events with arguments, funnels that share an event,
/// captures, hand-written SQL, and names that are keywords.
pub(crate) fn product() -> RegistryParts {
    let mut registry = registry("shop", "Pings of the shop");
    registry.summary = Some("How the *shop* is used.\n\nWe keep\nthis up to date.\n".to_owned());

    let mut add = event("CartAdd");
    add.description = Some("Someone put a thing into the cart.".to_owned());
    add.renamed_from = vec!["BasketAdd".to_owned()];
    add.args = vec![
        argument("type", one_of(&["book", "größe „L“"])),
        Argument {
            description: Some("the price in cents".to_owned()),
            optional: true,
            ..argument("price", ArgumentType::Integer)
        },
    ];
    registry.events = vec![add, event("CartView"), event("match"), event("Checkout")];
    registry.tables = vec![table(
        "order",
        &[("kind", ColumnType::Text), ("lines", ColumnType::Integer)],
    )];

    let kind = EventArgument {
        name: "type".to_owned(),
        within: Vec::new(),
        renamed_from: Vec::new(),
        ty: one_of(&["book", "größe „L“"]),
    };
    let mut carts = ping("carts", "Things put into carts");
    carts.purpose = Some("To see what people `add`.".to_owned());
    carts.implementation = Some("We log\nan event.".to_owned());
    carts.considerations = Some("N/A".to_owned());
    carts.prs = vec![7, 12];
    carts.owners = vec!["team/shop".to_owned(), "team/carts".to_owned()];
    carts.tags = vec!["sales".to_owned()];
    carts.review = Some("2027-01-01".to_owned());
    carts.expires = Expiry::read("4.0");
    carts.broken = vec![
        broken("3.26-3.27.1", Some("counts twice"), Some(99)),
        broken("3.30", None, None),
    ];
    carts.metrics = vec![
        metric(
            "CartAdd",
            Source::Events(EventMetric {
                by: vec![EventDimension::Argument(kind.clone())],
                min_group: None,
                measures: vec![EventMeasure::Of(Measure::Count), EventMeasure::UniqueUsers],
                ..count(0)
            }),
        ),
        metric(
            "FirstBooks",
            Source::Events(EventMetric {
                filters: vec![Filter {
                    argument: kind,
                    condition: Condition::OneOf(vec![
                        Scalar::Text("book".to_owned()),
                        Scalar::Missing,
                    ]),
                }],
                min_group: None,
                measures: vec![EventMeasure::FirstTimeUsers],
                ..count(0)
            }),
        ),
    ];

    carts.metrics[1].own_life = OwnLife {
        added: "3.26".parse().ok(),
        removed: "4.0".parse().ok(),
        broken: vec![broken("3.28-3.29", Some("misses *guests*"), Some(120))],
        prs: vec![13],
    };

    let mut matches = ping("matches", "Matches");
    matches.removed = "4.2".parse().ok();
    matches.metrics = vec![Metric {
        note: Some("to track *all* matches".to_owned()),
        ..metric("match", Source::Events(count(2)))
    }];

    let mut checkouts = ping("checkouts", "Ways to the checkout");
    checkouts.metrics = vec![
        funnel("Direct", Some("direct"), &[&[1], &[3]]),
        funnel("ByCart", Some("by \"cart\""), &[&[0], &[1], &[3, 2]]),
        funnel("Quick", None, &[&[0], &[3]]),
    ];

    let mut orders = ping("orders", "Orders | all of them");
    orders.kind = PingType::BeCapture;
    orders.aggregation = Aggregation::Total;
    orders.aggregation_note = Some("total time, by kind".to_owned());
    orders.sensitivity = Sensitivity::Operational;
    orders.broken = vec![broken("3.31+", Some("misses drafts"), None)];
    orders.metrics = vec![
        metric(
            "Orders",
            Source::Capture(Capture {
                by: vec![Dimension {
                    name: "type".to_owned(),
                    expr: column("order", "kind", ValueType::Text),
                    ranges: None,
                }],
                ..rows()
            }),
        ),
        metric(
            "OrderLines",
            Source::Capture(Capture {
                min_group: None,
                measures: vec![
                    Measure::Stats(column("order", "lines", ValueType::Integer)),
                    Measure::Percentiles {
                        value: column("order", "lines", ValueType::Integer),
                        at: vec![Percentile::from_thousandths(99_900).unwrap()],
                    },
                ],
                ..rows()
            }),
        ),
        metric(
            "OrderSql",
            Source::Sql(hand_written("SELECT true AS \"open?\", 1 AS n")),
        ),
    ];

    registry.pings = vec![carts, matches, checkouts, orders];
    registry
}

fn hand_written(sql: &str) -> SqlCapture {
    let text = SqlText(vec![SqlPiece::Text(sql.to_owned())]);
    SqlCapture {
        postgres: Some(text.clone()),
        sqlite: Some(text),
        columns: vec![
            SqlColumn {
                name: "open?".to_owned(),
                ty: ValueType::Boolean,
                values: None,
                dimension: true,
            },
            SqlColumn {
                name: "n".to_owned(),
                ty: ValueType::Integer,
                values: None,
                dimension: false,
            },
        ],
        database: None,
    }
}

/// Returns a registry with `text` in every place for free text.
pub(crate) fn saying(text: &str) -> RegistryParts {
    let mut registry = product();
    let prose = || Some(text.to_owned());
    let values = || ArgumentType::Enum(vec![text.to_owned(), "end".to_owned()]);
    registry.title = text.to_owned();
    registry.summary = prose();
    for event in &mut registry.events {
        event.description = prose();
        event.renamed_from = vec![text.to_owned()];
        for argument in &mut event.args {
            argument.description = prose();
            if matches!(argument.ty, ArgumentType::Enum(_)) {
                argument.ty = values();
            }
        }
    }
    for ping in &mut registry.pings {
        ping.title = format!("T {text}");
        ping.section = format!("S {text}");
        ping.purpose = prose();
        ping.implementation = prose();
        ping.considerations = prose();
        ping.aggregation_note = prose();
        ping.owners = vec![text.to_owned()];
        ping.tags = vec![text.to_owned(), text.to_owned()];
        for broken in &mut ping.broken {
            broken.reason = prose();
        }
        for metric in &mut ping.metrics {
            metric.note = prose();
            metric.title = metric.title.as_ref().map(|_| text.to_owned());
            let Source::Events(metric) = &mut metric.source else {
                continue;
            };
            for dimension in &mut metric.by {
                if let EventDimension::Argument(argument) = dimension
                    && matches!(argument.ty, ArgumentType::Enum(_))
                {
                    argument.ty = values();
                }
            }
        }
    }
    registry
}
