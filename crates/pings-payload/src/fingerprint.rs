//! The fingerprint of a registry, which identifies its meaning.

use pings_model::{
    ActorSelection, Aggregate, ArgumentType, Capture, Condition, EventArgument, EventDimension,
    EventId, EventMeasure, EventMetric, Expr, ExprKind, Filter, Identity, LikePiece, Literal,
    Measure, Metric, Period, Ping, Registry, Scalar, Selection, Source, SqlPiece, SqlText,
    TableRef, ValueKind,
};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// The first line of the hashed text. A change of the text format requires a new number, because
/// existing fingerprints then no longer match.
const FORMAT: &str = "pings fingerprint 2";

/// Returns the digest of everything that defines the registry's meaning: its name and, for each
/// code, the window, the measured events or tables, the filters, the dimensions and the measures.
/// Prose, versions and the order of pings do not affect the digest.
///
/// The format is `sha256:` followed by 32 hexadecimal digits.
#[must_use]
pub fn fingerprint(registry: &Registry) -> String {
    let mut metrics: Vec<String> = registry
        .metrics()
        .map(|(ping, metric)| of_metric(registry, ping, metric))
        .collect();
    metrics.sort();
    let name = quoted(registry.name());
    let text = format!("{FORMAT}\n{name}\n{}", metrics.join("\n"));
    let digest = Sha256::digest(text.as_bytes());
    format!("sha256:{}", hex::encode(&digest[..16]))
}

/// Returns a text of the registry as a JSON string.
fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

/// Returns the meaning of a metric as a text in which every text of the registry is quoted. The
/// names of enum variants are written out here, so that renaming a variant in the code does not
/// change fingerprints.
fn of_metric(registry: &Registry, ping: &Ping, metric: &Metric) -> String {
    let source = match &metric.source {
        Source::Events(events) => of_events(registry, events),
        Source::Funnel(funnel) => {
            let steps = funnel.steps.iter().map(|step| names(registry, step));
            let steps = steps.collect::<Vec<_>>().join(" then ");
            format!("funnel {steps}{}", of_identity(funnel.identity))
        }
        Source::Capture(capture) => of_capture(registry, capture),
        Source::Sql(capture) => {
            let columns = capture.columns.iter().map(|column| {
                let role = if column.dimension { "by" } else { "measure" };
                let (name, ty) = (quoted(&column.name), column.ty.as_str());
                match &column.values {
                    Some(values) => format!("{role} {name} enum {}", Json::from(values.as_slice())),
                    None => format!("{role} {name} {ty}"),
                }
            });
            let columns = columns.collect::<Vec<_>>().join(", ");
            let [postgres, sqlite] = [&capture.postgres, &capture.sqlite].map(|text| match text {
                Some(text) => quoted(&of_sql(text)),
                None => "none".to_owned(),
            });
            format!("sql {postgres} {sqlite} {columns}")
        }
        Source::Value(metric) => match &metric.kind {
            ValueKind::Boolean => "value boolean".to_owned(),
            ValueKind::Integer => "value integer".to_owned(),
            ValueKind::Number => "value number".to_owned(),
            ValueKind::Version => "value version".to_owned(),
            ValueKind::Date => "value date".to_owned(),
            ValueKind::Enum(values) => format!("value enum {}", Json::from(values.as_slice())),
        },
    };
    format!(
        "{} {} {}{} {source}{}",
        quoted(&metric.code),
        ping.kind.as_str(),
        ping.aggregation.as_str(),
        of_windows(metric),
        of_database(registry, metric)
    )
}

/// Returns an empty text for the main database, so that older fingerprints do not change.
fn of_database(registry: &Registry, metric: &Metric) -> String {
    let database = registry.database_of(metric);
    database.map_or_else(String::new, |name| format!(" in {}", quoted(name)))
}

/// Returns an empty text for the week alone, so that older fingerprints do not change.
fn of_windows(metric: &Metric) -> String {
    if metric.windows.iter().eq(&[Period::Week]) {
        return String::new();
    }
    let windows = metric.windows.iter();
    windows
        .map(|it| format!(" window {}", it.as_str()))
        .collect()
}

