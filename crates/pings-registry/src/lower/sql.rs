//! Parsing of SQL expressions in the registry, and the locations of their parts.

use pings_model::SqlPiece;
use sqlparser::ast::Expr;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{self, Token, TokenWithSpan};

use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::bounds;
use crate::lower::written::{Written, keyword};
use crate::place;
use crate::source::Span;

/// Parses one expression.
pub(super) fn expression(written: &Written<'_>) -> Result<Expr, Diagnostic> {
    let dialect = PostgreSqlDialect {};
    let tokens = bounds::tokens(written, &dialect)?;
    let mut parser = Parser::new(&dialect)
        .with_recursion_limit(bounds::RECURSION)
        .with_tokens_with_locations(written_out(tokens));
    let first = parser.peek_token();
    if let Token::Word(word) = &first.token {
        let statement = [
            "SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "DROP", "CREATE", "ALTER", "TRUNCATE",
            "VALUES",
        ];
        if statement.contains(&word.value.to_ascii_uppercase().as_str())
            && word.quote_style.is_none()
        {
            return Err(not_an_expression(
                written.place(first.span),
                "this is a statement",
            ));
        }
    }
    let parsed = parser
        .parse_expr()
        .map_err(|error| written.syntax_error(&error))?;
    let rest = parser.next_token();
    match rest.token {
        Token::EOF => Ok(parsed),
        Token::SemiColon => Err(not_an_expression(
            written.place(rest.span),
            "a statement ends here",
        )),
        token => {
            let message = format!("expected the end of the expression before `{token}`");
            Err(
                Diagnostic::new(Rule::SqlSyntax, written.place(rest.span), message)
                    .help("write a single expression; join conditions with AND or OR"),
            )
        }
    }
}

/// Expands each `EXISTS (table ON …)` in the tokens to `EXISTS (SELECT 1 FROM table WHERE …)`.
/// Inserted tokens have the position of an adjacent token.
fn written_out(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let is_space = |token: &Token| matches!(token, Token::Whitespace(_));
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    // The depths of the `EXISTS` parentheses whose `ON` was not found yet.
    let mut waiting: Vec<usize> = Vec::new();
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate() {
        let mut token = token.clone();
        match &token.token {
            Token::LParen => {
                depth += 1;
                let before = out.iter().rev().find(|it| !is_space(&it.token));
                let opens = before.is_some_and(|it| keyword(&it.token) == Some(Keyword::EXISTS));
                let next = tokens.iter().skip(place + 1);
                let next = next.map(|it| &it.token).find(|it| !is_space(it));
                let names_a_table = matches!(next, Some(Token::Word(word))
                    if !matches!(word.keyword, Keyword::SELECT | Keyword::WITH | Keyword::VALUES));
                let span = token.span;
                out.push(token);
                if opens && names_a_table {
                    waiting.push(depth);
                    let number = Token::Number("1".to_owned(), false);
                    for added in [
                        Token::make_keyword("SELECT"),
                        number,
                        Token::make_keyword("FROM"),
                    ] {
                        out.push(TokenWithSpan { token: added, span });
                    }
                }
                continue;
            }
            Token::RParen => {
                waiting.retain(|waits| *waits != depth);
                depth = depth.saturating_sub(1);
            }
            other if keyword(other) == Some(Keyword::ON) && waiting.last() == Some(&depth) => {
                waiting.pop();
                token.token = Token::make_keyword("WHERE");
            }
            _ => {}
        }
        out.push(token);
    }
    out
}

fn not_an_expression(span: Span, message: &str) -> Diagnostic {
    Diagnostic::new(
        Rule::NotAnExpression,
        span,
        format!("{message}, but an expression is expected"),
    )
    .help("write an expression such as `orders.deleted_at IS NULL`; for a whole query, use `sql`")
}

/// A parameter in hand-written SQL, with its location.
pub(super) struct Placeholder {
    pub(super) name: String,
    start: usize,
    after: usize,
}

impl Placeholder {
    /// Returns the location in the registry.
    pub(super) fn place(&self, written: &Written<'_>) -> Span {
        place::within(written.source, written.node, self.start, self.after)
    }
}

/// Splits hand-written SQL at the bounds of the window, and finds all parameters.
pub(super) fn pieces(
    written: &Written<'_>,
    tokens: &[TokenWithSpan],
) -> (Vec<SqlPiece>, Vec<Placeholder>) {
    let end = statement_end(written, tokens);
    let mut pieces = Vec::new();
    let mut placeholders = Vec::new();
    let mut done = 0;
    let mut cursor = Cursor::of(written.text);
    let mut tokens = tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        // Some dialects parse `:name` as one token, others as two.
        let (name, after) = match (&token.token, tokens.peek()) {
            (Token::Placeholder(name), _) => (name.clone(), token.span.end),
            (Token::Colon, Some(next))
                if matches!(next.token, Token::Word(_)) && next.span.start == token.span.end =>
            {
                (format!(":{}", next.token), next.span.end)
            }
            _ => continue,
        };
        let (start, after) = (cursor.byte(token.span.start), cursor.byte(after));
        let border = match name.as_str() {
            ":week_start" | ":window_start" => Some(SqlPiece::WeekStart),
            ":week_end" | ":window_end" => Some(SqlPiece::WeekEnd),
            ":now" => Some(SqlPiece::Now),
            _ => None,
        };
        placeholders.push(Placeholder { name, start, after });
        if let Some(border) = border {
            let text = written.text.get(done..start).unwrap_or_default();
            pieces.push(SqlPiece::Text(text.to_owned()));
            pieces.push(border);
            done = after;
        }
    }
    let rest = written.text.get(done..end).unwrap_or_default();
    pieces.push(SqlPiece::Text(rest.to_owned()));
    pieces.retain(|piece| !matches!(piece, SqlPiece::Text(text) if text.is_empty()));
    (pieces, placeholders)
}

/// Converts ascending token locations to byte offsets in one pass over the text.
struct Cursor<'t> {
    rest: std::str::CharIndices<'t>,
    at: tokenizer::Location,
    length: usize,
}

impl<'t> Cursor<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            rest: text.char_indices(),
            at: tokenizer::Location::new(1, 1),
            length: text.len(),
        }
    }

    fn byte(&mut self, location: tokenizer::Location) -> usize {
        while self.at < location
            && let Some((_, character)) = self.rest.next()
        {
            self.at = match character {
                '\n' => tokenizer::Location::new(self.at.line + 1, 1),
                _ => tokenizer::Location::new(self.at.line, self.at.column + 1),
            };
        }
        self.length - self.rest.as_str().len()
    }
}

/// Returns the end of the statement in hand-written SQL, before trailing semicolons, which are not
/// allowed when the statement is nested in another query.
fn statement_end(written: &Written<'_>, tokens: &[TokenWithSpan]) -> usize {
    tokens
        .iter()
        .rev()
        .take_while(|token| {
            matches!(
                token.token,
                Token::Whitespace(_) | Token::SemiColon | Token::EOF
            )
        })
        .filter(|token| token.token == Token::SemiColon)
        .last()
        .and_then(|first| written.byte(first.span.start))
        .unwrap_or(written.text.len())
}
