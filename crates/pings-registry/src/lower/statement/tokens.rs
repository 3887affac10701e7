//! The kinds of tokens in hand-written SQL.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use super::database::{Database, is_text};

/// Table-valued functions of SQLite that can be used without parentheses.
const SQLITE_TABLES: &[&str] = &[
    "carray",
    "dbstat",
    "fsdir",
    "lsm1",
    "sqlite_dbdata",
    "sqlite_dbpage",
    "sqlite_dbptr",
    "sqlite_stmt",
    "tables_used",
    "zipfile",
];

/// Returns whether the token is punctuation or a built-in operator of the database.
pub(super) fn is_known(database: Database, token: &Token) -> bool {
    match token {
        Token::Number(..)
        | Token::Placeholder(_)
        | Token::Comma
        | Token::Period
        | Token::Colon
        | Token::SemiColon
        | Token::Eq
        | Token::Neq
        | Token::Lt
        | Token::Gt
        | Token::LtEq
        | Token::GtEq
        | Token::Plus
        | Token::Minus
        | Token::Mul
        | Token::Div
        | Token::Mod
        | Token::StringConcat
        | Token::Ampersand
        | Token::Pipe
        | Token::Tilde
        | Token::ShiftLeft
        | Token::ShiftRight
        | Token::Arrow
        | Token::LongArrow => true,
        // PostgreSQL reads `a=-1` as `a = -1`, but the tokenizer returns one operator.
        Token::CustomBinaryOperator(text) => {
            database == Database::Postgres
                && text.strip_suffix('-').is_some_and(|rest| {
                    ["=", "<", ">", "<=", ">=", "+", "-", "*", "/"].contains(&rest)
                })
        }
        Token::DoubleEq => database == Database::Sqlite,
        Token::DoubleColon
        | Token::LBracket
        | Token::RBracket
        | Token::RArrow
        | Token::Caret
        | Token::Sharp
        | Token::TildeAsterisk
        | Token::ExclamationMarkTilde
        | Token::ExclamationMarkTildeAsterisk
        | Token::DoubleTilde
        | Token::DoubleTildeAsterisk
        | Token::ExclamationMarkDoubleTilde
        | Token::ExclamationMarkDoubleTildeAsterisk
        | Token::Overlap
        | Token::AtSign
        | Token::CaretAt
        | Token::PGSquareRoot
        | Token::PGCubeRoot
        | Token::HashArrow
        | Token::HashLongArrow
        | Token::HashMinus
        | Token::AtArrow
        | Token::ArrowAt
        | Token::AtQuestion
        | Token::AtAt
        | Token::Question
        | Token::QuestionAnd
        | Token::QuestionPipe
        | Token::TwoWayArrow
        | Token::AmpersandLeftAngleBracket
        | Token::AmpersandRightAngleBracket => database == Database::Postgres,
        _ => false,
    }
}

/// Returns whether SQLite has a table-valued function with this name.
pub(super) fn is_table_function(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("pragma_") || SQLITE_TABLES.contains(&name.as_str())
}

/// Returns whether PostgreSQL may read the token as part of a longer operator.
pub(super) fn is_operator(token: &Token) -> bool {
    !is_text(token)
        && !matches!(
            token,
            Token::EOF
                | Token::Word(_)
                | Token::Number(..)
                | Token::Placeholder(_)
                | Token::Comma
                | Token::Period
                | Token::Colon
                | Token::DoubleColon
                | Token::SemiColon
                | Token::LParen
                | Token::RParen
                | Token::LBracket
                | Token::RBracket
                | Token::RArrow
        )
}

/// Returns whether a word can continue the name of a type: `double precision`.
pub(super) fn goes_on_a_type(word: Option<Keyword>) -> bool {
    matches!(
        word,
        Some(
            Keyword::PRECISION
                | Keyword::VARYING
                | Keyword::WITH
                | Keyword::WITHOUT
                | Keyword::TIME
                | Keyword::ZONE
        )
    )
}