fn of_events(registry: &Registry, metric: &EventMetric) -> String {
    let by = metric.by.iter().map(|by| match by {
        EventDimension::Event => "@event".to_owned(),
        // The declared values determine the groups, so the type is part of the meaning.
        EventDimension::Argument(argument) => {
            format!("{} {}", keys(argument), of_argument_type(&argument.ty))
        }
        EventDimension::Bucket(argument, buckets) => format!(
            "{} {} bucket {}",
            keys(argument),
            of_argument_type(&argument.ty),
            buckets.bounds().join(" ")
        ),
    });
    let measures = metric.measures.iter().map(|measure| match measure {
        EventMeasure::UniqueUsers => "unique_users".to_owned(),
        EventMeasure::FirstTimeUsers => "first_time_users".to_owned(),
        EventMeasure::Of(measure) => of_measure(measure, keys),
    });
    format!(
        "events {}{}{}{}{} where {} by {}{} measure {}",
        of_names(registry, metric),
        of_all(registry, metric),
        of_event_filters(registry, metric),
        of_selection(&metric.selection),
        of_identity(metric.identity),
        of_filters(&metric.filters),
        by.collect::<Vec<_>>().join(", "),
        of_min_group(metric.min_group),
        measures.collect::<Vec<_>>().join(", ")
    )
}

/// Returns the counted names. If every name counts, the declared names matter only as groups.
fn of_names(registry: &Registry, metric: &EventMetric) -> String {
    match (metric.selection.any_name, metric.names_events()) {
        (false, _) => names(registry, &metric.of),
        (true, false) => "any".to_owned(),
        (true, true) => format!("any of {}", names(registry, &metric.of)),
    }
}

fn of_filters(filters: &[Filter]) -> String {
    let filters = filters.iter().map(|filter| {
        let keys = keys(&filter.argument);
        format!("{keys} {}", of_condition(&filter.condition))
    });
    filters.collect::<Vec<_>>().join(" and ")
}

fn of_condition(condition: &Condition) -> String {
    let any = |values: &[Scalar]| {
        let values: Vec<String> = values.iter().map(of_scalar).collect();
        values.join(" or ")
    };
    match condition {
        Condition::OneOf(values) => format!("in {}", any(values)),
        Condition::NoneOf(values) => format!("not in {}", any(values)),
        Condition::Like(pattern) => {
            let pieces: Vec<String> = pattern.iter().map(of_like_piece).collect();
            format!("like [{}]", pieces.join(", "))
        }
        Condition::Within { min, max } => {
            let bound = |value: &Option<Scalar>| {
                value.as_ref().map_or_else(|| "none".to_owned(), of_scalar)
            };
            format!("from {} to {}", bound(min), bound(max))
        }
    }
}

/// Returns an empty text unless a user must have done all of several events.
fn of_all(registry: &Registry, metric: &EventMetric) -> String {
    let lists = metric.all_of.iter();
    let mut lists: Vec<String> = lists.map(|events| names(registry, events)).collect();
    if lists.is_empty() {
        return String::new();
    }
    lists.sort_unstable();
    format!(" all {}", lists.join(" and "))
}

/// Returns an empty text if visitors are not joined to users.
fn of_identity(identity: Identity) -> &'static str {
    match identity {
        Identity::Actor => "",
        Identity::Person => " identity person",
    }
}

/// Returns an empty text without conditions on some of the events, so that older fingerprints do not
/// change.
fn of_event_filters(registry: &Registry, metric: &EventMetric) -> String {
    let some = metric.event_filters.iter();
    let mut texts: Vec<String> = some
        .map(|some| {
            let names = names(registry, &some.events);
            format!(" of {names} if {}", of_filters(&some.filters))
        })
        .collect();
    texts.sort_unstable();
    texts.concat()
}

/// Returns an empty text if rows of every source and actor count, so that older fingerprints do not
/// change.
fn of_selection(selection: &Selection) -> String {
    let mut sources = selection.sources.clone();
    sources.sort_unstable();
    let mut text = String::new();
    if !sources.is_empty() {
        text.push_str(&format!(" source {}", Json::from(sources)));
    }
    if selection.actor != ActorSelection::Any {
        text.push_str(&format!(" actor {}", selection.actor.as_str()));
    }
    text
}

