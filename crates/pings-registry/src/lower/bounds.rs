//! Limits for SQL in the registry, which are checked before parsing.
//!
//! A parser builds `a + b + c` as a tree that is as deep as the chain is long, and every later step
//! descends that tree: typing, rendering, comparing, dropping. The depth is therefore computed from
//! the tokens first, so that a deeper tree is never built.

use sqlparser::dialect::Dialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::written::{Written, keyword};

/// The maximum size of an expression or statement, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// The maximum nesting depth of an expression or statement: parentheses, `CASE` and nested
/// operators. `a + b + c` has a depth of two.
const MAX_DEPTH: usize = 100;

/// The maximum number of consecutive `AND`, `OR`, `||` and `UNION` operators. SQLite rejects an
/// expression that is deeper than 1,000 and a query with more than 500 `SELECT`s.
const MAX_CHAIN: usize = 500;

/// The recursion limit of the parser, which takes several steps for some brackets.
pub(super) const RECURSION: usize = 5 * MAX_DEPTH;

/// Returns the tokens of SQL, or an error if the SQL exceeds a limit.
pub(super) fn tokens(
    written: &Written<'_>,
    dialect: &dyn Dialect,
) -> Result<Vec<TokenWithSpan>, Diagnostic> {
    if written.text.len() > MAX_BYTES {
        let message = format!(
            "this SQL has {} bytes; the maximum is {MAX_BYTES}",
            written.text.len()
        );
        return Err(Diagnostic::new(Rule::TooDeep, written.node.head(), message)
            .help("move the list of values or the calculation to a view of the product"));
    }
    let tokens = Tokenizer::new(dialect, written.text)
        .tokenize_with_location()
        .map_err(|error| written.syntax_error(&error.into()))?;
    match excess(&tokens) {
        None => Ok(tokens),
        Some((token, message)) => {
            let span = written.place(token.span);
            Err(Diagnostic::new(Rule::TooDeep, span, message).help(
                "use a list with IN, move a part to a view of the product, or look for an unclosed parenthesis",
            ))
        }
    }
}

/// Runs a function that descends the tree of long SQL, with a stack that is large enough for
/// [`MAX_CHAIN`] even if the caller's thread has a small stack.
pub(super) fn with_stack<T>(text: &str, run: impl FnOnce() -> T) -> T {
    const SHORT: usize = 2048;
    const STACK: usize = 16 * 1024 * 1024;
    if text.len() <= SHORT {
        return run();
    }
    stacker::maybe_grow(STACK / 2, STACK, run)
}

/// Returns the token at which SQL exceeds a limit, with a message.
fn excess(tokens: &[TokenWithSpan]) -> Option<(&TokenWithSpan, String)> {
    let mut levels = vec![Level::default()];
    for token in tokens {
        let step = step(&token.token);
        let is_case = levels.last().is_some_and(|level| level.is_case);
        match step {
            Step::Open { is_case } => levels.push(Level {
                is_case,
                ..Level::default()
            }),
            Step::Close { closes_case } if closes_case == is_case && levels.len() > 1 => {
                let height = levels.pop().map(|level| level.height());
                if let (Some(level), Some(height)) = (levels.last_mut(), height) {
                    level.child = level.child.max(height.plus(1, 1));
                }
            }
            Step::Close { .. } | Step::Operand => {}
            Step::Operator => add(&mut levels, |level| level.operators += 1),
            Step::Chain => add(&mut levels, |level| level.chain += 1),
            Step::Junction => add(&mut levels, |level| {
                level.end_term();
                level.chain += 1;
            }),
            Step::Union => add(&mut levels, |level| {
                level.end_item();
                level.unions += 1;
            }),
            Step::Separator => add(&mut levels, Level::end_item),
        }
        let height = levels.last().map(Level::height).unwrap_or_default();
        if levels.len() > MAX_DEPTH || height.depth > MAX_DEPTH {
            return Some((
                token,
                format!("this SQL is nested more than {MAX_DEPTH} levels deep"),
            ));
        }
        if height.chain > MAX_CHAIN {
            let message = format!("a chain of more than {MAX_CHAIN} conditions or texts");
            return Some((token, message));
        }
    }
    None
}

fn add(levels: &mut [Level], change: impl FnOnce(&mut Level)) {
    if let Some(level) = levels.last_mut() {
        change(level);
    }
}

/// The maximum height of the tree for a piece of SQL.
#[derive(Clone, Copy, Default)]
struct Height {
    /// The height without chains, which the registry stores as flat lists.
    depth: usize,
    /// The height with chains, as the parser and SQLite build them.
    chain: usize,
}

impl Height {
    fn plus(self, depth: usize, chain: usize) -> Self {
        Self {
            depth: self.depth + depth,
            chain: self.chain + chain,
        }
    }

    fn max(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            chain: self.chain.max(other.chain),
        }
    }
}

/// The state between two brackets: a sequence of items, each a chain of terms.
#[derive(Default)]
struct Level {
    is_case: bool,
    /// The number of operators in the current term.
    operators: usize,
    /// The height of the highest bracket in the current term.
    child: Height,
    /// The number of `AND`, `OR` and `||` operators in the current item.
    chain: usize,
    /// The height of the highest complete term in the current item.
    terms: Height,
    /// The height of the highest complete item.
    items: Height,
    /// The number of set operators such as `UNION`.
    unions: usize,
}

