//! Keywords before a parenthesis: part of the syntax, or the name of a function.
//!
//! PostgreSQL reserves only some keywords. A product can define functions named `join`, `like` or
//! `cube`, and only the place in the statement tells their calls from the syntax.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::database::{Database, is_text};
use crate::lower::written::keyword;

/// The tokens of a statement, without whitespace and comments.
#[derive(Clone, Copy)]
pub(super) struct Syntax<'s> {
    pub(super) tokens: &'s [&'s TokenWithSpan],
    pub(super) database: Database,
}

impl<'s> Syntax<'s> {
    fn before(self, at: usize, steps: usize) -> &'s Token {
        let before = at.checked_sub(steps).and_then(|at| self.tokens.get(at));
        before.map_or(&Token::EOF, |it| &it.token)
    }

    fn word_before(self, at: usize, steps: usize) -> Option<Keyword> {
        keyword(self.before(at, steps))
    }

    /// Returns whether a keyword before a parenthesis is part of the syntax.
    pub(super) fn is_syntax(self, at: usize, word: Keyword) -> bool {
        let postgres = self.database == Database::Postgres;
        let ahead = self.word_before(at, 1);
        match word {
            Keyword::ALL
            | Keyword::AND
            | Keyword::ANY
            | Keyword::AS
            | Keyword::BETWEEN
            | Keyword::CASE
            | Keyword::CAST
            | Keyword::COALESCE
            | Keyword::DISTINCT
            | Keyword::ELSE
            | Keyword::EXCEPT
            | Keyword::EXISTS
            | Keyword::FROM
            | Keyword::GROUP
            | Keyword::HAVING
            | Keyword::IN
            | Keyword::INTERSECT
            | Keyword::LIMIT
            | Keyword::NOT
            | Keyword::NULLIF
            | Keyword::OFFSET
            | Keyword::ON
            | Keyword::OR
            | Keyword::SELECT
            | Keyword::SOME
            | Keyword::THEN
            | Keyword::UNION
            | Keyword::USING
            | Keyword::VALUES
            | Keyword::WHEN
            | Keyword::WHERE => true,
            Keyword::JOIN => self.is_kind_of_join(at) || self.is_behind_a_value(at),
            Keyword::OVER | Keyword::FILTER => self.is_behind_a_parenthesis(at),
            Keyword::BY => matches!(
                ahead,
                Some(Keyword::GROUP | Keyword::ORDER | Keyword::PARTITION)
            ),
            Keyword::MATERIALIZED => {
                ahead == Some(Keyword::AS)
                    || (ahead == Some(Keyword::NOT) && self.word_before(at, 2) == Some(Keyword::AS))
            }
            Keyword::LIKE => self.is_behind_an_operand(at),
            Keyword::GLOB | Keyword::REGEXP | Keyword::MATCH => {
                !postgres && self.is_behind_an_operand(at)
            }
            Keyword::ILIKE => postgres && self.is_behind_an_operand(at),
            Keyword::OVERLAPS => postgres && self.is_behind_a_parenthesis(at),
            Keyword::ARRAY
            | Keyword::ASYMMETRIC
            | Keyword::FOR
            | Keyword::GROUPING
            | Keyword::LATERAL
            | Keyword::PLACING
            | Keyword::ROW
            | Keyword::SYMMETRIC
            | Keyword::TO
            | Keyword::TRIM => postgres,
            Keyword::SETS => ahead == Some(Keyword::GROUPING),
            // In `ORDER BY`, `cube (…)` is a call.
            Keyword::ROLLUP | Keyword::CUBE => {
                ahead == Some(Keyword::BY) && self.word_before(at, 2) == Some(Keyword::GROUP)
            }
            Keyword::ZONE => ahead == Some(Keyword::TIME),
            _ => false,
        }
    }

    /// Returns whether the word before says which kind of join follows: `LEFT JOIN`.
    fn is_kind_of_join(self, at: usize) -> bool {
        matches!(
            self.word_before(at, 1),
            Some(
                Keyword::CROSS
                    | Keyword::FULL
                    | Keyword::INNER
                    | Keyword::LEFT
                    | Keyword::NATURAL
                    | Keyword::OUTER
                    | Keyword::RIGHT
            )
        )
    }

    /// Returns whether an operand, or an operand and `NOT`, ends before this token.
    fn is_behind_an_operand(self, at: usize) -> bool {
        match self.word_before(at, 1) {
            Some(Keyword::NOT) => self.is_behind_a_value(at - 1),
            _ => self.is_behind_a_value(at),
        }
    }

    /// Returns whether a value, a table or an alias ends before this token.
    fn is_behind_a_value(self, at: usize) -> bool {
        let before = self.before(at, 1);
        match before {
            Token::RParen => self.is_behind_a_parenthesis(at),
            Token::RBracket | Token::Number(..) | Token::Placeholder(_) => true,
            Token::Word(_) => match keyword(before) {
                Some(word) => !self.begins_operand(at - 1, word),
                None => true,
            },
            other => is_text(other),
        }
    }

    /// Returns whether a parenthesis ends before this token, other than that of `DISTINCT ON (…)`,
    /// which is before a value.
    fn is_behind_a_parenthesis(self, at: usize) -> bool {
        if *self.before(at, 1) != Token::RParen {
            return false;
        }
        let mut depth = 0_usize;
        let mut open = at - 1;
        loop {
            match self.before(open, 0) {
                Token::RParen => depth += 1,
                Token::LParen => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            let Some(before) = open.checked_sub(1) else {
                return false;
            };
            open = before;
        }
        self.word_before(open, 1) != Some(Keyword::ON)
            || self.word_before(open, 2) != Some(Keyword::DISTINCT)
    }

    /// Returns whether an operand begins behind a keyword, so that the keyword is not the end of one.
    fn begins_operand(self, at: usize, word: Keyword) -> bool {
        match word {
            // Names that the syntax uses in a few places only: `ROWS 1 PRECEDING`, `FETCH FIRST 1`.
            Keyword::FIRST | Keyword::GROUPS | Keyword::NEXT | Keyword::RANGE | Keyword::ROWS => {
                match self.before(at, 1) {
                    Token::Comma | Token::Period => false,
                    before => !keyword(before).is_some_and(is_before_operand),
                }
            }
            word => *self.before(at, 1) != Token::Period && is_before_operand(word),
        }
    }
}

