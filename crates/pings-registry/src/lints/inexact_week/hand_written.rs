//! Finds comparisons such as `o.paid_at > :week_start` in the tokens of hand-written SQL.

use pings_model::{Comparison, SqlCapture, SqlPiece, SqlText};
use sqlparser::dialect::GenericDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::bound::{Bound, Wrong, sorted, turned, wrong as wrong_of};

/// The bounds as quoted identifiers, which are valid tokens in every dialect and match no real
/// name.
const START: &str = "\":week_start\"";
const END: &str = "\":week_end\"";
const NOW: &str = "\":now\"";

/// Returns the mistakes in any statement. Tokens do not show which conditions apply together, so
/// only the mistakes of a single comparison are reported.
pub(super) fn wrong(capture: &SqlCapture) -> Vec<Wrong> {
    let wrong = capture.texts().flat_map(|text| wrong_of(&bounds(text)));
    sorted(
        wrong
            .filter(|it| matches!(it, Wrong::Start | Wrong::End))
            .collect(),
    )
}

fn bounds(text: &SqlText) -> Vec<Bound<String>> {
    let pieces = text.0.iter().map(|piece| match piece {
        SqlPiece::Text(text) => text,
        SqlPiece::WeekStart => START,
        SqlPiece::WeekEnd => END,
        SqlPiece::Now => NOW,
    });
    let sql: String = pieces.collect();
    let tokens = Tokenizer::new(&GenericDialect {}, &sql).tokenize();
    let mut tokens = tokens.unwrap_or_default();
    tokens.retain(|token| !matches!(token, Token::Whitespace(_)));
    let mut bounds = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let Some(is_start) = border(token) else {
            continue;
        };
        let mut add = |time: Option<String>, comparison| {
            bounds.extend(time.map(|time| Bound {
                time,
                is_start,
                comparison,
            }));
        };
        let before = &tokens[..place];
        let after = &tokens[place + 1..];
        if let [before @ .., operator] = before
            && let Some(comparison) = comparison(operator)
        {
            add(name_at_end(before), comparison);
        }
        if let [operator, after @ ..] = after
            && let Some(comparison) = comparison(operator)
        {
            add(name_at_start(after), turned(comparison));
        }
        match before {
            [before @ .., between] if is_word(between, "BETWEEN") => {
                add(name_at_end(before), Comparison::GreaterOrEqual);
            }
            [before @ .., between, low, and]
                if is_word(between, "BETWEEN") && is_word(and, "AND") && border(low).is_some() =>
            {
                add(name_at_end(before), Comparison::LessOrEqual);
            }
            _ => {}
        }
    }
    bounds
}

/// Returns whether a token is the start (`true`) or the end (`false`) of the week, or `None` for
/// other tokens.
fn border(token: &Token) -> Option<bool> {
    match token.to_string().as_str() {
        START => Some(true),
        END => Some(false),
        _ => None,
    }
}

fn comparison(token: &Token) -> Option<Comparison> {
    Some(match token {
        Token::Lt => Comparison::Less,
        Token::LtEq => Comparison::LessOrEqual,
        Token::Gt => Comparison::Greater,
        Token::GtEq => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn is_word(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(it) if it.value.eq_ignore_ascii_case(word))
}

/// Returns the column name at the end of the tokens: `o.paid_at`. The keyword `NOT` is not a name,
/// so that `NOT BETWEEN` is not mistaken for a column.
fn name_at_end(tokens: &[Token]) -> Option<String> {
    let is_part = |token: &&Token| matches!(token, Token::Word(_) | Token::Period);
    let parts: Vec<&Token> = tokens.iter().rev().take_while(is_part).collect();
    let names = parts.into_iter().enumerate();
    // Words and dots alternate; two adjacent words are not one name.
    let names = names.take_while(|(place, token)| (place % 2 == 1) == (**token == Token::Period));
    let mut names: Vec<String> = names.map(|(_, token)| token.to_string()).collect();
    names.reverse();
    named(&names)
}

/// Returns the column name at the start of the tokens.
fn name_at_start(tokens: &[Token]) -> Option<String> {
    let names = tokens.iter().enumerate().take_while(|(place, token)| {
        let is_point = **token == Token::Period;
        (place % 2 == 1) == is_point && (is_point || matches!(token, Token::Word(_)))
    });
    let names: Vec<String> = names.map(|(_, token)| token.to_string()).collect();
    named(&names)
}

fn named(names: &[String]) -> Option<String> {
    let name = names.concat();
    (!name.is_empty() && !name.eq_ignore_ascii_case("not")).then_some(name)
}
