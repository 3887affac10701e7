//! Event arguments, read as their declared types.
//!
//! Clients may log arbitrary values. A value of the wrong type therefore reads as NULL and does not
//! fail the query, and a value that an enum does not declare never becomes the name of a group. The
//! README lists the remaining cases in which a query fails.

use pings_model::{ArgumentType, Buckets, Condition, EventArgument, Filter, Scalar};

use crate::EventLog;
use crate::dialect::Dialect;
use crate::dialect::json::{LARGEST_NUMBER, Member};
use crate::dialect::quote;
use crate::expr::matches;
use crate::fold;
use crate::layout::{Block, case_of, chain, list, parenthesised};
use crate::lists;
use crate::members::{innermost, members, of_first_key};
use crate::version;

/// The largest whole number up to which JSON represents all whole numbers exactly: 2^53 - 1.
const LARGEST_INTEGER: &str = "9007199254740991";

/// Returns the literal for the group of undeclared values.
fn other_group() -> String {
    quote::text(fold::OTHER)
}

/// Returns the value as its declared type, or NULL if it has another type.
pub fn typed(argument: &EventArgument, object: &str, log: EventLog) -> Block {
    of_first_key(argument, object, log, |member| match &argument.ty {
        ArgumentType::String => case_when(vec![(member.is_text(), member.value())]),
        ArgumentType::Enum(values) => case_of("CASE".into(), vec![declared(member, values)]),
        ArgumentType::Boolean => case_when(vec![(member.is_boolean(), member.boolean_word())]),
        ArgumentType::Version => version(member),
        // No metric reads an object, or a list as a single value.
        ArgumentType::Object(_) | ArgumentType::List(_) => "NULL".into(),
        ArgumentType::Integer => integer(member).typed(),
        ArgumentType::Number => number(member).typed(),
    })
}

/// Returns the value as a group: a declared text, `@other`, or NULL if the value is missing.
pub fn dimension(argument: &EventArgument, object: &str, log: EventLog) -> Block {
    of_first_key(argument, object, log, |member| {
        let other = (member.is_there(), other_group());
        match &argument.ty {
            ArgumentType::Enum(values) => {
                case_of("CASE".into(), vec![declared(member, values), branch(other)])
            }
            ArgumentType::String => case_when(vec![(member.is_text(), member.value()), other]),
            ArgumentType::Boolean => {
                case_when(vec![(member.is_boolean(), member.boolean_word()), other])
            }
            ArgumentType::Version => Block::from("coalesce(")
                .within(version(member).then(","))
                .within(case_when(vec![other]))
                .below(")"),
            ArgumentType::Object(_) | ArgumentType::List(_) => "NULL".into(),
            ArgumentType::Integer => integer(member).text(),
            ArgumentType::Number => number(member).text(),
        }
    })
}

/// Returns the value as a number with all its digits, as `@other`, or NULL if the value is missing.
/// The column is a text in PostgreSQL, where each column has a type, and a number or a text in
/// SQLite.
pub fn exact(argument: &EventArgument, object: &str, log: EventLog) -> Block {
    of_first_key(argument, object, log, |member| match &argument.ty {
        ArgumentType::Number => {
            let number = number(member);
            let text = match log.dialect {
                Dialect::Postgres => format!("{}::text", number.value),
                Dialect::Sqlite => number.value.clone(),
            };
            Numeric { text, ..number }.text()
        }
        _ => integer(member).text(),
    })
}

/// Returns the range that contains a number. `group` is the number as [`exact`] returns it.
pub fn range(group: &str, buckets: &Buckets, dialect: Dialect) -> Block {
    let number = match (dialect, buckets) {
        (Dialect::Postgres, Buckets::Whole(_)) => format!("{group}::bigint"),
        (Dialect::Postgres, Buckets::Real(_)) => format!("{group}::double precision"),
        (Dialect::Sqlite, Buckets::Whole(_)) => format!("CAST({group} AS INTEGER)"),
        (Dialect::Sqlite, Buckets::Real(_)) => format!("CAST({group} AS REAL)"),
    };
    let other = (format!("{group} = {}", other_group()), group.to_owned());
    let bounds = buckets.bounds().into_iter();
    let conditions = bounds.map(|bound| format!("{number} < {bound}"));
    let ranges = conditions
        .chain([format!("{group} IS NOT NULL")])
        .zip(buckets.labels())
        .map(|(condition, label)| (condition, quote::text(&label)));
    let branches = std::iter::once(other).chain(ranges).map(branch).collect();
    case_of("CASE".into(), branches)
}

