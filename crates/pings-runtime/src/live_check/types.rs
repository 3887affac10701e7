//! Compares the column types of a database with the logical types of a registry.

use pings_model::ColumnType;

/// A column as a database describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RealColumn {
    pub(super) name: String,
    /// The type as SQL shows it.
    pub(super) ty: String,
    /// PostgreSQL's category of the type, such as `N` for numbers; empty in SQLite.
    pub(super) category: String,
    /// The values of an enum.
    pub(super) labels: Vec<String>,
}

/// Returns whether a PostgreSQL column can have this logical type.
pub(super) fn fits_postgres(real: &RealColumn, declared: &ColumnType) -> bool {
    let ty = real.ty.as_str();
    let is_json = matches!(ty, "json" | "jsonb");
    match declared {
        ColumnType::Integer => {
            matches!(ty, "smallint" | "integer" | "bigint" | "oid")
                // Integers of any length.
                || (ty.starts_with("numeric(") && ty.ends_with(",0)"))
        }
        ColumnType::Number => real.category == "N" && ty != "money" && ty != "oid",
        ColumnType::Text | ColumnType::Version => {
            // Values of these types do not compare as texts.
            !is_json && !matches!(real.category.as_str(), "N" | "B" | "D" | "T") && ty != "bytea"
        }
        ColumnType::Enum(_) => matches!(real.category.as_str(), "S" | "E") || ty == "citext",
        ColumnType::Boolean => real.category == "B",
        ColumnType::Timestamp => ty.starts_with("timestamp") || ty == "date",
        // A JSON document may be stored as text.
        ColumnType::Json => is_json || real.category == "S",
    }
}

/// The affinity that SQLite derives from the name of a type, see section 3.1 of its documentation,
/// "Datatypes In SQLite".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Affinity {
    Integer,
    Text,
    None,
    Real,
    Numeric,
}

fn affinity(ty: &str) -> Affinity {
    let ty = ty.to_ascii_uppercase();
    let has = |part: &str| ty.contains(part);
    if has("INT") {
        Affinity::Integer
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        Affinity::Text
    } else if has("BLOB") || ty.is_empty() {
        Affinity::None
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}

/// Returns whether an SQLite column can have this logical type. SQLite stores any value, so that
/// only a contradicting type name is a mismatch.
pub(super) fn fits_sqlite(real: &RealColumn, declared: &ColumnType) -> bool {
    let affinity = affinity(&real.ty);
    let name = real.ty.to_ascii_uppercase();
    let is_any = affinity == Affinity::None;
    match declared {
        ColumnType::Integer | ColumnType::Boolean => {
            is_any || matches!(affinity, Affinity::Integer | Affinity::Numeric)
        }
        ColumnType::Number => is_any || affinity != Affinity::Text,
        ColumnType::Text | ColumnType::Enum(_) | ColumnType::Version => {
            let is_number = ["DEC", "NUM", "BOOL", "DATE", "TIME"]
                .iter()
                .any(|part| name.contains(part));
            is_any || affinity == Affinity::Text || (affinity == Affinity::Numeric && !is_number)
        }
        // Texts, Unix seconds and Julian days are all valid times.
        ColumnType::Timestamp => true,
        ColumnType::Json => is_any || affinity == Affinity::Text || name.contains("JSON"),
    }
}

#[cfg(test)]
mod tests {
    use pings_model::ColumnType;

    use super::{RealColumn, fits_postgres, fits_sqlite};

    fn column(ty: &str, category: &str) -> RealColumn {
        RealColumn {
            name: String::new(),
            ty: ty.to_owned(),
            category: category.to_owned(),
            labels: Vec::new(),
        }
    }

    /// Returns the initials of the logical types that a column type can have.
    fn fits(fits: impl Fn(&ColumnType) -> bool) -> String {
        [
            ("i", ColumnType::Integer),
            ("n", ColumnType::Number),
            ("t", ColumnType::Text),
            ("e", ColumnType::Enum(Vec::new())),
            ("b", ColumnType::Boolean),
            ("s", ColumnType::Timestamp),
            ("j", ColumnType::Json),
        ]
        .iter()
        .filter(|(_, declared)| fits(declared))
        .map(|(letter, _)| *letter)
        .collect()
    }

    #[test]
    fn a_real_type_stands_for_logical_ones() {
        for (ty, category, expected) in [
            ("smallint", "N", "in"),
            ("bigint", "N", "in"),
            ("numeric(20,0)", "N", "in"),
            ("numeric", "N", "n"),
            ("double precision", "N", "n"),
            ("text", "S", "tej"),
            ("character varying(255)", "S", "tej"),
            ("citext", "S", "tej"),
            ("mood", "E", "te"),
            ("uuid", "U", "t"),
            ("text[]", "A", "t"),
            ("boolean", "B", "b"),
            ("timestamp without time zone", "D", "s"),
            ("timestamp with time zone", "D", "s"),
            ("interval", "T", ""),
            ("jsonb", "U", "j"),
            ("bytea", "U", ""),
        ] {
            let real = column(ty, category);
            assert_eq!(
                fits(|declared| fits_postgres(&real, declared)),
                expected,
                "{ty}"
            );
        }
        for (ty, expected) in [
            ("INTEGER", "inbs"),
            ("VARCHAR(20)", "tesj"),
            ("", "intebsj"),
            ("REAL", "ns"),
            ("BOOLEAN", "inbs"),
            ("DATETIME", "inbs"),
            ("UUID", "intebs"),
            ("JSON", "intebsj"),
        ] {
            let real = column(ty, "");
            assert_eq!(
                fits(|declared| fits_sqlite(&real, declared)),
                expected,
                "{ty}"
            );
        }
    }
}
