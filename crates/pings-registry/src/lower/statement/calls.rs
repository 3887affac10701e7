//! Checks the functions, operators and types that hand-written SQL uses anywhere in the statement.
//!
//! The check reads tokens, not the parser's tree: a visitor does not reach every part of a tree,
//! and a database may parse a text differently from the parser. In every dialect, a call is a name
//! before a parenthesis, so each such name must be a keyword, an alias or an allowed function. Text
//! that two tokenizers could read differently is rejected.

use std::collections::BTreeSet;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::database::{Database, is_text};
use super::from::{Functions, behind};
use super::syntax::{Syntax, is_before_text};
use super::tokens::{goes_on_a_type, is_known, is_operator, is_table_function};
use super::{pure, relations};
use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::written::{Written, keyword};
use crate::source::Span;

/// The names that the registry declares.
#[derive(Clone, Copy)]
pub(super) struct Declared<'s, 'f> {
    /// The functions that a statement may call in addition to the pure functions of the database.
    pub(super) functions: &'s BTreeSet<&'f str>,
    pub(super) tables: &'s BTreeSet<&'f str>,
}

/// Returns the listed functions that this SQL calls, or an error for a call that is not allowed, and
/// for a relation of the server.
pub(super) fn check<'f>(
    written: &Written<'_>,
    tokens: &[TokenWithSpan],
    database: Database,
    declared: Declared<'_, 'f>,
) -> Result<BTreeSet<&'f str>, Diagnostic> {
    let tokens: Vec<&TokenWithSpan> = tokens
        .iter()
        .filter(|token| !matches!(token.token, Token::Whitespace(_) | Token::EOF))
        .collect();
    let mut statement = Statement {
        written,
        in_from: Functions::of(&tokens),
        tokens,
        database,
        declared,
        called: BTreeSet::new(),
    };
    statement.check()?;
    Ok(statement.called)
}

/// The kind of content in parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parenthesis {
    /// `CAST (… AS type)`
    Cast,
    /// `AS alias (column type, …)`
    Columns,
    Other,
}

struct Statement<'s, 'f> {
    written: &'s Written<'s>,
    /// The tokens without whitespace and comments.
    tokens: Vec<&'s TokenWithSpan>,
    /// The functions that are called in `FROM`.
    in_from: Functions,
    database: Database,
    declared: Declared<'s, 'f>,
    called: BTreeSet<&'f str>,
}

