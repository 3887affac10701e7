//! Expressions as SQL that reads the same wherever they mean the same.

use crate::{
    Aggregate, ArithmeticOp, Comparison, Expr, ExprKind, Join, LikePiece, Literal, Registry,
    TableId, TableRef,
};

/// The tables of a capture, each by a name that does not hang on what the capture calls it.
pub(super) struct Tables<'r> {
    tables: Vec<(TableId, &'r str, String)>,
}

impl<'r> Tables<'r> {
    pub(super) fn new(registry: &'r Registry, from: &'r TableRef, joins: &'r [Join]) -> Self {
        let mut tables: Vec<(TableId, &str, String)> = Vec::new();
        for reference in std::iter::once(from).chain(joins.iter().map(|join| &join.table)) {
            let TableRef { table, alias } = reference;
            let declared = registry.table(*table);
            let called = alias.as_deref().unwrap_or_else(|| declared.bare_name());
            let before = tables.iter().filter(|(other, ..)| other == table).count();
            let name = match before {
                0 => declared.name.clone(),
                _ => format!("{}#{}", declared.name, before + 1),
            };
            tables.push((*table, called, name));
        }
        Self { tables }
    }

    pub(super) fn table(&self, reference: &TableRef) -> String {
        let mut same = self
            .tables
            .iter()
            .filter(|(id, ..)| *id == reference.table)
            .peekable();
        let first = same.peek().map_or("", |(.., name)| name.as_str());
        match &reference.alias {
            Some(alias) => same
                .find(|(_, called, _)| called == alias)
                .map_or(first, |(.., name)| name.as_str())
                .to_owned(),
            None => first.to_owned(),
        }
    }

    fn column(&self, table: TableId, qualifier: &str, column: &str) -> String {
        let table = self
            .tables
            .iter()
            .find(|(id, called, _)| *id == table && *called == qualifier)
            .map_or(qualifier, |(.., name)| name.as_str());
        format!("{table}.{}", name(column))
    }

    /// An expression.
    pub(super) fn expr(&self, expr: &Expr) -> String {
        // The type follows from the columns, which are compared by themselves.
        let Expr { kind, ty: _ } = expr;
        match kind {
            ExprKind::Column {
                table,
                qualifier,
                column,
            } => self.column(*table, qualifier, column),
            ExprKind::Literal(it) => literal(it),
            ExprKind::WeekStart => ":week_start".to_owned(),
            ExprKind::WeekEnd => ":week_end".to_owned(),
            ExprKind::Negate(inner) => format!("-{}", self.inner(inner)),
            ExprKind::Arithmetic(op, left, right) => {
                let op = match op {
                    ArithmeticOp::Add => "+",
                    ArithmeticOp::Subtract => "-",
                    ArithmeticOp::Multiply => "*",
                    ArithmeticOp::Divide => "/",
                    ArithmeticOp::Remainder => "%",
                };
                format!("{} {op} {}", self.inner(left), self.inner(right))
            }
            ExprKind::Compare(op, left, right) => self.compare(*op, left, right),
            ExprKind::And(items) => self.any_order(items, " AND "),
            ExprKind::Or(items) => self.any_order(items, " OR "),
            ExprKind::Not(inner) => format!("NOT {}", self.inner(inner)),
            ExprKind::IsNull { expr, negated } => {
                format!("{} IS {}NULL", self.inner(expr), not(*negated))
            }
            ExprKind::In {
                expr,
                list,
                negated,
            } => {
                let mut list: Vec<String> = list.iter().map(|it| self.expr(it)).collect();
                list.sort_unstable();
                list.dedup();
                format!(
                    "{} {}IN ({})",
                    self.inner(expr),
                    not(*negated),
                    list.join(", ")
                )
            }
            ExprKind::Between {
                expr,
                low,
                high,
                negated,
            } => format!(
                "{} {}BETWEEN {} AND {}",
                self.inner(expr),
                not(*negated),
                self.inner(low),
                self.inner(high)
            ),
            ExprKind::Like {
                expr,
                pattern,
                negated,
            } => format!(
                "{} {}LIKE {}",
                self.inner(expr),
                not(*negated),
                like(pattern)
            ),
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => self.case(operand.as_deref(), branches, otherwise.as_deref()),
            ExprKind::Coalesce(items) => format!("coalesce({})", self.list(items)),
            ExprKind::Lower(inner) => format!("lower({})", self.expr(inner)),
            ExprKind::Length(inner) => format!("length({})", self.expr(inner)),
            ExprKind::Concat(items) => {
                let items: Vec<String> = items.iter().map(|it| self.inner(it)).collect();
                items.join(" || ")
            }
            ExprKind::SecondsBetween(from, to) => {
                format!("seconds_between({}, {})", self.expr(from), self.expr(to))
            }
            ExprKind::JsonText(inner, key) => {
                format!("json_text({}, {})", self.expr(inner), text(key))
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate),
        }
    }

