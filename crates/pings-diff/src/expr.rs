//! Expressions as text: as they are written in the registry, and normalized for comparison.

use std::collections::HashMap;

use pings_model::{
    Aggregate, ArithmeticOp, Capture, Comparison, Expr, ExprKind, LikePiece, Literal, Registry,
    TableRef,
};

/// Renders the expressions of a capture.
pub(crate) struct Reader<'a> {
    registry: &'a Registry,
    /// For each table name or alias of the capture, its position in `from` and `join`.
    places: HashMap<&'a str, usize>,
}

/// The purpose of a rendered text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    People,
    Meaning,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(registry: &'a Registry, capture: &'a Capture) -> Self {
        let joined = capture.joins.iter().map(|join| &join.table);
        let tables = std::iter::once(&capture.from).chain(joined);
        let mut reader = Self {
            registry,
            places: HashMap::new(),
        };
        reader.places = tables.map(|table| reader.called(table)).zip(0..).collect();
        reader
    }

    /// Returns the name by which expressions refer to a table.
    fn called<'t>(&self, table: &'t TableRef) -> &'t str
    where
        'a: 't,
    {
        match &table.alias {
            Some(alias) => alias,
            None => self.registry.table(table.table).bare_name(),
        }
    }

    /// Returns the expression as people write it.
    pub(crate) fn text(&self, expr: &Expr) -> String {
        self.write(expr, For::People)
    }

    /// Returns a text that is equal for expressions with the same meaning: tables are named by
    /// their position, and operands whose order does not matter are sorted.
    pub(crate) fn meaning(&self, expr: &Expr) -> String {
        self.write(expr, For::Meaning)
    }

    fn write(&self, expr: &Expr, purpose: For) -> String {
        let Expr { kind, ty: _ } = expr;
        let write = |expr: &Expr| self.write(expr, purpose);
        let inner = |expr: &Expr| self.operand(expr, purpose);
        let not = |negated: bool| if negated { "NOT " } else { "" };
        match kind {
            ExprKind::Column {
                table,
                qualifier,
                column,
            } => match (purpose, self.places.get(qualifier.as_str())) {
                (For::Meaning, Some(place)) => {
                    format!("#{place} {}.{column}", self.registry.table(*table).name)
                }
                _ => format!("{qualifier}.{column}"),
            },
            ExprKind::Literal(value) => literal(value),
            ExprKind::WeekStart => ":week_start".to_owned(),
            ExprKind::WeekEnd => ":week_end".to_owned(),
            ExprKind::Now => ":now".to_owned(),
            ExprKind::Negate(expr) => format!("-{}", inner(expr)),
            ExprKind::Arithmetic(operator, left, right) => {
                format!("{} {} {}", inner(left), arithmetic(*operator), inner(right))
            }
            ExprKind::Compare(operator, left, right) => {
                let (mut left, mut right, mut operator) = (inner(left), inner(right), *operator);
                let is_turned =
                    matches!(operator, Comparison::Greater | Comparison::GreaterOrEqual)
                        || matches!(operator, Comparison::Equal | Comparison::NotEqual)
                            && right < left;
                if purpose == For::Meaning && is_turned {
                    std::mem::swap(&mut left, &mut right);
                    operator = turned(operator);
                }
                format!("{left} {} {right}", comparison(operator))
            }
            ExprKind::And(items) => self.any_order(items, " AND ", purpose),
            ExprKind::Or(items) => self.any_order(items, " OR ", purpose),
            ExprKind::Not(expr) => format!("NOT {}", inner(expr)),
            ExprKind::IsNull { expr, negated } => {
                format!("{} IS {}NULL", inner(expr), not(*negated))
            }
            ExprKind::In {
                expr,
                list,
                negated,
            } => {
                let mut list: Vec<String> = list.iter().map(write).collect();
                if purpose == For::Meaning {
                    list.sort_unstable();
                    list.dedup();
                }
                format!("{} {}IN ({})", inner(expr), not(*negated), list.join(", "))
            }
            ExprKind::Between {
                expr,
                low,
                high,
                negated,
            } => format!(
                "{} {}BETWEEN {} AND {}",
                inner(expr),
                not(*negated),
                inner(low),
                inner(high)
            ),
            ExprKind::Like {
                expr,
                pattern,
                negated,
            } => format!(
                "{} {}LIKE {}",
                inner(expr),
                not(*negated),
                quoted(&like(pattern))
            ),
            ExprKind::Exists {
                table,
                name,
                on,
                negated,
            } => {
                let called = self.called(table);
                let places = self.places.iter().map(|(name, place)| (*name, *place));
                let within = Reader {
                    registry: self.registry,
                    places: places.chain([(called, self.places.len())]).collect(),
                };
                let alias = match (&table.alias, purpose) {
                    (Some(alias), For::People) => format!(" AS {alias}"),
                    _ => String::new(),
                };
                let on = within.write(on, purpose);
                format!("{}EXISTS ({name}{alias} ON {on})", not(*negated))
            }
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => {
                let mut text = "CASE".to_owned();
                if let Some(operand) = operand {
                    text.push_str(&format!(" {}", write(operand)));
                }
                for (when, then) in branches {
                    text.push_str(&format!(" WHEN {} THEN {}", write(when), write(then)));
                }
                if let Some(otherwise) = otherwise {
                    text.push_str(&format!(" ELSE {}", write(otherwise)));
                }
                text + " END"
            }
            ExprKind::Coalesce(items) => self.call("coalesce", items, purpose),
            ExprKind::Lower(expr) => format!("lower({})", write(expr)),
            ExprKind::Version(column) => write(column),
            ExprKind::Length(expr) => format!("length({})", write(expr)),
            ExprKind::Concat(items) => {
                let items: Vec<String> = items.iter().map(inner).collect();
                items.join(" || ")
            }
            ExprKind::SecondsBetween(from, to) => {
                format!("seconds_between({}, {})", write(from), write(to))
            }
            ExprKind::AgeDays(from, to) => format!("age_days({}, {})", write(from), write(to)),
            ExprKind::Trunc(unit, expr) => format!("trunc({}, {})", unit.as_str(), write(expr)),
            // The text of a date is not written in the registry.
            ExprKind::DateText(expr) => write(expr),
            ExprKind::Round(expr, decimals) => format!("round({}, {decimals})", write(expr)),
            ExprKind::JsonNumber(expr, key) => {
                format!("json_number({}, {})", write(expr), quoted(key))
            }
            ExprKind::JsonText(expr, key) => format!("json_text({}, {})", write(expr), quoted(key)),
            ExprKind::Aggregate(aggregate) => match aggregate {
                Aggregate::CountRows => "count(*)".to_owned(),
                Aggregate::Count(expr) => format!("count({})", write(expr)),
                Aggregate::CountDistinct(expr) => format!("count(DISTINCT {})", write(expr)),
                Aggregate::Sum(expr) => format!("sum({})", write(expr)),
                Aggregate::Avg(expr) => format!("avg({})", write(expr)),
                Aggregate::Min(expr) => format!("min({})", write(expr)),
                Aggregate::Max(expr) => format!("max({})", write(expr)),
            },
        }
    }

    /// Renders the expression as an operand, parenthesized if it consists of several parts.
    fn operand(&self, expr: &Expr, purpose: For) -> String {
        let text = self.write(expr, purpose);
        match expr.kind {
            ExprKind::Negate(_)
            | ExprKind::Arithmetic(..)
            | ExprKind::Compare(..)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::IsNull { .. }
            | ExprKind::In { .. }
            | ExprKind::Between { .. }
            | ExprKind::Like { .. }
            | ExprKind::Concat(_) => format!("({text})"),
            _ => text,
        }
    }

    fn any_order(&self, items: &[Expr], word: &str, purpose: For) -> String {
        let item = |expr: &Expr| match (purpose, &expr.kind) {
            (For::Meaning, _) | (_, ExprKind::And(_) | ExprKind::Or(_)) => {
                self.operand(expr, purpose)
            }
            _ => self.write(expr, purpose),
        };
        let mut items: Vec<String> = items.iter().map(item).collect();
        if purpose == For::Meaning {
            items.sort_unstable();
            items.dedup();
        }
        items.join(word)
    }

    fn call(&self, name: &str, items: &[Expr], purpose: For) -> String {
        let items: Vec<String> = items.iter().map(|it| self.write(it, purpose)).collect();
        format!("{name}({})", items.join(", "))
    }
}

fn literal(value: &Literal) -> String {
    match value {
        Literal::Null => "NULL".to_owned(),
        Literal::Boolean(true) => "TRUE".to_owned(),
        Literal::Boolean(false) => "FALSE".to_owned(),
        Literal::Integer(number) => number.to_string(),
        Literal::Number(number) => number.clone(),
        Literal::Text(text) | Literal::Timestamp(text) => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn like(pattern: &[LikePiece]) -> String {
    pattern.iter().map(LikePiece::written).collect()
}

fn arithmetic(operator: ArithmeticOp) -> &'static str {
    match operator {
        ArithmeticOp::Add => "+",
        ArithmeticOp::Subtract => "-",
        ArithmeticOp::Multiply => "*",
        ArithmeticOp::Divide => "/",
        ArithmeticOp::Remainder => "%",
    }
}

fn comparison(operator: Comparison) -> &'static str {
    match operator {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

/// Returns the comparison for swapped operands.
fn turned(operator: Comparison) -> Comparison {
    match operator {
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Equal | Comparison::NotEqual => operator,
    }
}