impl<'s> Statement<'s, '_> {
    fn check(&mut self) -> Result<(), Diagnostic> {
        let mut open = Vec::new();
        for at in 0..self.tokens.len() {
            match self.token(at) {
                Token::LParen => open.push(self.parenthesis(at)),
                Token::RParen => {
                    open.pop();
                }
                Token::Word(word) => {
                    let within = open.last().copied().unwrap_or(Parenthesis::Other);
                    self.word(at, word, within)?;
                }
                token if is_text(token) => self.text(at)?,
                token if !is_known(self.database, token) => {
                    return Err(self.refused(at, &self.unknown_operator(token)));
                }
                _ => {}
            }
            self.side_by_side(at)?;
        }
        Ok(())
    }

    fn token(&self, at: usize) -> &'s Token {
        self.tokens.get(at).map_or(&Token::EOF, |it| &it.token)
    }

    fn before(&self, at: usize, steps: usize) -> &'s Token {
        at.checked_sub(steps)
            .map_or(&Token::EOF, |before| self.token(before))
    }

    fn word_before(&self, at: usize) -> Option<Keyword> {
        keyword(self.before(at, 1))
    }

    /// Returns whether the next token directly follows this token, without a gap.
    fn touches(&self, at: usize) -> bool {
        let ends = |at: usize| self.tokens.get(at).map(|it| it.span);
        matches!((ends(at), ends(at + 1)), (Some(one), Some(two)) if one.end == two.start)
    }

    fn refused(&self, at: usize, message: &str) -> Diagnostic {
        let span = self.tokens.get(at).map_or(self.written.node.span, |token| {
            self.written.place(token.span)
        });
        Diagnostic::new(Rule::NotReadOnly, span, message)
            .help("write it unambiguously, or move it to a view of the product")
    }

    fn unknown_operator(&self, token: &Token) -> String {
        let database = match self.database {
            Database::Postgres => "PostgreSQL",
            Database::Sqlite => "SQLite",
        };
        format!("`{token}` is not an operator of {database}")
    }

    fn parenthesis(&self, at: usize) -> Parenthesis {
        let is_alias = matches!(self.before(at, 1), Token::Word(_))
            && keyword(self.before(at, 2)) == Some(Keyword::AS);
        let is_bare_list =
            self.word_before(at) == Some(Keyword::AS) && *self.before(at, 2) == Token::RParen;
        match self.word_before(at) {
            Some(Keyword::CAST | Keyword::TRY_CAST | Keyword::SAFE_CAST) => Parenthesis::Cast,
            _ if self.begins_query(at + 1) || *self.token(at + 1) == Token::LParen => {
                Parenthesis::Other
            }
            _ if is_alias || is_bare_list => Parenthesis::Columns,
            _ => Parenthesis::Other,
        }
    }

    fn word(&mut self, at: usize, word: &Word, within: Parenthesis) -> Result<(), Diagnostic> {
        let postgres = self.database == Database::Postgres;
        let is_escaped = word.quote_style.is_none()
            && word.value.eq_ignore_ascii_case("U")
            && *self.token(at + 1) == Token::Ampersand
            && self.touches(at);
        if is_escaped {
            return Err(self.refused(at, "names with escapes are not supported"));
        }
        if !postgres && is_table_function(&word.value) {
            return Err(self.refused(at, "this SQLite table is a function"));
        }
        if postgres && *self.before(at, 1) == Token::Period {
            let root = self.before(at, 2);
            let is_parameter = *self.before(at, 3) == Token::Colon;
            if matches!(
                root,
                Token::RParen | Token::RBracket | Token::Placeholder(_)
            ) || is_text(root)
                || is_parameter
            {
                let message = "`.name` after a value calls the function with that name";
                return Err(self.refused(at, message));
            }
            self.column_of_function(at)?;
        }
        let first = self.first_part(at);
        let is_last = *self.token(at + 1) != Token::Period;
        if !is_last {
            return Ok(());
        }
        let ahead = self.before(first, 1);
        let is_type = *ahead == Token::DoubleColon
            || (within == Parenthesis::Cast && keyword(ahead) == Some(Keyword::AS))
            || (within == Parenthesis::Columns
                && matches!(ahead, Token::Word(_))
                && (matches!(self.before(first, 2), Token::LParen | Token::Comma)
                    || !goes_on_a_type(keyword(self.token(at)))));
        if is_type && postgres {
            return self.ty(first, at);
        }
        if *self.token(at + 1) == Token::LParen {
            return self.call(first, at, word, within);
        }
        let is_typed_literal = postgres && is_text(self.token(at + 1));
        if is_typed_literal && !(first == at && keyword(self.token(at)).is_some_and(is_before_text))
        {
            return self.ty(first, at);
        }
        self.relation(first, at)
    }

    /// Rejects a name that can be a relation of the server.
    fn relation(&self, first: usize, at: usize) -> Result<(), Diagnostic> {
        let parts = self.parts(first, at);
        let is_other = matches!(
            keyword(self.before(first, 1)),
            Some(Keyword::AS | Keyword::COLLATE)
        );
        if self.database != Database::Postgres
            || is_other
            || !relations::is_of_server(&parts, self.declared.tables)
        {
            return Ok(());
        }
        let span = self.tokens.get(at).map_or(self.written.node.span, |token| {
            self.written.place(token.span)
        });
        Err(relation_of_server(span, &parts.join(".")))
    }

    fn syntax(&self) -> Syntax<'_> {
        Syntax {
            tokens: &self.tokens,
            database: self.database,
        }
    }

    /// Rejects `s.name` if `s` is a function in `FROM` that is not known to have this column.
    fn column_of_function(&self, at: usize) -> Result<(), Diagnostic> {
        let is_last = *self.token(at + 1) != Token::Period;
        let parts = self.parts(self.first_part(at), at);
        if let (true, [relation, column]) = (is_last, parts.as_slice())
            && self.in_from.is_call(relation, column)
        {
            let message = format!(
                "`{column}` can be the call of a function, because `{relation}` is a function in FROM"
            );
            let help = format!("name its columns: `AS {relation} ({column})`");
            return Err(self.refused(at, &message).help(help));
        }
        Ok(())
    }

    /// Returns the first part of the dotted name that ends at this token.
    fn first_part(&self, at: usize) -> usize {
        let mut first = at;
        while *self.before(first, 1) == Token::Period
            && matches!(self.before(first, 2), Token::Word(_))
        {
            first -= 2;
        }
        first
    }

    /// Returns the parts of a name as the database reads them.
    fn parts(&self, first: usize, last: usize) -> Vec<String> {
        let names = (first..=last).step_by(2).map(|at| self.token(at));
        names
            .filter_map(|token| match token {
                Token::Word(word) => Some(match (self.database, word.quote_style) {
                    (Database::Postgres, Some(_)) => word.value.clone(),
                    _ => word.value.to_ascii_lowercase(),
                }),
                _ => None,
            })
            .collect()
    }

    fn call(
        &mut self,
        first: usize,
        at: usize,
        word: &Word,
        within: Parenthesis,
    ) -> Result<(), Diagnostic> {
        let ahead = keyword(self.before(first, 1));
        let is_bare = first == at && word.quote_style.is_none();
        let is_alias = first == at
            && ((ahead == Some(Keyword::AS) && within != Parenthesis::Cast)
                || matches!(ahead, Some(Keyword::WITH | Keyword::RECURSIVE))
                || (*self.before(at, 1) == Token::Comma && self.names_a_query(at)));
        let is_cast_of_sqlite = within == Parenthesis::Cast && ahead == Some(Keyword::AS);
        if is_alias || is_cast_of_sqlite || (is_bare && self.syntax().is_syntax(at, word.keyword)) {
            return Ok(());
        }
        let parts = self.parts(first, at);
        let pure = match self.database {
            Database::Postgres => pure::postgres::FUNCTIONS,
            Database::Sqlite => pure::sqlite::FUNCTIONS,
        };
        let is_pure = match (self.database, parts.as_slice()) {
            (Database::Postgres, [schema, name]) if schema == "pg_catalog" => {
                pure::is_in(pure, name)
            }
            (_, [name]) => pure::is_in(pure, name),
            _ => false,
        };
        if is_pure || self.is_listed(&parts) {
            return Ok(());
        }
        Err(self.unlisted(at, &parts, "function"))
    }

    fn ty(&mut self, first: usize, at: usize) -> Result<(), Diagnostic> {
        let parts = self.parts(first, at);
        let name = match parts.as_slice() {
            [schema, name] if schema == "pg_catalog" => Some(name),
            [name] => Some(name),
            _ => None,
        };
        if name.is_some_and(|name| pure::is_in(pure::postgres::TYPES, name))
            || self.is_listed(&parts)
        {
            return Ok(());
        }
        Err(self.unlisted(at, &parts, "type"))
    }

    fn is_listed(&mut self, parts: &[String]) -> bool {
        let listed = self.declared.functions.get(parts.join(".").as_str());
        self.called.extend(listed);
        listed.is_some()
    }

    fn unlisted(&self, at: usize, parts: &[String], what: &str) -> Diagnostic {
        let name = parts.join(".");
        let span = self.tokens.get(at).map_or(self.written.node.span, |token| {
            self.written.place(token.span)
        });
        let message = format!("`{name}` is not on the list of pure {what}s");
        Diagnostic::new(Rule::UnlistedFunction, span, message).help(format!(
            "use another {what}; or, if `{name}` changes nothing, reads no file and does not block, list it with the reason: `functions: {{ {name}: … }}`"
        ))
    }

    /// Returns whether the tokens are `, name (…) AS (SELECT …)`, as in a `WITH`.
    fn names_a_query(&self, at: usize) -> bool {
        let mut next = behind(&|at| self.token(at), at + 1);
        if keyword(self.token(next)) != Some(Keyword::AS) {
            return false;
        }
        next += 1;
        while matches!(
            keyword(self.token(next)),
            Some(Keyword::NOT | Keyword::MATERIALIZED)
        ) {
            next += 1;
        }
        *self.token(next) == Token::LParen && self.begins_query(next + 1)
    }

    /// Returns whether a query begins here. `VALUES` can also be the name of a column.
    fn begins_query(&self, at: usize) -> bool {
        match keyword(self.token(at)) {
            Some(Keyword::SELECT | Keyword::WITH) => true,
            Some(Keyword::VALUES) => *self.token(at + 1) == Token::LParen,
            _ => false,
        }
    }

    /// Rejects texts that a database could read as names or as one combined text.
    fn text(&self, at: usize) -> Result<(), Diagnostic> {
        if is_text(self.before(at, 1)) {
            return Err(self.refused(at, "two adjacent texts"));
        }
        if *self.token(at + 1) == Token::LParen {
            return Err(self.refused(at, "a text is called like a function"));
        }
        match (self.database, self.token(at)) {
            (Database::Sqlite, Token::SingleQuotedString(text)) if is_table_function(text) => {
                Err(self.refused(at, "SQLite reads this text as the name of a table"))
            }
            (Database::Sqlite, Token::SingleQuotedString(_) | Token::HexStringLiteral(_))
            | (
                Database::Postgres,
                Token::SingleQuotedString(_)
                | Token::EscapedStringLiteral(_)
                | Token::DollarQuotedString(_)
                | Token::HexStringLiteral(_),
            ) => Ok(()),
            _ => Err(self.refused(at, "this kind of text literal is not supported")),
        }
    }

    /// Rejects adjacent operators, which PostgreSQL reads as one operator that the product may
    /// define.
    fn side_by_side(&self, at: usize) -> Result<(), Diagnostic> {
        let (one, two) = (self.token(at), self.token(at + 1));
        if self.database != Database::Postgres
            || !self.touches(at)
            || !is_operator(one)
            || !is_operator(two)
        {
            return Ok(());
        }
        let is_sign = matches!(two, Token::Plus | Token::Minus)
            && matches!(
                one,
                Token::Eq
                    | Token::Lt
                    | Token::Gt
                    | Token::LtEq
                    | Token::GtEq
                    | Token::Plus
                    | Token::Minus
                    | Token::Mul
                    | Token::Div
            );
        match is_sign {
            true => Ok(()),
            false => Err(self.refused(
                at,
                "PostgreSQL reads these two adjacent operators as a single operator",
            )),
        }
    }
}

/// Returns the diagnostic for a relation of the server.
pub(super) fn relation_of_server(span: Span, name: &str) -> Diagnostic {
    let message = format!("`{name}` belongs to the PostgreSQL server");
    Diagnostic::new(Rule::UnknownTable, span, message).help(
        "read a table of the product; declare the table under `tables` if it is the product's; qualify a column: `t.pg_size`",
    )
}
