//! Captures in hand-written SQL: one read-only statement with declared columns.

mod calls;
mod columns;
mod database;
mod from;
pub mod pure;
mod relations;
mod selected;
mod syntax;
mod tokens;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use pings_model::{Aggregation, MAIN_DATABASE, SqlCapture, SqlColumn, SqlPiece, SqlText};
use sqlparser::ast::{self, Query, SetExpr, Spanned, Statement, Visit, Visitor};
use sqlparser::dialect::{Dialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{self, Token, TokenWithSpan};

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::bounds;
use crate::lower::names::{Names, Owner};
use crate::lower::sql::pieces;
use crate::lower::written::{Written, keyword};
use crate::nearest::with_suggestion;
use crate::syntax::RawMetric;
use crate::tree::Node;
use calls::Declared;
use columns::columns;
use database::Database;
use selected::selected;

pub(super) fn capture(
    raw: &RawMetric,
    node: &Node<'_>,
    owner: Owner,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<SqlCapture> {
    for key in [
        "of",
        "all_of",
        "identity",
        "source",
        "actor",
        "from",
        "join",
        "where",
        "measure",
        "value",
        "per",
        "at",
        "buckets",
        "bucket",
        "min_group",
    ] {
        let help = "hand-written SQL replaces this key: remove the key, or `sql`";
        cx.misplaced(node, key, "cannot be combined with `sql`", help);
    }
    let sql = node.get("sql")?;
    let columns = columns(raw, node, cx);
    let product = product_database(raw, node, names, cx);
    let asked = Asked {
        owner,
        columns: columns.as_deref(),
        functions: &names.functions,
        tables: names.tables.iter().map(|it| it.name.as_str()).collect(),
    };
    let [postgres, sqlite] = [
        ("postgres", Database::Postgres),
        ("sqlite", Database::Sqlite),
    ]
    .map(|(key, database)| Some(text(sql.get(key)?, database, &asked, cx)));
    if postgres.is_none() && sqlite.is_none() {
        cx.error(
            Rule::MissingKey,
            sql.head(),
            "`sql` has no statement",
            "write the statement for `postgres`, for `sqlite`, or for both",
        );
        return None;
    }
    // A database without a statement is fine; an invalid statement is not.
    Some(SqlCapture {
        postgres: valid(postgres)?,
        sqlite: valid(sqlite)?,
        columns: columns?,
        database: product?,
    })
}

/// Returns the database of the product that the statements read.
fn product_database(
    raw: &RawMetric,
    node: &Node<'_>,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Option<String>> {
    let (Some(name), Some(place)) = (&raw.database, node.get("database")) else {
        return Some(None);
    };
    if name == MAIN_DATABASE {
        return Some(None);
    }
    let known = names.databases.as_ref();
    if known.is_none_or(|known| known.contains(&name.as_str())) {
        return Some(Some(name.clone()));
    }
    let message = format!("there is no database `{name}`");
    let unknown = Diagnostic::new(Rule::UnknownTable, place.span, message);
    let known = known.into_iter().flatten().copied();
    let unknown = with_suggestion(unknown, name, "the databases are", known);
    cx.report(unknown.help("declare it under `databases`, with its tables or an empty list"));
    None
}

/// Returns `None` if a statement exists and is invalid.
fn valid(text: Option<Option<SqlText>>) -> Option<Option<SqlText>> {
    match text {
        Some(text) => text.map(Some),
        None => Some(None),
    }
}

/// The requirements for a statement.
struct Asked<'a> {
    owner: Owner,
    /// The columns that the statement must select.
    columns: Option<&'a [SqlColumn]>,
    /// The listed functions that the statement may call in addition to the built-in pure functions.
    functions: &'a BTreeSet<&'a str>,
    /// The declared tables.
    tables: BTreeSet<&'a str>,
}

/// Returns the statement if it is read-only and selects the declared columns.
fn text(
    node: &Node<'_>,
    database: Database,
    asked: &Asked<'_>,
    cx: &mut Context<'_>,
) -> Option<SqlText> {
    let written = Written {
        source: cx.text,
        node,
        text: node.text()?,
    };
    let check = || checked(&written, database, asked);
    match bounds::with_stack(written.text, check) {
        Ok((pieces, called)) => {
            cx.called.extend(called.into_iter().map(str::to_owned));
            Some(SqlText(pieces))
        }
        Err(diagnostic) => {
            cx.report(diagnostic);
            None
        }
    }
}

/// Returns the pieces of the statement and the listed functions that it calls.
fn checked<'a>(
    written: &Written<'_>,
    database: Database,
    asked: &Asked<'a>,
) -> Result<(Vec<SqlPiece>, BTreeSet<&'a str>), Diagnostic> {
    let dialect: &dyn Dialect = match database {
        Database::Postgres => &PostgreSqlDialect {},
        Database::Sqlite => &SQLiteDialect {},
    };
    let tokens = bounds::tokens(written, dialect)?;
    one_query(written, &tokens)?;
    let (pieces, placeholders) = pieces(written, &tokens);
    for placeholder in placeholders {
        let name = placeholder.name.as_str();
        misplaced_parameter(name, asked.owner.aggregation, &|| {
            placeholder.place(written)
        })?;
    }
    let declared = Declared {
        functions: asked.functions,
        tables: &asked.tables,
    };
    let called = calls::check(written, &tokens, database, declared)?;
    // The bounds are replaced with text literals, which every dialect can parse.
    let sql: String = pieces
        .iter()
        .map(|piece| match piece {
            SqlPiece::Text(text) => text.as_str(),
            SqlPiece::WeekStart => "'week_start'",
            SqlPiece::WeekEnd => "'week_end'",
            SqlPiece::Now => "'now'",
        })
        .collect();
    let plain = pieces.len() == 1;
    let place = |span: tokenizer::Span| {
        if plain {
            written.place(span)
        } else {
            written.node.span
        }
    };
    let syntax_error = |error: &ParserError| {
        let mut diagnostic = written.syntax_error(error);
        if !plain {
            diagnostic.span = written.node.span;
        }
        diagnostic.help("SQL must be parsed to check that it is read-only")
    };
    let mut parser = Parser::new(dialect)
        .with_recursion_limit(bounds::RECURSION)
        .try_with_sql(&sql)
        .map_err(|error| syntax_error(&error))?;
    let query = parser
        .parse_query()
        .and_then(|query| {
            while parser.consume_token(&Token::SemiColon) {}
            match parser.next_token() {
                end if end.token == Token::EOF => Ok(query),
                other => parser.expected("end of statement", other),
            }
        })
        .map_err(|error| syntax_error(&error))?;
    if let ControlFlow::Break((span, message)) = query.visit(&mut ReadOnly) {
        return Err(not_read_only(place(span), &message));
    }
    let of_server = match database {
        Database::Postgres => relations::found(&query, &asked.tables),
        Database::Sqlite => None,
    };
    if let Some((span, name)) = of_server {
        return Err(calls::relation_of_server(place(span), &name));
    }
    match asked
        .columns
        .and_then(|declared| other_columns(&query, declared))
    {
        None => Ok((pieces, called)),
        Some((span, message)) => Err(Diagnostic::new(Rule::UnknownColumn, place(span), message)
            .help("list the selected columns in `columns`, in the same order")
            .help("a missing comma turns the second of two names into an alias of the first")),
    }
}