/// Returns an empty text without `min_group`, so that older fingerprints do not change.
fn of_min_group(least: Option<u32>) -> String {
    least
        .map(|least| format!(" min_group {least}"))
        .unwrap_or_default()
}

/// Returns the counted names. The old names are included, because adding one changes what is
/// counted.
fn names(registry: &Registry, events: &[EventId]) -> String {
    let mut names: Vec<&str> = events
        .iter()
        .flat_map(|event| registry.event(*event).wire_names())
        .collect();
    names.sort_unstable();
    Json::from(names).to_string()
}

/// Returns the keys that are read, in lookup order.
fn keys(argument: &EventArgument) -> String {
    let keys: Vec<&str> = argument.keys().collect();
    let own = match keys.as_slice() {
        [key] => quoted(key),
        keys => Json::from(keys).to_string(),
    };
    let objects = argument.within.iter().map(|key| quoted(key));
    objects.chain([own]).collect::<Vec<_>>().join(" > ")
}

fn of_argument_type(ty: &ArgumentType) -> String {
    match ty {
        ArgumentType::String => "string".to_owned(),
        ArgumentType::Integer => "integer".to_owned(),
        ArgumentType::Number => "number".to_owned(),
        ArgumentType::Boolean => "boolean".to_owned(),
        ArgumentType::Version => "version".to_owned(),
        ArgumentType::Object(_) => "object".to_owned(),
        ArgumentType::Enum(values) => format!("enum {}", Json::from(values.as_slice())),
        ArgumentType::List(values) => format!("list {}", Json::from(values.as_slice())),
    }
}

fn of_scalar(value: &Scalar) -> String {
    match value {
        Scalar::Missing => "missing".to_owned(),
        Scalar::Text(text) => format!("text {}", quoted(text)),
        Scalar::Integer(number) => format!("integer {number}"),
        Scalar::Number(number) => format!("number {}", Json::from(*number)),
        Scalar::Boolean(value) => format!("boolean {value}"),
    }
}

fn of_measure<V>(measure: &Measure<V>, value: impl Fn(&V) -> String) -> String {
    match measure {
        Measure::Count => "count".to_owned(),
        Measure::Distinct(of) => format!("distinct {}", value(of)),
        Measure::Sum(of) => format!("sum {}", value(of)),
        Measure::Stats(of) => format!("stats {}", value(of)),
        Measure::Percentiles { value: of, at } => {
            let at: Vec<String> = at.iter().map(|at| at.name()).collect();
            format!("percentiles {} {}", Json::from(at), value(of))
        }
        Measure::Histogram { value: of, buckets } => {
            format!("histogram {} of {}", buckets.bounds().join(" "), value(of))
        }
        Measure::Value(of) => format!("value {}", value(of)),
    }
}

fn of_capture(registry: &Registry, capture: &Capture) -> String {
    let table = |table: &TableRef| {
        let name = &registry.table(table.table).name;
        let alias = table.alias.as_ref().unwrap_or(name);
        format!("{} as {}", quoted(name), quoted(alias))
    };
    let joins = capture.joins.iter().map(|join| {
        format!(
            "{} {} on {}",
            join.kind.as_str(),
            table(&join.table),
            of_expr(&join.on)
        )
    });
    let by = capture
        .by
        .iter()
        .map(|by| format!("{} {}", quoted(&by.name), of_expr(&by.expr)));
    let measures = capture.measures.iter().map(|it| of_measure(it, of_expr));
    format!(
        "capture {} join {} where {} by {}{} per {} measure {}{}",
        table(&capture.from),
        joins.collect::<Vec<_>>().join(", "),
        capture.filter.as_ref().map(of_expr).unwrap_or_default(),
        by.collect::<Vec<_>>().join(", "),
        of_min_group(capture.min_group),
        capture.per.as_ref().map(of_expr).unwrap_or_default(),
        measures.collect::<Vec<_>>().join(", "),
        // Older fingerprints have no captures of one row.
        if capture.one_row { " one_row" } else { "" },
    )
}