/// Returns the version in a text with three numbers, or NULL for any other value.
fn version(member: Member<'_>) -> Block {
    Block::from("CASE")
        .within(
            Block::from(format!("WHEN {} THEN ", member.is_text()))
                .then(version::reduced(&member.value(), member.dialect)),
        )
        .below("END")
}

/// Returns the branch for the texts that an enum declares.
fn declared(member: Member<'_>, values: &[String]) -> Block {
    let values = values.iter().map(|value| quote::text(value).into());
    let is_declared = list(&format!("{} IN (", member.value()), values.collect(), ")");
    let conditions = vec![is_declared, member.is_text().into()];
    when(chain("AND", conditions), member.value())
}

/// Returns the conditions of a filter, all of which must be true.
pub fn filter(filter: &Filter, object: &str, log: EventLog) -> Vec<Block> {
    let argument = &filter.argument;
    match &filter.condition {
        Condition::OneOf(values) => one_of(argument, values, object, log),
        Condition::NoneOf(values) => {
            let accepted = chain("AND", one_of(argument, values, object, log));
            vec![parenthesised(accepted).then(" IS NOT TRUE")]
        }
        Condition::Like(pattern) => {
            let text = typed(argument, object, log);
            vec![text.then(format!(" {}", matches(pattern, log.dialect)))]
        }
        Condition::Within { min, max } => {
            let number = typed(argument, object, log);
            let bound = |value: &Option<Scalar>| value.as_ref().and_then(scalar);
            match (bound(min), bound(max)) {
                (Some(min), Some(max)) => {
                    vec![number.then(" BETWEEN ").then(min).then(" AND ").then(max)]
                }
                (Some(min), None) => vec![number.then(" >= ").then(min)],
                (None, Some(max)) => vec![number.then(" <= ").then(max)],
                (None, None) => vec![number.then(" IS NOT NULL")],
            }
        }
    }
}

/// Returns the conditions that an argument has one of these values.
fn one_of(
    argument: &EventArgument,
    accepted: &[Scalar],
    object: &str,
    log: EventLog,
) -> Vec<Block> {
    let whole = object;
    let object = &innermost(argument, whole, log.dialect);
    let values: Vec<Block> = accepted.iter().filter_map(scalar).collect();
    let mut equal = Vec::new();
    if argument.renamed_from.is_empty() {
        let member = members(argument, object, log).next();
        equal.extend(
            member
                .into_iter()
                .flat_map(|it| is_one_of(argument, it, values.clone(), log)),
        );
    } else if !values.is_empty() {
        equal.push(of_first_key(argument, whole, log, |member| {
            chain("AND", is_one_of(argument, member, values.clone(), log))
        }));
    }
    if !accepted.contains(&Scalar::Missing) {
        return equal;
    }
    let missing = members(argument, object, log)
        .map(|member| format!("{} IS NULL", member.value()).into())
        .collect();
    let missing = chain("AND", missing);
    match equal.len() {
        0 => vec![missing],
        1 => vec![parenthesised(chain(
            "OR",
            vec![missing, chain("AND", equal)],
        ))],
        _ => {
            let equal = parenthesised(chain("AND", equal));
            vec![parenthesised(chain("OR", vec![missing, equal]))]
        }
    }
}

/// Returns conditions that check that the value, read as its type, is one of `values`. Returns no
/// conditions if `values` is empty.
fn is_one_of(
    argument: &EventArgument,
    member: Member<'_>,
    values: Vec<Block>,
    log: EventLog,
) -> Vec<Block> {
    if values.is_empty() {
        return Vec::new();
    }
    match &argument.ty {
        ArgumentType::String | ArgumentType::Enum(_) => {
            vec![
                equals(member.value().into(), values),
                member.is_text().into(),
            ]
        }
        ArgumentType::Boolean => vec![equals(member.written().into(), values)],
        ArgumentType::Version => vec![equals(version(member), values)],
        ArgumentType::Object(_) => Vec::new(),
        ArgumentType::List(_) => vec![lists::contains(member, values, log)],
        ArgumentType::Integer => vec![equals(integer(member).typed(), values)],
        ArgumentType::Number => vec![equals(number(member).typed(), values)],
    }
}

/// `x = a`, or `x IN (a, b)`
fn equals(subject: Block, mut values: Vec<Block>) -> Block {
    match values.len() {
        1 => subject.then(" = ").then(values.remove(0)),
        _ => subject.then(list(" IN (", values, ")")),
    }
}

