//! Members of JSON objects.

use super::{Dialect, quote};
use crate::EventLog;
use crate::layout::{Block, case_of, chain};

/// The JSON of a column that may be of type JSON or text, may be empty, and
/// may hold what is no JSON at all: NULL where it does not look like an object.
///
/// SQLite looks closely. PostgreSQL before 16 cannot ask whether a text is
/// JSON, so it only asks whether it begins and ends as an object does; of `jsonb`
/// it need not ask.
///
/// If a key occurs twice, PostgreSQL reads the last member and SQLite the first. In SQLite,
/// an object in which one of these keys may occur twice is therefore rebuilt.
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
            // A document that was written as bytes is read as its text.
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

/// Whether a key may be in a document twice; in a value it may also be, which costs only time.
fn is_there_twice(column: &str, key: &str) -> String {
    let key = quote::text(&format!("\"{key}\""));
    format!("instr(substr({column}, instr({column}, {key}) + 1), {key})")
}

/// An object of SQLite with the last of each of its members.
///
/// SQLite writes a number with a fraction in 15 digits, so one that needs more is written in 17.
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

/// Whether PostgreSQL can read a text as an object: it begins and ends as one, and
/// no escape in it is of NUL or of half a surrogate pair, which no text can hold.
fn is_readable(column: &str) -> Block {
    let looks_like_object = format!(r"{column}::text ~ '^[ \t\n\r]*\{{.*\}}[ \t\n\r]*$'");
    // Without pairs of backslashes each that is left begins an escape.
    let has_texts = format!(
        r"replace({column}::text, '\\', '') !~ '\\u(0000|[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..\\u)[dD][c-fC-F])'"
    );
    chain("AND", vec![looks_like_object.into(), has_texts.into()])
}

/// The text of a member of a column's JSON object, as [`object`] reads it.
///
/// SQLite has no text for the booleans and writes numbers differently, so what is no
/// text is taken as it stands in the document; null is NULL.
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
            Block::from("CASE")
                .within(format!("WHEN NOT json_valid({text}) THEN NULL"))
                .within(format!("WHEN {} THEN", is_there_twice(column, key)))
                .within(Block::empty().within(last_text(&text, key)))
                .within(format!("WHEN {} THEN {}", member.is_text(), member.value()))
                .within(format!("ELSE nullif({}, 'null')", member.json()))
                .below("END")
        }
    }
}

/// The text of the last member with that key, in SQLite.
fn last_text(text: &str, key: &str) -> Block {
    Block::from("(")
        .within("SELECT CASE WHEN type IN ('true', 'false') THEN type ELSE CAST(value AS TEXT) END")
        .within(format!("FROM json_each({text})"))
        .within(format!("WHERE key = {}", quote::text(key)))
        .within("ORDER BY id DESC")
        .within("LIMIT 1")
        .below(")")
}

/// A member of an object that is JSON or NULL.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The object.
    pub object: &'a str,
    /// The member's key; without `"`, `\` and control characters.
    pub key: &'a str,
    /// The database.
    pub dialect: Dialect,
    /// Whether the object is of type `jsonb`.
    pub is_jsonb: bool,
}

impl Member<'_> {
    /// The key as the operators of the dialect take it.
    fn path(&self) -> String {
        match self.dialect {
            Dialect::Postgres => quote::text(self.key),
            Dialect::Sqlite => quote::text(&format!("$.\"{}\"", self.key)),
        }
    }

    /// Its value: text of a text, NULL of null and of nothing.
    pub fn value(&self) -> String {
        format!("{} ->> {}", self.object, self.path())
    }

    /// Its value as JSON.
    pub fn json(&self) -> String {
        format!("{} -> {}", self.object, self.path())
    }

    /// It as it is written in JSON, where a text has quotes and a boolean has none.
    pub fn written(&self) -> String {
        match self.dialect {
            Dialect::Postgres => format!("({})::text", self.json()),
            Dialect::Sqlite => self.json(),
        }
    }

    /// What kind of JSON value it is.
    pub fn kind(&self) -> String {
        match self.dialect {
            Dialect::Postgres if self.is_jsonb => format!("jsonb_typeof({})", self.json()),
            Dialect::Postgres => format!("json_typeof({})", self.json()),
            Dialect::Sqlite => format!("json_type({}, {})", self.object, self.path()),
        }
    }

    /// Whether it is a text.
    pub fn is_text(&self) -> String {
        match self.dialect {
            Dialect::Postgres => format!("{} = 'string'", self.kind()),
            Dialect::Sqlite => format!("{} = 'text'", self.kind()),
        }
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> String {
        match self.dialect {
            Dialect::Postgres => format!("{} = 'number'", self.kind()),
            Dialect::Sqlite => format!("{} IN ('integer', 'real')", self.kind()),
        }
    }

    /// Whether it is true or false.
    pub fn is_boolean(&self) -> String {
        match self.dialect {
            Dialect::Postgres => format!("{} = 'boolean'", self.kind()),
            Dialect::Sqlite => format!("{} IN ('true', 'false')", self.kind()),
        }
    }

    /// The words `true` and `false` of a member that is a boolean.
    pub fn boolean_word(&self) -> String {
        match self.dialect {
            Dialect::Postgres => self.value(),
            Dialect::Sqlite => self.kind(),
        }
    }
}
