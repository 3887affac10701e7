//! Folding of small groups into one: `min_group`.

use crate::dialect::quote;
use crate::fold::OTHER;
use crate::layout::{Block, Select, list};
use crate::measure::{Rows, grouped};
use crate::names::Names;

/// The measure of a group's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// The number of users.
    Users,
    /// The number of rows.
    Rows,
}

/// Replaces groups with fewer than `least` users or rows with [`OTHER`].
///
/// The groups, values and users of the rows must already have names.
pub fn folded(rows: Rows, least: u32, by: Size, names: &mut Names) -> Rows {
    let size = names.give("size");
    let (rows, counted) = match by {
        Size::Rows => (rows, "count(*)".to_owned()),
        Size::Users => {
            let is_new = names.give("is_new");
            let mut partition = grouped(&rows.groups);
            partition.push(rows.person.as_str().into());
            let is_first = list("row_number() OVER (PARTITION BY ", partition, ") = 1");
            let column = Block::from(format!("CASE WHEN {} IS NOT NULL AND ", rows.person))
                .then(is_first)
                .then(format!(" THEN 1 ELSE 0 END AS {is_new}"));
            let mut columns = kept(&rows, by);
            columns.push(column);
            (
                defined(rows, "counted", columns, names),
                format!("sum({is_new})"),
            )
        }
    };
    let mut columns = kept(&rows, by);
    let partition = grouped(&rows.groups);
    columns.push(
        list(&format!("{counted} OVER (PARTITION BY "), partition, ")").then(format!(" AS {size}")),
    );
    let rows = defined(rows, "sized", columns, names);

    let other = quote::text(OTHER);
    let fold = |group: Block| {
        Block::from(format!("CASE WHEN {size} < {least} THEN {other} ELSE "))
            .then(group.clone())
            .then(" END AS ")
            .then(group)
    };
    let mut columns: Vec<Block> = grouped(&rows.groups).into_iter().map(fold).collect();
    columns.extend(kept(&rows, by).into_iter().skip(rows.groups.len()));
    defined(rows, "folded", columns, names)
}

/// Returns the columns that the measures read, starting with the groups.
fn kept(rows: &Rows, by: Size) -> Vec<Block> {
    let mut columns = grouped(&rows.groups);
    columns.extend(rows.values.iter().map(|value| value.sql.clone()));
    if by == Size::Users {
        columns.push(rows.person.as_str().into());
    }
    columns.extend(rows.alike.as_deref().map(Block::from));
    columns
}

/// Gives the rows so far a name that no table has.
fn defined(mut rows: Rows, name: &str, columns: Vec<Block>, names: &mut Names) -> Rows {
    let name = names.give(name);
    let select = Select {
        columns,
        from: std::mem::replace(&mut rows.from, vec![format!("FROM {name}").into()]),
        conditions: std::mem::take(&mut rows.conditions),
        ..Select::default()
    };
    rows.defined.push((name, select.block()));
    rows
}
