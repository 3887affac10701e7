//! Finds values that look like a person's identity in a ping that is not `identifying`.

use pings_model::{
    Aggregate, ArgumentType, ColumnType, EventArgument, EventDimension, EventMeasure, Expr,
    ExprKind, Lint, Measure, Metric, Registry, Sensitivity, Source, ValueDomain, ValueKind,
    ValueType, ident,
};

use super::subject::{Found, Site, Subject, at};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Words in names that indicate personal or secret data.
const PRIVATE: &[&str] = &[
    "address",
    "birthdate",
    "birthday",
    "dob",
    "email",
    "fax",
    "firstname",
    "iban",
    "income",
    "ip",
    "lastname",
    "latitude",
    "login",
    "longitude",
    "mail",
    "mobile",
    "nickname",
    "passport",
    "password",
    "phone",
    "salary",
    "secret",
    "ssn",
    "surname",
    "telephone",
    "token",
    "username",
    "wage",
];

/// Words for people, used alone or before `id` or `name`.
const PEOPLE: &[&str] = &[
    "account", "actor", "author", "contact", "customer", "employee", "first", "full", "guest",
    "last", "member", "owner", "patient", "person", "student", "user",
];

/// Last words of names that describe such a value without containing the value itself.
const ABOUT: &[&str] = &[
    "at", "count", "enabled", "kind", "length", "limit", "quota", "size", "status", "total",
    "type", "verified",
];

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (ping_at, ping) in subject.registry.pings().iter().enumerate() {
        if ping.sensitivity == Sensitivity::Identifying {
            continue;
        }
        for (nth, metric) in ping.metrics.iter().enumerate() {
            for (name, part) in identities(subject.registry, metric) {
                let place = place(subject, (ping_at, nth), part);
                let message = format!("`{name}` looks like personal data");
                let diagnostic = Diagnostic::new(Lint::IdentityLeaves, place, message)
                    .label("its values are sent to the store")
                    .help("count the values with `distinct`, or measure something else")
                    .help("or declare the ping as identifying: `sensitivity: identifying`");
                found.add(Site::Metric(ping_at, nth), diagnostic);
            }
        }
    }
}

/// The location of the value in the metric.
enum Part<'m> {
    Dimension(&'m str),
    Value,
    Column(&'m str),
}

fn place(subject: &Subject<'_>, (ping, nth): (usize, usize), part: Part<'_>) -> Span {
    let metric = subject.metric(ping, nth);
    match part {
        Part::Dimension(name) => subject.dimension(ping, nth, name),
        Part::Value => at(metric, "value"),
        Part::Column(name) => metric
            .get("columns")
            .and_then(|columns| columns.entry(name))
            .map_or_else(|| metric.head(), |entry| entry.key_span),
    }
}

/// Returns the names of values that look like an identity and leave the instance, with their
/// locations in the metric.
fn identities<'m>(registry: &Registry, metric: &'m Metric) -> Vec<(&'m str, Part<'m>)> {
    let mut found = Vec::new();
    match &metric.source {
        Source::Events(metric) => {
            for by in &metric.by {
                let EventDimension::Argument(argument) = by else {
                    continue;
                };
                if leaves(argument) && is_identity(&argument.name) {
                    found.push((argument.name.as_str(), Part::Dimension(&argument.name)));
                }
            }
            let measures = metric.measures.iter().filter_map(|measure| match measure {
                EventMeasure::Of(measure) => shown(measure),
                EventMeasure::UniqueUsers | EventMeasure::FirstTimeUsers => None,
            });
            let argument = measures.into_iter().next();
            if let Some(argument) = argument.filter(|argument| is_identity(&argument.name)) {
                found.push((argument.name.as_str(), Part::Value));
            }
        }
        Source::Capture(capture) => {
            for by in &capture.by {
                // Undeclared texts are withheld from the payload.
                let is_withheld = ValueDomain::of_expr(registry, &by.expr) == ValueDomain::Free;
                if let Some(column) = column(registry, &by.expr).filter(|_| !is_withheld) {
                    found.push((column, Part::Dimension(&by.name)));
                }
            }
            let value = capture.measures.iter().find_map(shown);
            if let Some(column) = value.and_then(|value| column(registry, value)) {
                found.push((column, Part::Value));
            }
        }
        Source::Sql(capture) => {
            let columns = capture.columns.iter();
            let columns = columns.filter(|it| it.ty != ValueType::Text && is_identity(&it.name));
            found.extend(columns.map(|it| (it.name.as_str(), Part::Column(&it.name))));
        }
        Source::Value(value) => {
            if value.kind == ValueKind::Date && is_identity(&metric.code) {
                found.push((metric.code.as_str(), Part::Value));
            }
        }
        Source::Funnel(_) => {}
    }
    found
}

