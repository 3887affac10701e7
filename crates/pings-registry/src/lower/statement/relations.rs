//! Relations of the server itself, whose views show settings, files and other sessions to a role
//! with the rights.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{Ident, Query, Spanned, TableFactor, Visit, Visitor};
use sqlparser::tokenizer::Span;

/// The schemas of the server. The names of all other such schemas begin with [`PREFIX`].
const SCHEMAS: [&str; 2] = ["information_schema", "pg_catalog"];

/// The start of all names that PostgreSQL reserves for itself.
const PREFIX: &str = "pg_";

/// Returns whether a dotted name can be a relation of the server, or a column of such a relation,
/// unless the registry declares the table.
pub(super) fn is_of_server(parts: &[String], declared: &BTreeSet<&str>) -> bool {
    let Some((_, qualifiers)) = parts.split_last() else {
        return false;
    };
    let is_reserved =
        parts[0].starts_with(PREFIX) || qualifiers.iter().any(|it| SCHEMAS.contains(&it.as_str()));
    is_reserved && !is_declared(parts, declared)
}

/// Returns whether the name, or a name at its start, is a declared table.
fn is_declared(parts: &[String], declared: &BTreeSet<&str>) -> bool {
    (1..=parts.len()).any(|count| declared.contains(parts[..count].join(".").as_str()))
}

/// Returns a table of the server that a query for PostgreSQL names in `FROM`, in any schema: an
/// extension may add its views to the schema of the product.
pub(super) fn found(query: &Query, declared: &BTreeSet<&str>) -> Option<(Span, String)> {
    query.visit(&mut Finder(declared)).break_value()
}

struct Finder<'a>(&'a BTreeSet<&'a str>);

impl Visitor for Finder<'_> {
    type Break = (Span, String);

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Self::Break> {
        // A function has arguments.
        let TableFactor::Table {
            name, args: None, ..
        } = factor
        else {
            return ControlFlow::Continue(());
        };
        let parts = name.0.iter().filter_map(|part| part.as_ident());
        let parts: Vec<String> = parts.map(read).collect();
        let is_reserved = is_of_server(&parts, self.0)
            || parts.last().is_some_and(|it| it.starts_with(PREFIX))
                && !is_declared(&parts, self.0);
        match is_reserved {
            true => ControlFlow::Break((name.span(), parts.join("."))),
            false => ControlFlow::Continue(()),
        }
    }
}

/// Returns a name as PostgreSQL reads it.
fn read(ident: &Ident) -> String {
    match ident.quote_style {
        Some(_) => ident.value.clone(),
        None => ident.value.to_ascii_lowercase(),
    }
}