/// Checks that the tokens are a single query. This check runs before the parser, which would accept
/// nested statements of unlimited depth.
fn one_query(written: &Written<'_>, tokens: &[TokenWithSpan]) -> Result<(), Diagnostic> {
    let mut tokens = tokens
        .iter()
        .filter(|token| !matches!(token.token, Token::Whitespace(_) | Token::EOF))
        .skip_while(|token| token.token == Token::SemiColon);
    let Some(first) = tokens.next() else {
        return Err(not_read_only(written.node.span, "there is no statement"));
    };
    let reads = match &first.token {
        Token::LParen => true,
        word => matches!(
            keyword(word),
            Some(Keyword::SELECT | Keyword::WITH | Keyword::VALUES)
        ),
    };
    if !reads {
        let message = "this statement is not read-only";
        return Err(not_read_only(written.place(first.span), message));
    }
    let second = tokens
        .skip_while(|token| token.token != Token::SemiColon)
        .find(|token| token.token != Token::SemiColon);
    second.map_or(Ok(()), |second| {
        Err(not_read_only(
            written.place(second.span),
            "there is a second statement",
        ))
    })
}

fn not_read_only(span: crate::Span, message: &str) -> Diagnostic {
    Diagnostic::new(Rule::NotReadOnly, span, message.to_owned())
        .help("use a single SELECT, or WITH … SELECT, that changes nothing")
}