/// Returns the value of a measure whose result can reveal single values: a sum, a minimum, a
/// percentile.
fn shown<V>(measure: &Measure<V>) -> Option<&V> {
    match measure {
        Measure::Count | Measure::Distinct(_) | Measure::Histogram { .. } => None,
        Measure::Sum(value)
        | Measure::Stats(value)
        | Measure::Percentiles { value, .. }
        | Measure::Value(value) => Some(value),
    }
}

/// Returns whether the values of an argument leave the instance unchanged. Enum values are
/// declared, versions are three numbers, and texts are withheld.
fn leaves(argument: &EventArgument) -> bool {
    !matches!(
        argument.ty,
        ArgumentType::Enum(_)
            | ArgumentType::List(_)
            | ArgumentType::Version
            | ArgumentType::String
    )
}

/// Returns the column that the value of an expression reveals, if the column looks like an
/// identity.
fn column<'e>(registry: &Registry, expr: &'e Expr) -> Option<&'e str> {
    match &expr.kind {
        ExprKind::Column { table, column, .. } => {
            let ty = registry.table(*table).column(column).map(|it| &it.ty);
            let is_declared = matches!(ty, Some(ColumnType::Enum(_)));
            (!is_declared && is_identity(column)).then_some(column.as_str())
        }
        ExprKind::Length(_)
        | ExprKind::Version(_)
        | ExprKind::IsNull { .. }
        | ExprKind::Exists { .. }
        | ExprKind::Aggregate(Aggregate::Count(_) | Aggregate::CountDistinct(_)) => None,
        ExprKind::Case {
            branches,
            otherwise,
            ..
        } => {
            let mut results = branches
                .iter()
                .map(|(_, then)| then)
                .chain(otherwise.as_deref());
            results.find_map(|result| column(registry, result))
        }
        _ => expr
            .parts()
            .into_iter()
            .find_map(|part| column(registry, part)),
    }
}

fn is_identity(name: &str) -> bool {
    let snake = ident::snake_name(name).unwrap_or_default();
    let words: Vec<&str> = snake.split('_').filter(|word| !word.is_empty()).collect();
    if words.last().is_some_and(|last| ABOUT.contains(last)) {
        return false;
    }
    let is_person = match words.as_slice() {
        [.., person, "id" | "name"] | [person] => PEOPLE.contains(person),
        _ => false,
    };
    is_person || words.iter().any(|word| PRIVATE.contains(word))
}

#[cfg(test)]
mod tests {
    use super::is_identity;

    #[test]
    fn names_of_people_are_known_and_names_about_them_are_not() {
        for name in [
            "user_id",
            "userId",
            "user",
            "authorId",
            "email",
            "eMail",
            "workPhone",
            "ip",
            "ip_address",
            "salary",
            "last_name",
            "api_token",
            "home_address",
        ] {
            assert!(is_identity(name), "{name}");
        }
        for name in [
            "id",
            "order_id",
            "users",
            "user_count",
            "tokens",
            "token_count",
            "email_verified",
            "shipped",
            "zip",
            "name",
            "amount",
        ] {
            assert!(!is_identity(name), "{name}");
        }
    }
}