/// Returns the value of a filter as SQL for a comparison, or `None` for a missing value.
fn scalar(value: &Scalar) -> Option<Block> {
    let sql = match value {
        Scalar::Missing => return None,
        Scalar::Text(text) => quote::text(text),
        Scalar::Integer(number) => number.to_string(),
        // Debug writes the shortest digits that parse to the same number.
        Scalar::Number(number) => format!("{number:?}"),
        Scalar::Boolean(value) => quote::text(if *value { "true" } else { "false" }),
    };
    Some(sql.into())
}

/// The SQL parts for a numeric type.
struct Numeric<'a> {
    member: Member<'a>,
    /// The condition that a number must meet to have this type.
    fits: Block,
    /// The number as a value of this type.
    value: String,
    /// The number as text, in a format that is identical in both databases.
    text: String,
}

/// Accepts only whole numbers that JSON represents exactly. `2.0` is a whole number.
fn integer(member: Member<'_>) -> Numeric<'_> {
    let (number, is_whole, value) = match member.dialect {
        Dialect::Postgres => {
            let number = format!("({})::numeric", member.value());
            // A number that double precision rounds to 0 is 0, as in SQLite.
            let is_whole = format!("round({number}, 300) = trunc({number})");
            let value = format!("{number}::bigint");
            (number, is_whole, value)
        }
        Dialect::Sqlite => {
            let number = member.value();
            let whole = format!("CAST({number} AS INTEGER)");
            let is_whole = format!("{number} = {whole}");
            (number, is_whole, whole)
        }
    };
    let is_exact = format!("{number} BETWEEN -{LARGEST_INTEGER} AND {LARGEST_INTEGER}");
    Numeric {
        fits: chain("AND", vec![is_whole.into(), is_exact.into()]),
        text: match member.dialect {
            Dialect::Postgres => format!("{value}::text"),
            Dialect::Sqlite => format!("CAST({value} AS TEXT)"),
        },
        value,
        member,
    }
}

/// Accepts only numbers for which PostgreSQL can compute sums of squares without an error.
fn number(member: Member<'_>) -> Numeric<'_> {
    let (number, value) = match member.dialect {
        Dialect::Postgres => {
            let number = format!("({})::numeric", member.value());
            // A number that double precision rounds to 0 is 0, not an error.
            let value = format!("round({number}, 300)::double precision");
            (number, value)
        }
        Dialect::Sqlite => {
            let number = format!("CAST({} AS REAL)", member.value());
            (number.clone(), number)
        }
    };
    Numeric {
        fits: format!("abs({number}) <= {LARGEST_NUMBER}").into(),
        // SQLite preserves at most fifteen digits reliably.
        text: match member.dialect {
            Dialect::Postgres => {
                format!("to_char({value}, '9.99999999999999EEEE')::double precision::text")
            }
            Dialect::Sqlite => format!("printf('%.15g', {value})"),
        },
        value,
        member,
    }
}

impl Numeric<'_> {
    fn typed(self) -> Block {
        let inner = case_of("CASE".into(), vec![when(self.fits, self.value)]);
        Block::from("CASE")
            .within(self.member.is_number_then(inner))
            .below("END")
    }

    fn text(self) -> Block {
        let other = format!("ELSE {}", other_group()).into();
        let inner = case_of("CASE".into(), vec![when(self.fits, self.text), other]);
        Block::from("CASE")
            .within(self.member.is_number_then(inner))
            .within(branch((self.member.is_there(), other_group())))
            .below("END")
    }
}

impl Member<'_> {
    /// Only nested CASE expressions guarantee the evaluation order: PostgreSQL may evaluate the
    /// operands of AND in any order, and would fail on values that are not numbers.
    fn is_number_then(&self, inner: Block) -> Block {
        Block::from(format!("WHEN {} THEN", self.is_number())).within(inner)
    }
}

/// `CASE WHEN … THEN … END`
fn case_when(branches: Vec<(String, String)>) -> Block {
    case_of("CASE".into(), branches.into_iter().map(branch).collect())
}

/// Returns a branch of a CASE with conditions that may need several lines.
fn when(conditions: Block, result: String) -> Block {
    let fits_on_one = conditions.is_line();
    let whole = Block::from("WHEN ")
        .then(conditions.hanging())
        .below(format!("THEN {result}"));
    whole.flat().filter(|_| fits_on_one).unwrap_or(whole)
}

fn branch((condition, result): (String, String)) -> Block {
    format!("WHEN {condition} THEN {result}").into()
}
