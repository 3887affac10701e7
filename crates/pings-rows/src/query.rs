//! Queries as data.

/// A query with its code, SQL and parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    /// The code of its metric in the payload.
    pub code: &'static str,
    /// The SQL.
    pub sql: Sql,
    /// Whether the query has a window: the start is the first parameter, the end is the second.
    pub takes_window: bool,
    /// Whether the query has the time of the run of captures as its only parameter.
    pub takes_now: bool,
}

/// The SQL of a query for each database, as a single read-only statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sql {
    /// The statement for PostgreSQL; `None` for hand-written SQL that is only for SQLite.
    pub postgres: Option<&'static str>,
    /// The statement for SQLite; `None` for hand-written SQL that is only for PostgreSQL.
    pub sqlite: Option<&'static str>,
}

/// Checks that the statements of queries take the parameters that are bound. SQLite treats a missing
/// parameter as NULL, so only this check detects it. The check is the test of a generated crate.
///
/// # Errors
///
/// Returns the code of the first query with another number of parameters.
#[doc(hidden)]
pub fn check(queries: &[Query]) -> Result<(), &'static str> {
    let is_right = |query: &&Query| {
        let bound = match (query.takes_window, query.takes_now) {
            (true, _) => 2,
            (false, now) => usize::from(now),
        };
        let Sql { postgres, sqlite } = query.sql;
        let mut statements = postgres.into_iter().chain(sqlite);
        statements.all(|sql| parameters(sql) == bound)
    };
    let wrong = queries.iter().find(|query| !is_right(query));
    wrong.map_or(Ok(()), |query| Err(query.code))
}

/// Returns the number of parameters of a statement: the highest number of a `$1` or `?1` outside of
/// quotes and comments.
fn parameters(sql: &str) -> usize {
    let mut highest = 0;
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' | '"' => Some(first.to_string()),
            '-' if rest.starts_with("--") => Some("\n".to_owned()),
            '/' if rest.starts_with("/*") => Some("*/".to_owned()),
            _ => None,
        };
        rest = &rest[first.len_utf8()..];
        if let Some(end) = end {
            rest = rest.split_once(&end).map_or("", |(_, after)| after);
        } else if matches!(first, '$' | '?') {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            highest = highest.max(rest[..digits].parse().unwrap_or(0));
        }
    }
    highest
}

#[cfg(test)]
mod tests {
    use super::{Query, Sql, check, parameters};

    #[test]
    fn a_query_takes_what_is_bound() {
        let query = |sqlite, takes_window| Query {
            code: "A",
            sql: Sql {
                postgres: Some("SELECT $1, $2"),
                sqlite: Some(sqlite),
            },
            takes_window,
            takes_now: false,
        };
        let right = query("SELECT ?1, ?2", true);
        assert_eq!(check(&[right]), Ok(()));
        assert_eq!(check(&[right, query("SELECT ?1", true)]), Err("A"));
        assert_eq!(check(&[query("SELECT ?1, ?2", false)]), Err("A"));
    }

    #[test]
    fn parameters_are_counted_outside_of_quotes_and_comments() {
        assert_eq!(parameters("SELECT $1, $2, $1"), 2);
        assert_eq!(parameters("SELECT ?1"), 1);
        assert_eq!(
            parameters("SELECT '$1', 'it''s $2', \"$3\" -- $4\n/* $5 */"),
            0
        );
        assert_eq!(parameters("-- $1\nSELECT a ? 'b', $2::timestamptz"), 2);
        assert_eq!(parameters("'open $1"), 0);
    }
}
