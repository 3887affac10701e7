//! Built-in functions that are called in `FROM`, and the columns that they have for sure.
//!
//! PostgreSQL reads `s.f` as the call `f(s)` if `s` is the single value of a function in `FROM`. The
//! columns of functions that the registry lists are unknown, so they are not checked.

use std::collections::{BTreeSet, HashMap};

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::pure;
use crate::lower::written::keyword;

/// Columns that built-in functions have without a list of columns.
const COLUMNS: &[&str] = &["key", "ordinality", "value"];

/// The names of functions in `FROM` and of their aliases, each with its columns.
#[derive(Debug, Default)]
pub(super) struct Functions(HashMap<String, BTreeSet<String>>);

impl Functions {
    /// Finds the functions that are called in `FROM`. The tokens are without blanks and comments.
    pub(super) fn of(tokens: &[&TokenWithSpan]) -> Self {
        let token = |at: usize| tokens.get(at).map_or(&Token::EOF, |it| &it.token);
        let mut functions = Self::default();
        // For each open parenthesis, whether the clause in it is `FROM`.
        let mut clauses = vec![false];
        for at in 0..tokens.len() {
            match token(at) {
                Token::LParen => clauses.push(is_rows_from(&token, at)),
                Token::RParen => {
                    clauses.pop();
                }
                Token::Word(word) => {
                    let in_from = clauses.last_mut();
                    match keyword(token(at)) {
                        Some(Keyword::FROM | Keyword::JOIN) => {
                            in_from.into_iter().for_each(|it| *it = true);
                        }
                        Some(
                            Keyword::SELECT
                            | Keyword::WHERE
                            | Keyword::GROUP
                            | Keyword::HAVING
                            | Keyword::ORDER
                            | Keyword::WINDOW
                            | Keyword::LIMIT
                            | Keyword::UNION,
                        ) => in_from.into_iter().for_each(|it| *it = false),
                        _ if in_from.is_some_and(|it| *it)
                            && *token(at + 1) == Token::LParen
                            && is_built_in(&token, at) =>
                        {
                            functions.add(&name(word), &token, at + 1);
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        functions
    }

    /// Returns whether `relation.column` can be the call of a function.
    pub(super) fn is_call(&self, relation: &str, column: &str) -> bool {
        let columns = self.0.get(relation);
        columns.is_some_and(|columns| !columns.contains(column))
    }

    /// Adds the function whose arguments begin at a parenthesis, and its alias.
    fn add<'t>(&mut self, function: &str, token: &impl Fn(usize) -> &'t Token, open: usize) {
        let mut next = behind(token, open);
        if keyword(token(next)) == Some(Keyword::WITH) {
            next += 2;
        }
        let has_as = keyword(token(next)) == Some(Keyword::AS);
        let alias = match token(next + usize::from(has_as)) {
            Token::Word(word) if has_as || word.keyword == Keyword::NoKeyword => {
                next += usize::from(has_as) + 1;
                Some(name(word))
            }
            _ => None,
        };
        let mut columns: BTreeSet<String> = COLUMNS.iter().map(|it| (*it).to_owned()).collect();
        columns.extend([function.to_owned()].into_iter().chain(alias.clone()));
        if *token(next) == Token::LParen {
            let ends = behind(token, next);
            for at in next..ends {
                if let (Token::LParen | Token::Comma, Token::Word(word)) =
                    (token(at), token(at + 1))
                {
                    columns.insert(name(word));
                }
            }
        }
        let relation = alias.unwrap_or_else(|| function.to_owned());
        self.0.entry(relation).or_default().extend(columns);
    }
}

/// Returns whether a word is the name of a pure built-in function, alone or in `pg_catalog`.
fn is_built_in<'t>(token: &impl Fn(usize) -> &'t Token, at: usize) -> bool {
    let word = |at: usize| match token(at) {
        Token::Word(word) => Some(name(word)),
        _ => None,
    };
    let schema = match at.checked_sub(2) {
        Some(before) if *token(before + 1) == Token::Period => word(before),
        _ => None,
    };
    let is_catalog = schema.is_none_or(|schema| schema == "pg_catalog");
    let is_pure = |name: String| pure::is_in(pure::postgres::FUNCTIONS, &name);
    is_catalog && word(at).is_some_and(is_pure)
}

/// Returns whether a parenthesis begins the functions of `ROWS FROM (…)`.
fn is_rows_from<'t>(token: &impl Fn(usize) -> &'t Token, at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).and_then(|at| keyword(token(at)));
    before(1) == Some(Keyword::FROM) && before(2) == Some(Keyword::ROWS)
}

/// Returns the place behind the parenthesis that closes this one.
pub(super) fn behind<'t>(token: &impl Fn(usize) -> &'t Token, open: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = open;
    loop {
        match token(at) {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            Token::EOF => return at,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
}

/// Returns a name as PostgreSQL reads it.
fn name(word: &sqlparser::tokenizer::Word) -> String {
    match word.quote_style {
        Some(_) => word.value.clone(),
        None => word.value.to_ascii_lowercase(),
    }
}
