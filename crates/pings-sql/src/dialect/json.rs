//! Members of JSON objects.

use super::{Dialect, quote};
use crate::EventLog;
use crate::layout::{Block, case_of};

/// The JSON of a column that may be of type JSON or text, may be empty, and
/// may hold what is no JSON at all: NULL where it does not look like an object.
///
/// SQLite looks closely. PostgreSQL before 16 cannot ask whether a text is
/// JSON, so it only asks whether it begins and ends as an object does; of `jsonb`
/// it need not ask.
pub fn object(column: &str, log: EventLog) -> Block {
    if log.has_jsonb {
        return column.into();
    }
    let dialect = log.dialect;
    let (test, json) = match dialect {
        Dialect::Postgres => (looks_like_object(column), format!("{column}::json")),
        Dialect::Sqlite => (format!("json_valid({column})"), column.to_owned()),
    };
    case_of(
        "CASE".into(),
        vec![format!("WHEN {test} THEN {json}").into()],
    )
}

fn looks_like_object(column: &str) -> String {
    format!(r"{column}::text ~ '^[ \t\n\r]*\{{.*\}}[ \t\n\r]*$'")
}

/// The text of a member of a column's JSON object, as [`object`] reads it.
///
/// SQLite has no text for the booleans and writes numbers anew, so what is no
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
                .within(format!(
                    "WHEN {} THEN {}",
                    looks_like_object(column),
                    member(&json).value()
                ))
                .below("END")
        }
        Dialect::Sqlite => {
            let member = member(column);
            Block::from("CASE")
                .within(format!("WHEN NOT json_valid({column}) THEN NULL"))
                .within(format!("WHEN {} THEN {}", member.is_text(), member.value()))
                .within(format!("ELSE nullif({}, 'null')", member.json()))
                .below("END")
        }
    }
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