/// Returns where and how the selected columns differ from the declared columns.
fn other_columns(query: &Query, columns: &[SqlColumn]) -> Option<(tokenizer::Span, String)> {
    let selected = selected(query)?;
    let differs = selected.iter().zip(columns).find_map(|(found, column)| {
        // Databases fold the case of names in different ways.
        let name = found.name.as_ref()?;
        let message = format!(
            "this column is called `{name}`, but `{}` in `columns`",
            column.name
        );
        (!name.eq_ignore_ascii_case(&column.name)).then_some((found.span, message))
    });
    let (found, declared) = (selected.len(), columns.len());
    let counted = (found != declared)
        .then(|| format!("`columns` lists {declared} columns, but the statement selects {found}"));
    differs.or_else(|| Some((selected.last()?.span, counted?)))
}

/// Returns a diagnostic if a capture with this aggregation does not have the parameter.
pub(super) fn misplaced_parameter(
    name: &str,
    aggregation: Aggregation,
    span: &dyn Fn() -> crate::Span,
) -> Result<(), Diagnostic> {
    let (message, help) = match (name, aggregation) {
        (":week_start" | ":week_end" | ":window_start" | ":window_end", Aggregation::Weekly)
        | (":now", Aggregation::Total) => return Ok(()),
        (":week_start" | ":week_end" | ":window_start" | ":window_end", Aggregation::Total) => (
            "a capture with `aggregation: total` has no week".to_owned(),
            "set `aggregation: weekly`, or remove the week; a total measures all rows in the tables, and has :now",
        ),
        (":now", Aggregation::Weekly) => (
            "a weekly capture has no :now".to_owned(),
            "use :week_end, so that the value does not depend on when the capture is taken",
        ),
        _ => (
            format!("there is no parameter `{name}`"),
            "a weekly capture has :week_start and :week_end, or :window_start and :window_end; a total has :now",
        ),
    };
    Err(Diagnostic::new(Rule::MisplacedWindow, span(), message).help(help))
}

/// A visitor that finds operations that are not read-only.
struct ReadOnly;

impl Visitor for ReadOnly {
    type Break = (tokenizer::Span, String);

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        let found = |message: &str| ControlFlow::Break((query.span(), message.to_owned()));
        if !query.locks.is_empty() {
            return found("this SELECT locks rows");
        }
        match query.body.as_ref() {
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                found("this statement changes rows")
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<Self::Break> {
        match statement {
            Statement::Query(_) => ControlFlow::Continue(()),
            other => {
                ControlFlow::Break((other.span(), "this statement is not read-only".to_owned()))
            }
        }
    }

    fn pre_visit_select(&mut self, select: &ast::Select) -> ControlFlow<Self::Break> {
        match &select.into {
            Some(_) => ControlFlow::Break((select.span(), "SELECT INTO makes a table".to_owned())),
            None => ControlFlow::Continue(()),
        }
    }
}