/// Returns whether an operand or a table follows this keyword.
fn is_before_operand(word: Keyword) -> bool {
    is_before_text(word)
        || matches!(
            word,
            Keyword::ANY
                | Keyword::ARRAY
                | Keyword::AS
                | Keyword::CAST
                | Keyword::EXCEPT
                | Keyword::EXISTS
                | Keyword::FETCH
                | Keyword::GLOB
                | Keyword::GROUP
                | Keyword::INTERSECT
                | Keyword::INTO
                | Keyword::IS
                | Keyword::JOIN
                | Keyword::LATERAL
                | Keyword::MATCH
                | Keyword::ONLY
                | Keyword::ORDER
                | Keyword::OVERLAPS
                | Keyword::REGEXP
                | Keyword::RETURNING
                | Keyword::SIMILAR
                | Keyword::SOME
                | Keyword::TABLE
                | Keyword::UNION
                | Keyword::USING
                | Keyword::VALUES
                | Keyword::VARIADIC
                | Keyword::WINDOW
                | Keyword::WITH
        )
}

/// Returns whether a text may follow this keyword, which means that the keyword is not a type.
pub(super) fn is_before_text(word: Keyword) -> bool {
    matches!(
        word,
        Keyword::ALL
            | Keyword::AND
            | Keyword::ASYMMETRIC
            | Keyword::BETWEEN
            | Keyword::BOTH
            | Keyword::BY
            | Keyword::CASE
            | Keyword::DISTINCT
            | Keyword::ELSE
            | Keyword::ESCAPE
            | Keyword::FOR
            | Keyword::FROM
            | Keyword::HAVING
            | Keyword::ILIKE
            | Keyword::IN
            | Keyword::LEADING
            | Keyword::LIKE
            | Keyword::LIMIT
            | Keyword::NOT
            | Keyword::OFFSET
            | Keyword::ON
            | Keyword::OR
            | Keyword::PLACING
            | Keyword::SELECT
            | Keyword::SYMMETRIC
            | Keyword::THEN
            | Keyword::TO
            | Keyword::TRAILING
            | Keyword::WHEN
            | Keyword::WHERE
            | Keyword::ZONE
    )
}
