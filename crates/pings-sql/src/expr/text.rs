//! Text functions.

use pings_model::{Expr, ValueType};

use super::value;
use crate::binding::{Binding, Sql};
use crate::dialect::Dialect;
use crate::layout::{Block, chain};
use crate::version;

/// Renders `lower(x)` for A to Z, the only letters that SQLite and PostgreSQL's collation `C`
/// convert.
pub fn lower(inner: &Expr, dialect: Dialect) -> Sql {
    let inner = text(inner, dialect);
    Sql::primary(match dialect {
        Dialect::Postgres => Block::from("lower(")
            .then(inner.within(Binding::Primary))
            .then(" COLLATE \"C\")"),
        Dialect::Sqlite => Block::from("lower(").then(inner.alone()).then(")"),
    })
}

/// Renders `length(x)`, in characters.
pub fn length(inner: &Expr, dialect: Dialect) -> Sql {
    let inner = text(inner, dialect).alone();
    Sql::primary(Block::from("length(").then(inner).then(")"))
}

/// Renders a version with three numbers.
pub fn version(inner: &Expr, dialect: Dialect) -> Sql {
    let inner = text(inner, dialect).within(Binding::Primary).finished();
    Sql::primary(version::reduced(inner.trim_end(), dialect))
}

/// `a || b`
pub fn concat(items: &[Expr], dialect: Dialect) -> Sql {
    let items = items
        .iter()
        .map(|item| text(item, dialect).within(Binding::Primary));
    Sql::new(chain("||", items.collect()), Binding::Concatenation)
}

/// Renders a value as text.
fn text(expr: &Expr, dialect: Dialect) -> Sql {
    let sql = value(expr, dialect);
    match (expr.ty, dialect) {
        (ValueType::Text, _) | (ValueType::Null, Dialect::Sqlite) => sql,
        _ => sql.cast(ValueType::Text, dialect),
    }
}
