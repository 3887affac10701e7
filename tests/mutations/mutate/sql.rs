//! Makes mistakes in SQL, such as another comparison, a missing condition or comma, or another
//! column.

use std::collections::BTreeMap;

use pings_registry::Span;

use super::events::{after, other_value};
use super::tokens::{Kind, Token, of_part};
use crate::mutation::Mutation;
use crate::part::{Part, Parts};

/// Confusable words and symbols: the operator, the original, and the replacement.
const TAKEN_FOR: &[(&str, &str, &str)] = &[
    ("change comparison", "<", "<="),
    ("change comparison", "<=", "<"),
    ("change comparison", ">", ">="),
    ("change comparison", ">=", ">"),
    ("change comparison", "=", "<>"),
    ("change comparison", "<>", "="),
    ("negate condition", "IN", "NOT IN"),
    ("negate condition", "LIKE", "NOT LIKE"),
    ("negate condition", "NOT", ""),
    ("negate condition", "IS NULL", "IS NOT NULL"),
    ("negate condition", "EXISTS", "NOT EXISTS"),
    ("and for or", "AND", "OR"),
    ("and for or", "OR", "AND"),
    ("change function", "count", "sum"),
    ("change function", "max", "min"),
    ("change function", "age_days", "seconds_between"),
    ("change unit", "month", "week"),
    ("change operator", "*", "+"),
    ("change operator", "-", "+"),
    ("swap window bounds", ":week_start", ":week_end"),
    ("swap window bounds", ":week_end", ":week_start"),
    ("swap window bounds", ":window_start", ":window_end"),
    ("swap window bounds", ":window_end", ":window_start"),
    ("drop comma", ",", ""),
];

/// Words that delimit a condition.
const BORDERS: &[&str] = &[
    "WHERE", "WHEN", "THEN", "AND", "OR", "GROUP", "ORDER", "LIMIT", "(", ")",
];

pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let columns = columns(parts);
    let mut all = Vec::new();
    for part in parts.scalars() {
        let tokens = of_part(parts, part);
        let statement = Statement {
            parts,
            part,
            tokens: &tokens,
        };
        for at in 0..tokens.len() {
            all.extend(statement.taken_for(at));
            all.extend(statement.shifted(at));
            all.extend(statement.other_column(at, &columns));
            all.extend(statement.other_value(at));
            all.extend(statement.without_condition(at));
            all.extend(statement.without_branch(at));
        }
        if matches!(
            part.field.as_str(),
            "pings.metrics.where" | "pings.metrics.join.on" | "pings.metrics.join.condition"
        ) {
            let inner = parts.inner(part);
            let text = format!("NOT ({})", parts.slice(inner));
            all.push(Mutation::new("negate filter", part).edit(inner, text));
        }
    }
    all
}

/// Returns the columns of each table.
fn columns<'t>(parts: &Parts<'t>) -> BTreeMap<&'t str, Vec<&'t str>> {
    let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for column in parts.all.iter().filter(|part| part.field == "tables.*.*") {
        let table = parts.parent(column).and_then(|table| table.key);
        if let (Some(table), Some(column)) = (table, column.key) {
            let columns = tables.entry(parts.slice(table)).or_default();
            columns.push(parts.slice(column));
        }
    }
    tables
}

struct Statement<'a, 't> {
    parts: &'a Parts<'t>,
    part: &'a Part,
    tokens: &'a [Token],
}

impl<'t> Statement<'_, 't> {
    fn text(&self, at: usize) -> &'t str {
        let token = self.tokens.get(at);
        token.map_or("", |token| self.parts.slice(token.span))
    }

    fn is(&self, at: usize, word: &str) -> bool {
        let is_text = self
            .tokens
            .get(at)
            .is_some_and(|it| it.kind == Kind::String);
        !is_text && self.text(at).eq_ignore_ascii_case(word)
    }

    fn mutation(&self, operator: &str, span: Span, text: impl Into<String>) -> Mutation {
        Mutation::new(operator, self.part).edit(span, text)
    }

    fn taken_for(&self, at: usize) -> Vec<Mutation> {
        let taken = TAKEN_FOR.iter().filter_map(|(operator, from, to)| {
            let words: Vec<&str> = from.split(' ').collect();
            let last = at + words.len() - 1;
            let is_here = words.iter().zip(at..).all(|(word, at)| self.is(at, word));
            // The `AND` of `BETWEEN a AND b` is not a conjunction.
            let is_between = self.is(at, "AND") && at >= 2 && self.is(at - 2, "BETWEEN");
            let span = Span {
                start: self.tokens[at].span.start,
                end: self.tokens.get(last)?.span.end,
            };
            (is_here && !is_between).then(|| self.mutation(operator, span, *to))
        });
        taken.collect()
    }

    /// Increments a number.
    fn shifted(&self, at: usize) -> Option<Mutation> {
        let token = self.tokens[at];
        let number: u64 = self.text(at).parse().ok()?;
        let is_number = token.kind == Kind::Number;
        is_number.then(|| self.mutation("shift number", token.span, (number + 1).to_string()))
    }

    /// Replaces a column with another column of the same table.
    fn other_column(&self, at: usize, tables: &BTreeMap<&str, Vec<&str>>) -> Option<Mutation> {
        let columns = tables.get(self.text(at.checked_sub(2)?))?;
        let is_column = self.is(at - 1, ".") && columns.contains(&self.text(at));
        let other = after(columns, self.text(at));
        is_column.then(|| self.mutation("swap column", self.tokens[at].span, other))
    }

    /// Replaces a value with another value of the same enum.
    fn other_value(&self, at: usize) -> Option<Mutation> {
        let token = self.tokens[at];
        let is_text = token.kind == Kind::String;
        let other =
            other_value(self.parts, "tables.*.*.enum", self.text(at)).filter(|_| is_text)?;
        Some(self.mutation("swap value", token.span, other))
    }

    /// Removes an `AND` together with the condition before it or after it.
    fn without_condition(&self, at: usize) -> Vec<Mutation> {
        if !self.is(at, "AND") || at == 0 {
            return Vec::new();
        }
        let is_border = |at: &usize| BORDERS.iter().any(|border| self.is(*at, border));
        let count = self.tokens.len();
        let before = (0..at).rev().find(is_border).map_or(0, |border| border + 1);
        let behind = (at + 1..count).find(is_border).unwrap_or(count) - 1;
        let span = |first: usize, last: usize| Span {
            start: self.tokens[first].span.start,
            end: self.tokens[last].span.end,
        };
        vec![
            self.mutation("drop condition", span(before, at), ""),
            self.mutation("drop condition", span(at, behind), ""),
        ]
    }

    /// Removes a branch of a `CASE`.
    fn without_branch(&self, at: usize) -> Option<Mutation> {
        if !self.is(at, "WHEN") && !self.is(at, "ELSE") {
            return None;
        }
        let ends = |at: &usize| {
            ["WHEN", "ELSE", "END"]
                .iter()
                .any(|word| self.is(*at, word))
        };
        let next = (at + 1..self.tokens.len()).find(ends)?;
        let span = Span {
            start: self.tokens[at].span.start,
            end: self.tokens[next].span.start,
        };
        Some(self.mutation("drop branch", span, ""))
    }
}
