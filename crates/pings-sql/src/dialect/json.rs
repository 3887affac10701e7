//! Members of JSON objects.

use super::{Dialect, quote};
use crate::EventLog;
use crate::layout::{Block, case_of, chain};

/// Returns the JSON object in a column, which may be of type JSON or text, may be empty, and may
/// contain invalid JSON. The result is NULL if the value does not look like an object.
///
/// SQLite validates the JSON. PostgreSQL before 16 cannot check whether a text is JSON, so only the
/// start and end are checked. A `jsonb` column needs no check.
///
/// If a key occurs twice, PostgreSQL reads the last member and SQLite the first. In SQLite, an
/// object in which one of these keys may occur twice is therefore rebuilt.
pub fn object(column: &str, keys: &[&str], log: EventLog) -> Block {
    if log.has_jsonb {
        return column.into();
    }
    match log.dialect {
        Dialect::Postgres => case_of(
            "CASE".into(),
            vec![
                Block::from("WHEN ")
                    .then(is_readable(column).hanging())
                    .then(format!(" THEN {column}::json")),
            ],
        ),
        Dialect::Sqlite => {
            // A document that is stored as a blob is read as its text.
            let text = format!("CAST({column} AS TEXT)");
            let twice: Vec<Block> = keys
                .iter()
                .map(|key| is_there_twice(column, key).into())
                .collect();
            let mut whole =
                Block::from("CASE").within(format!("WHEN NOT json_valid({text}) THEN NULL"));
            if !twice.is_empty() {
                whole = whole
                    .within(Block::from("WHEN ").then(chain("OR", twice).hanging()))
                    .within(Block::from("THEN ").then(rebuilt(&text)));
            }
            whole.within(format!("ELSE {text}")).below("END")
        }
    }
}

/// Returns whether a key may occur twice in a document. A match inside a value is harmless and only
/// costs time.
fn is_there_twice(column: &str, key: &str) -> String {
    let key = quote::text(&format!("\"{key}\""));
    format!("instr(substr({column}, instr({column}, {key}) + 1), {key})")
}

/// Rebuilds an object in SQLite with the last member for each key.
///
/// SQLite writes a number with a fraction in 15 digits, so a number that needs more digits is
/// written in 17.
fn rebuilt(text: &str) -> Block {
    Block::from("(")
        .within("SELECT json_group_object(key, CASE type")
        .within(Block::empty().within("WHEN 'true' THEN json('true')"))
        .within(Block::empty().within("WHEN 'false' THEN json('false')"))
        .within(Block::empty().within("WHEN 'object' THEN json(value)"))
        .within(Block::empty().within("WHEN 'array' THEN json(value)"))
        .within(Block::empty().within(
            "WHEN 'real' THEN iif(CAST(CAST(value AS TEXT) AS REAL) = value \
             OR abs(value) > 1.7976931348623157e308, value, json(printf('%!.17g', value)))",
        ))
        .within(Block::empty().within("ELSE value"))
        .within("END)")
        .within(format!(
            "FROM (SELECT key, type, value, max(id) FROM json_each({text}) GROUP BY key)"
        ))
        .below(")")
}

/// Returns whether PostgreSQL can read a text as an object: the text starts and ends like an object
/// and contains no escape of NUL or of half a surrogate pair, which a text cannot contain.
fn is_readable(column: &str) -> Block {
    let looks_like_object = format!(r"{column}::text ~ '^[ \t\n\r]*\{{.*\}}[ \t\n\r]*$'");
    // After pairs of backslashes are removed, each remaining backslash starts an escape.
    let has_texts = format!(
        r"replace({column}::text, '\\', '') !~ '\\u(0000|[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..\\u)[dD][c-fC-F])'"
    );
    chain("AND", vec![looks_like_object.into(), has_texts.into()])
}

/// Returns the text of a member of a column's JSON object, read like in [`object`].
///
/// SQLite has no text for booleans and formats numbers differently, so values that are not texts
/// are returned as written in the document. JSON null is NULL.
pub fn member_text(column: &str, key: &str, dialect: Dialect) -> Block {
    let member = |object| Member {
        object,
        key,
        dialect,
        is_jsonb: false,
    };
    match dialect {
        Dialect::Postgres => {
            let json = format!("{column}::json");
            Block::from("CASE")
                .within(Block::from("WHEN ").then(is_readable(column).hanging()))
                .within(format!("THEN {}", member(&json).value()))
                .below("END")
        }
        Dialect::Sqlite => {
            let text = format!("CAST({column} AS TEXT)");
            let member = member(&text);
            let last = "CASE WHEN type IN ('true', 'false') THEN type ELSE CAST(value AS TEXT) END";
            Block::from("CASE")
                .within(format!("WHEN NOT json_valid({text}) THEN NULL"))
                .within(format!("WHEN {} THEN", is_there_twice(column, key)))
                .within(Block::empty().within(last_member(last, &text, key)))
                .within(format!("WHEN {} THEN {}", member.is_text(), member.value()))
                .within(format!("ELSE nullif({}, 'null')", member.json()))
                .below("END")
        }
    }
}

/// The largest number that is read from a document, so that sums of squares fit in double precision.
pub const LARGEST_NUMBER: &str = "1e150";