impl Level {
    fn term(&self) -> Height {
        self.child.plus(self.operators, self.operators)
    }

    fn item(&self) -> Height {
        self.terms.max(self.term()).plus(0, self.chain)
    }

    fn height(&self) -> Height {
        self.items.max(self.item()).plus(0, self.unions)
    }

    fn end_term(&mut self) {
        self.terms = self.terms.max(self.term());
        self.operators = 0;
        self.child = Height::default();
    }

    fn end_item(&mut self) {
        self.items = self.items.max(self.item());
        self.operators = 0;
        self.child = Height::default();
        self.terms = Height::default();
        self.chain = 0;
    }
}

/// The effect of a token on the depth of the tree.
enum Step {
    Open { is_case: bool },
    Close { closes_case: bool },
    Operand,
    Operator,
    Chain,
    Junction,
    Union,
    Separator,
}

fn step(token: &Token) -> Step {
    match token {
        Token::LParen | Token::LBracket | Token::LBrace => Step::Open { is_case: false },
        Token::RParen | Token::RBracket | Token::RBrace => Step::Close { closes_case: false },
        Token::Comma | Token::SemiColon => Step::Separator,
        Token::StringConcat => Step::Chain,
        Token::Word(_) => keyword(token).map_or(Step::Operand, word),
        Token::EOF
        | Token::Whitespace(_)
        | Token::Period
        | Token::Number(..)
        | Token::Placeholder(_)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::EscapedStringLiteral(_)
        | Token::NationalStringLiteral(_)
        | Token::HexStringLiteral(_)
        | Token::UnicodeStringLiteral(_)
        | Token::DollarQuotedString(_) => Step::Operand,
        _ => Step::Operator,
    }
}

fn word(keyword: Keyword) -> Step {
    match keyword {
        Keyword::CASE => Step::Open { is_case: true },
        Keyword::END => Step::Close { closes_case: true },
        Keyword::AND | Keyword::OR | Keyword::XOR => Step::Junction,
        Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT | Keyword::MINUS => Step::Union,
        Keyword::SELECT
        | Keyword::FROM
        | Keyword::JOIN
        | Keyword::ON
        | Keyword::WHERE
        | Keyword::GROUP
        | Keyword::HAVING
        | Keyword::WINDOW
        | Keyword::ORDER
        | Keyword::LIMIT
        | Keyword::OFFSET
        | Keyword::VALUES
        | Keyword::WHEN
        | Keyword::THEN
        | Keyword::ELSE => Step::Separator,
        Keyword::NOT
        | Keyword::IS
        | Keyword::NOTNULL
        | Keyword::IN
        | Keyword::BETWEEN
        | Keyword::LIKE
        | Keyword::ILIKE
        | Keyword::SIMILAR
        | Keyword::RLIKE
        | Keyword::REGEXP
        | Keyword::GLOB
        | Keyword::MATCH
        | Keyword::MEMBER
        | Keyword::OVERLAPS
        | Keyword::OPERATOR
        | Keyword::DIV
        | Keyword::COLLATE
        | Keyword::AT
        | Keyword::INTERVAL
        | Keyword::PRIOR => Step::Operator,
        _ => Step::Operand,
    }
}

#[cfg(test)]
mod tests {
    use sqlparser::dialect::PostgreSqlDialect;
    use sqlparser::tokenizer::Tokenizer;

    use super::{MAX_CHAIN, MAX_DEPTH, excess};

    fn exceeds(sql: &str) -> bool {
        let tokens = Tokenizer::new(&PostgreSqlDialect {}, sql)
            .tokenize_with_location()
            .unwrap();
        excess(&tokens).is_some()
    }

    #[test]
    fn each_bound_is_the_most_that_passes() {
        let chain = |part: &str, n: usize| format!("{}1", part.repeat(n));
        for (part, most) in [
            ("1 + ", MAX_DEPTH),
            ("NOT ", MAX_DEPTH),
            ("(", MAX_DEPTH - 1),
            ("f(a, ", MAX_DEPTH - 1),
            ("CASE WHEN ", MAX_DEPTH - 1),
            ("a AND ", MAX_CHAIN),
            ("a = 1 AND ", MAX_CHAIN - 1),
            ("'a' || ", MAX_CHAIN),
            ("SELECT 1 UNION ", MAX_CHAIN),
        ] {
            assert!(!exceeds(&chain(part, most)), "{most} of {part}");
            assert!(exceeds(&chain(part, most + 1)), "{} of {part}", most + 1);
        }
    }

    #[test]
    fn what_stands_side_by_side_does_not_nest() {
        for part in ["1 + 1, ", "(1 + 1), ", "CASE WHEN a THEN -1 END, "] {
            assert!(!exceeds(&part.repeat(5_000)), "{part}");
        }
    }

    #[test]
    fn a_chain_within_the_first_term_of_each_level_adds_up() {
        let level = "a AND ".repeat(100);
        let nested = |levels: usize| {
            let close = format!("{level}a)");
            format!(
                "{}1{}",
                "(".repeat(levels),
                format!(" AND {close}").repeat(levels)
            )
        };
        assert!(!exceeds(&nested(4)));
        assert!(exceeds(&nested(6)));
    }
}