/// Returns an expression as `(what part part)`.
fn of_expr(expr: &Expr) -> String {
    let what = match &expr.kind {
        ExprKind::Column {
            qualifier, column, ..
        } => format!("column {} {}", quoted(qualifier), quoted(column)),
        ExprKind::Literal(literal) => of_literal(literal),
        ExprKind::WeekStart => "week_start".to_owned(),
        ExprKind::WeekEnd => "week_end".to_owned(),
        ExprKind::Now => "now".to_owned(),
        ExprKind::Negate(_) => "negate".to_owned(),
        ExprKind::Arithmetic(op, ..) => op.as_str().to_owned(),
        ExprKind::Compare(op, ..) => op.as_str().to_owned(),
        ExprKind::And(_) => "and".to_owned(),
        ExprKind::Or(_) => "or".to_owned(),
        ExprKind::Not(_) => "not".to_owned(),
        ExprKind::IsNull { negated, .. } => format!("is_null {negated}"),
        ExprKind::In { negated, .. } => format!("in {negated}"),
        ExprKind::Between { negated, .. } => format!("between {negated}"),
        ExprKind::Like {
            pattern, negated, ..
        } => {
            let pieces: Vec<String> = pattern.iter().map(of_like_piece).collect();
            format!("like [{}] {negated}", pieces.join(", "))
        }
        ExprKind::Exists {
            table,
            name,
            negated,
            ..
        } => format!(
            "exists {negated} {} as {}",
            quoted(name),
            quoted(table.alias.as_ref().unwrap_or(name))
        ),
        ExprKind::Case {
            operand,
            branches,
            otherwise,
        } => format!(
            "case {} {} {}",
            operand.is_some(),
            branches.len(),
            otherwise.is_some()
        ),
        ExprKind::Coalesce(_) => "coalesce".to_owned(),
        ExprKind::Lower(_) => "lower".to_owned(),
        ExprKind::Length(_) => "length".to_owned(),
        ExprKind::Version(_) => "version".to_owned(),
        ExprKind::Concat(_) => "concat".to_owned(),
        ExprKind::SecondsBetween(..) => "seconds_between".to_owned(),
        ExprKind::AgeDays(..) => "age_days".to_owned(),
        ExprKind::Trunc(unit, _) => format!("trunc {}", unit.as_str()),
        ExprKind::DateText(_) => "date_text".to_owned(),
        ExprKind::Round(_, decimals) => format!("round {decimals}"),
        ExprKind::JsonNumber(_, key) => format!("json_number {}", quoted(key)),
        ExprKind::JsonText(_, key) => format!("json_text {}", quoted(key)),
        ExprKind::Aggregate(aggregate) => of_aggregate(aggregate).to_owned(),
    };
    let mut text = format!("({what}");
    for part in expr.parts() {
        text.push(' ');
        text.push_str(&of_expr(part));
    }
    text.push(')');
    text
}

fn of_literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "null".to_owned(),
        Literal::Boolean(value) => format!("boolean {value}"),
        Literal::Integer(number) => format!("integer {number}"),
        Literal::Number(digits) => format!("number {}", quoted(digits)),
        Literal::Text(text) => format!("text {}", quoted(text)),
        Literal::Timestamp(time) => format!("timestamp {}", quoted(time)),
    }
}

fn of_like_piece(piece: &LikePiece) -> String {
    match piece {
        LikePiece::AnyText => "any_text".to_owned(),
        LikePiece::AnyCharacter => "any_character".to_owned(),
        LikePiece::Text(text) => quoted(text),
    }
}

fn of_aggregate(aggregate: &Aggregate) -> &'static str {
    match aggregate {
        Aggregate::CountRows => "count_rows",
        Aggregate::Count(_) => "count",
        Aggregate::CountDistinct(_) => "count_distinct",
        Aggregate::Sum(_) => "sum",
        Aggregate::Avg(_) => "avg",
        Aggregate::Min(_) => "min",
        Aggregate::Max(_) => "max",
    }
}

/// Returns a query with normalized whitespace.
fn of_sql(sql: &SqlText) -> String {
    let pieces = sql.0.iter().map(|piece| match piece {
        SqlPiece::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        SqlPiece::WeekStart => ":week_start".to_owned(),
        SqlPiece::WeekEnd => ":week_end".to_owned(),
        SqlPiece::Now => ":now".to_owned(),
    });
    pieces.collect::<Vec<_>>().join(" ")
}