/// Returns a member of a column's JSON object as a number, read like in [`object`], or NULL if the
/// member is not a number or larger than [`LARGEST_NUMBER`].
pub fn member_number(column: &str, key: &str, dialect: Dialect) -> Block {
    let member = |object| Member {
        object,
        key,
        dialect,
        is_jsonb: false,
    };
    match dialect {
        // Only nested CASE expressions guarantee the evaluation order. A number that double precision
        // rounds to 0 is 0, not an error.
        Dialect::Postgres => {
            let json = format!("{column}::json");
            let member = member(&json);
            let number = format!("({})::numeric", member.value());
            let fitting = Block::from("CASE")
                .within(format!("WHEN abs({number}) <= {LARGEST_NUMBER}"))
                .within(format!("THEN round({number}, 300)::double precision"))
                .below("END");
            let numeric = Block::from("CASE")
                .within(format!("WHEN {} THEN", member.is_number()))
                .within(Block::empty().within(fitting))
                .below("END");
            Block::from("CASE")
                .within(Block::from("WHEN ").then(is_readable(column).hanging()))
                .within("THEN")
                .within(Block::empty().within(numeric))
                .below("END")
        }
        Dialect::Sqlite => {
            let text = format!("CAST({column} AS TEXT)");
            let member = member(&text);
            let number = format!("CAST({} AS REAL)", member.value());
            let last = "CASE WHEN type IN ('integer', 'real') AND abs(CAST(value AS REAL)) <= 1e150 \
                        THEN CAST(value AS REAL) END";
            Block::from("CASE")
                .within(format!("WHEN NOT json_valid({text}) THEN NULL"))
                .within(format!("WHEN {} THEN", is_there_twice(column, key)))
                .within(Block::empty().within(last_member(last, &text, key)))
                .within(format!("WHEN {}", member.is_number()))
                .within(format!(
                    "  AND abs({number}) <= {LARGEST_NUMBER} THEN {number}"
                ))
                .below("END")
        }
    }
}

/// Returns the last member with this key, in SQLite.
fn last_member(selected: &str, text: &str, key: &str) -> Block {
    Block::from("(")
        .within(format!("SELECT {selected}"))
        .within(format!("FROM json_each({text})"))
        .within(format!("WHERE key = {}", quote::text(key)))
        .within("ORDER BY id DESC")
        .within("LIMIT 1")
        .below(")")
}

/// A member of an expression that is a JSON object or NULL.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The object.
    pub object: &'a str,
    /// The key of the member, without `"`, `\` and control characters.
    pub key: &'a str,
    /// The database.
    pub dialect: Dialect,
    /// Whether the object has the type `jsonb`.
    pub is_jsonb: bool,
}

impl Member<'_> {
    /// Returns the key as an operand for the operators of the dialect.
    fn path(&self) -> String {
        match self.dialect {
            Dialect::Postgres => quote::text(self.key),
            Dialect::Sqlite => quote::text(&format!("$.\"{}\"", self.key)),
        }
    }

    /// Returns the value as text, or NULL if the member is null or missing.
    pub fn value(&self) -> String {
        format!("{} ->> {}", self.object, self.path())
    }

    /// Returns whether the member is neither null nor missing.
    pub fn is_there(&self) -> String {
        format!("{} IS NOT NULL", self.value())
    }

    /// Returns the value as JSON.
    pub fn json(&self) -> String {
        format!("{} -> {}", self.object, self.path())
    }

    /// Returns the value as written in JSON, where a text has quotes and a boolean does not.
    pub fn written(&self) -> String {
        match self.dialect {
            Dialect::Postgres => format!("({})::text", self.json()),
            Dialect::Sqlite => self.json(),
        }
    }

    /// Returns the kind of JSON value.
    pub fn kind(&self) -> String {
        match self.dialect {
            Dialect::Postgres if self.is_jsonb => format!("jsonb_typeof({})", self.json()),
            Dialect::Postgres => format!("json_typeof({})", self.json()),
            Dialect::Sqlite => format!("json_type({}, {})", self.object, self.path()),
        }
    }

    /// Returns whether the value is a text.
    pub fn is_text(&self) -> String {
        match self.dialect {
            Dialect::Postgres => format!("{} = 'string'", self.kind()),
            Dialect::Sqlite => format!("{} = 'text'", self.kind()),
        }
    }

    /// Returns whether the value is a number.
    pub fn is_number(&self) -> String {
        match self.dialect {
            Dialect::Postgres => format!("{} = 'number'", self.kind()),
            Dialect::Sqlite => format!("{} IN ('integer', 'real')", self.kind()),
        }
    }

    /// Returns whether the value is a boolean.
    pub fn is_boolean(&self) -> String {
        match self.dialect {
            Dialect::Postgres => format!("{} = 'boolean'", self.kind()),
            Dialect::Sqlite => format!("{} IN ('true', 'false')", self.kind()),
        }
    }

    /// Returns the word `true` or `false` for a boolean member.
    pub fn boolean_word(&self) -> String {
        match self.dialect {
            Dialect::Postgres => self.value(),
            Dialect::Sqlite => self.kind(),
        }
    }
}
