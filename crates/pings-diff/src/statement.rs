//! Comparison of captures in hand-written SQL.

use pings_model::{SqlCapture, SqlColumn, SqlPiece, SqlText, ValueDomain, ValueType};

use crate::change::{Change, Kind};
use crate::context::Context;
use crate::location::MetricRef;
use crate::result_columns::{dimension_added, dimension_removed, new_code};
use crate::value_domain::DimensionRef;
use crate::{order, result_columns, value_domain};

pub(crate) fn compare(
    cx: &mut Context<'_>,
    old: &SqlCapture,
    new: &SqlCapture,
    coded: MetricRef<'_>,
) {
    if old == new {
        return;
    }
    let SqlCapture {
        postgres,
        sqlite,
        columns,
        // The database is compared for all captures.
        database: _,
    } = old;
    for (database, was, is) in [
        ("postgres", postgres, &new.postgres),
        ("sqlite", sqlite, &new.sqlite),
    ] {
        let code = &coded.metric.code;
        let (path, subject) = coded.key("sql");
        let (was, is) = match (was, is) {
            (Some(was), Some(is)) if was != is => (written(was), written(is)),
            (None, Some(is)) => {
                let message = format!("metric `{code}` gained SQL for {database}");
                let change = Change::new(Kind::SqlAdded, path.key(database), subject, message);
                cx.report(change.is(written(is)));
                continue;
            }
            (Some(was), None) => {
                let message = format!("metric `{code}` no longer has SQL for {database}");
                let help = "instances on this database no longer send it: keep the statement";
                let change = Change::new(Kind::SqlRemoved, path, subject, message);
                cx.report(change.was(written(was)).help(help));
                continue;
            }
            _ => continue,
        };
        let path = path.key(database);
        let change = if meaning(&was) == meaning(&is) {
            let message =
                format!("SQL of metric `{code}` is written differently with the same meaning");
            Change::new(Kind::Rewritten, path, subject, message)
        } else {
            let message = format!("the SQL of metric `{code}` changed");
            let help = format!(
                "if the values are the same, tell the reviewer; otherwise, {}",
                new_code(code)
            );
            Change::new(Kind::SqlChanged, path, subject, message).help(help)
        };
        cx.report(change.was(was).is(is));
    }
    compare_columns(cx, columns, &new.columns, coded);
}

fn compare_columns(
    cx: &mut Context<'_>,
    old: &[SqlColumn],
    new: &[SqlColumn],
    coded: MetricRef<'_>,
) {
    let dimensions = |columns: &'_ [SqlColumn], is: bool| -> Vec<String> {
        let of_kind = columns.iter().filter(|column| column.dimension == is);
        of_kind.map(|column| column.name.clone()).collect()
    };
    let (was, is) = (dimensions(old, true), dimensions(new, true));
    for name in was.iter().filter(|name| !is.contains(name)) {
        dimension_removed(cx, name, None, coded);
    }
    for name in is.iter().filter(|name| !was.contains(name)) {
        dimension_added(cx, name, coded);
    }
    result_columns::measures(cx, &dimensions(old, false), &dimensions(new, false), coded);
    for column in old {
        let SqlColumn {
            name,
            ty,
            values: _,
            dimension,
        } = column;
        let Some(now) = new.iter().find(|it| it.name == *name) else {
            continue;
        };
        if *ty != now.ty {
            let code = &coded.metric.code;
            let (path, subject) = coded.key("columns");
            let message = format!("the type of column `{name}` of metric `{code}` changed");
            cx.changed(
                Kind::SqlColumnChanged,
                (path.key(name), subject),
                message,
                type_text(*ty),
                type_text(now.ty),
                new_code(code),
            );
        } else if *dimension && now.dimension {
            let [was, is] = [column, now].map(ValueDomain::of_sql_column);
            let key = "columns";
            value_domain::compare(cx, was, is, DimensionRef { name, key, coded });
        }
    }
    let was = old.iter().map(|it| it.name.as_str());
    let is = new.iter().map(|it| it.name.as_str());
    order::compare(cx, "columns", was, is, || coded.key("columns"));
}

fn type_text(ty: ValueType) -> &'static str {
    match ty {
        ValueType::Integer => "integer",
        ValueType::Number => "number",
        ValueType::Text => "text",
        ValueType::Boolean => "boolean",
        ValueType::Timestamp => "timestamp",
        ValueType::Json => "json",
        ValueType::Null => "null",
    }
}

/// Returns the statement as it is written in the registry.
fn written(sql: &SqlText) -> String {
    let SqlText(pieces) = sql;
    pieces
        .iter()
        .map(|piece| match piece {
            SqlPiece::Text(text) => text.as_str(),
            SqlPiece::WeekStart => ":week_start",
            SqlPiece::WeekEnd => ":week_end",
            SqlPiece::Now => ":now",
        })
        .collect()
}

/// Returns the statement without what does not affect its meaning: whitespace, comments, and the
/// case of unquoted text. A statement that may contain other kinds of quotes is returned unchanged.
fn meaning(sql: &str) -> String {
    if sql.contains(['\\', '$', '`']) {
        return sql.to_owned();
    }
    let mut meaning = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("--") {
            Some(rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            Some(rest.find("*/").map_or(rest.len(), |at| at + 2))
        } else if c.is_whitespace() {
            Some(c.len_utf8())
        } else {
            None
        };
        if let Some(skipped) = skipped {
            if !meaning.ends_with(' ') {
                meaning.push(' ');
            }
            rest = &rest[skipped..];
        } else if matches!(c, '\'' | '"') {
            let end = rest[1..].find(c).map_or(rest.len(), |at| at + 2);
            meaning.push_str(&rest[..end]);
            rest = &rest[end..];
        } else {
            meaning.extend(c.to_lowercase());
            rest = &rest[c.len_utf8()..];
        }
    }
    meaning.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::meaning;

    #[test]
    fn blanks_comments_and_case_do_not_matter() {
        let sql = "select count(*) as n from t where x = 'A  b'";
        for same in [
            "SELECT count(*) AS n\n  FROM t -- all\n WHERE x = 'A  b'",
            "/* all */ Select COUNT(*) as n from t where x = 'A  b' ",
        ] {
            assert_eq!(meaning(same), meaning(sql));
        }
        for other in [
            "select count(*) as n from t where x = 'a  b'",
            "select count(*) as n from t where x = 'A b'",
            "select count(*) as \"N\" from t where x = 'A  b'",
        ] {
            assert_ne!(meaning(other), meaning(sql));
        }
    }

    #[test]
    fn quotes_of_other_kinds_are_left_as_they_are() {
        assert_ne!(meaning("SELECT $$A$$"), meaning("SELECT $$a$$"));
        assert_ne!(meaning(r"SELECT E'\'A'"), meaning(r"SELECT E'\'a'"));
    }
}
