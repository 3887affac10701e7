//! Replaces the rows of an existing event log.

use pings_sql::Dialect;
use time::OffsetDateTime;

use super::{Database, LogKind};
use crate::oracle::LogRow;

impl Database {
    /// Returns the dialect of the database.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Postgres(_) => Dialect::Postgres,
            Self::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// Empties the event log and inserts these rows in order. The kinds take turns in determining
    /// how a time is written; the table itself is of the first kind.
    ///
    /// # Panics
    ///
    /// Panics if a statement fails.
    pub async fn replace_log(&mut self, kinds: &[LogKind], rows: &[LogRow]) {
        let insert = self.insertion(kinds, rows);
        self.execute(&format!("BEGIN; DELETE FROM event_logs;\n{insert}COMMIT"))
            .await;
    }

    /// Inserts these rows after those that are there, as [`Database::replace_log`] does.
    ///
    /// # Panics
    ///
    /// Panics if a statement fails.
    pub async fn add_to_log(&mut self, kinds: &[LogKind], rows: &[LogRow]) {
        let insert = self.insertion(kinds, rows);
        self.execute(&format!("BEGIN; {insert}COMMIT")).await;
    }

    fn insertion(&self, kinds: &[LogKind], rows: &[LogRow]) -> String {
        let lines: Vec<String> = rows
            .iter()
            .zip(kinds.iter().cycle())
            .map(|(row, kind)| self.line(*kind, row))
            .collect();
        if lines.is_empty() {
            return String::new();
        }
        format!(
            "INSERT INTO event_logs (name, url, user_id, anonymous_user_id, source, argument, version, \"timestamp\") VALUES\n{};\n",
            lines.join(",\n")
        )
    }

    fn line(&self, kind: LogKind, row: &LogRow) -> String {
        let (between, end) = match self.dialect() {
            Dialect::Postgres => (
                " ",
                if kind.timestamp == "timestamptz" {
                    "Z"
                } else {
                    ""
                },
            ),
            Dialect::Sqlite => kind.written,
        };
        format!(
            "({}, '', {}, {}, {}, {}, {}, '{}')",
            quoted(&row.name),
            row.user_id,
            quoted(&row.anonymous_user_id),
            quoted(&row.source),
            row.argument.as_deref().map_or("NULL".to_owned(), quoted),
            quoted(&row.version),
            written(row.timestamp, between, end),
        )
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Formats Unix milliseconds as text. The fraction is omitted if it is 0.
fn written(milliseconds: i64, between: &str, end: &str) -> String {
    let nanoseconds = i128::from(milliseconds) * 1_000_000;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).expect("a time");
    let fraction = match time.millisecond() {
        0 => String::new(),
        some => format!(".{some:03}"),
    };
    let (hour, minute, second) = time.to_hms();
    let date = time.date();
    format!("{date}{between}{hour:02}:{minute:02}:{second:02}{fraction}{end}")
}