    /// An expression inside of another: in parentheses, where it is more than one word.
    fn inner(&self, expr: &Expr) -> String {
        let written = self.expr(expr);
        let stands_alone = match &expr.kind {
            ExprKind::Column { .. }
            | ExprKind::Literal(_)
            | ExprKind::WeekStart
            | ExprKind::WeekEnd
            | ExprKind::Case { .. }
            | ExprKind::Coalesce(_)
            | ExprKind::Lower(_)
            | ExprKind::Length(_)
            | ExprKind::SecondsBetween(..)
            | ExprKind::JsonText(..)
            | ExprKind::Aggregate(_) => true,
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
            | ExprKind::Concat(_) => false,
        };
        if stands_alone {
            written
        } else {
            format!("({written})")
        }
    }

    /// `a > b` is `b < a`, and the sides of `=` may stand either way.
    fn compare(&self, op: Comparison, left: &Expr, right: &Expr) -> String {
        let (left, right) = (self.inner(left), self.inner(right));
        // A column stands before what it is compared with, as people write it.
        let turned = is_word(&right).cmp(&is_word(&left)).then(left.cmp(&right)).is_gt();
        let (op, left, right) = if turned {
            let op = match op {
                Comparison::Less => Comparison::Greater,
                Comparison::LessOrEqual => Comparison::GreaterOrEqual,
                Comparison::Greater => Comparison::Less,
                Comparison::GreaterOrEqual => Comparison::LessOrEqual,
                same @ (Comparison::Equal | Comparison::NotEqual) => same,
            };
            (op, right, left)
        } else {
            (op, left, right)
        };
        let op = match op {
            Comparison::Equal => "=",
            Comparison::NotEqual => "<>",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        };
        format!("{left} {op} {right}")
    }

    fn any_order(&self, items: &[Expr], between: &str) -> String {
        let mut items: Vec<String> = items.iter().map(|it| self.inner(it)).collect();
        items.sort_unstable();
        items.join(between)
    }

    fn case(
        &self,
        operand: Option<&Expr>,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
    ) -> String {
        let mut written = "CASE".to_owned();
        if let Some(operand) = operand {
            written += &format!(" {}", self.inner(operand));
        }
        for (when, then) in branches {
            written += &format!(" WHEN {} THEN {}", self.inner(when), self.inner(then));
        }
        if let Some(otherwise) = otherwise {
            written += &format!(" ELSE {}", self.inner(otherwise));
        }
        written + " END"
    }

    fn list(&self, items: &[Expr]) -> String {
        let items: Vec<String> = items.iter().map(|it| self.expr(it)).collect();
        items.join(", ")
    }

    fn aggregate(&self, aggregate: &Aggregate) -> String {
        match aggregate {
            Aggregate::CountRows => "count(*)".to_owned(),
            Aggregate::Count(of) => format!("count({})", self.expr(of)),
            Aggregate::CountDistinct(of) => format!("count(DISTINCT {})", self.expr(of)),
            Aggregate::Sum(of) => format!("sum({})", self.expr(of)),
            Aggregate::Avg(of) => format!("avg({})", self.expr(of)),
            Aggregate::Min(of) => format!("min({})", self.expr(of)),
            Aggregate::Max(of) => format!("max({})", self.expr(of)),
        }
    }
}

/// Whether an operand begins as a column does, rather than as a literal.
fn is_word(operand: &str) -> bool {
    operand.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Boolean(true) => "TRUE".to_owned(),
        Literal::Boolean(false) => "FALSE".to_owned(),
        Literal::Integer(number) => number.to_string(),
        Literal::Number(number) => number.clone(),
        Literal::Text(it) => text(it),
        Literal::Timestamp(time) => format!("TIMESTAMP {}", text(time)),
    }
}

fn like(pattern: &[LikePiece]) -> String {
    let pattern = pattern.iter().map(|piece| match piece {
        LikePiece::AnyText => "%".to_owned(),
        LikePiece::AnyCharacter => "_".to_owned(),
        LikePiece::Text(text) => text
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_"),
    });
    text(&pattern.collect::<String>())
}

/// A text in quotes.
pub(super) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name, in quotes where it could be taken for something else.
pub(super) fn name(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/');
    if !name.is_empty() && name.chars().all(is_plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}
