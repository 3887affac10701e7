//! The tables that an expression of a capture may refer to.

use pings_model::{Column, ColumnType, MAIN_DATABASE, TableId, TableRef};

use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::names::Names;
use crate::nearest::with_suggestion;
use crate::source::Span;

/// The tables of a capture, with their names in the capture.
#[derive(Clone)]
pub(super) struct Scope<'n> {
    names: &'n Names<'n>,
    tables: Vec<(String, TableId)>,
}

/// A column that an expression refers to.
pub(super) struct Resolved<'n> {
    pub(super) table: TableId,
    pub(super) qualifier: String,
    pub(super) column: &'n Column,
}

/// A part of `table.column`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Table,
    Column,
}

/// The result of a name lookup.
pub(super) enum Lookup<'n> {
    Found(Resolved<'n>),
    /// The name is unknown; contains the diagnostic.
    Unknown(Diagnostic),
    /// The table failed the schema check, which was already reported.
    Unsound,
}

impl<'n> Scope<'n> {
    pub(super) fn new(names: &'n Names<'n>) -> Self {
        Self {
            names,
            tables: Vec::new(),
        }
    }

    /// Returns the table with this name, or a diagnostic if there is no such table.
    pub(super) fn table(
        names: &Names<'_>,
        name: &str,
        alias: Option<&str>,
        place: &dyn Fn() -> Span,
    ) -> Result<TableRef, Diagnostic> {
        let Some(id) = names.table_ids.get(name) else {
            let unknown = Diagnostic::new(
                Rule::UnknownTable,
                place(),
                format!("there is no table `{name}`"),
            );
            let known = names.tables.iter().map(|table| table.name.as_str());
            let unknown = with_suggestion(unknown, name, "the tables are", known);
            return Err(unknown.help("declare tables under `tables`"));
        };
        Ok(TableRef {
            table: *id,
            alias: alias.map(str::to_owned),
        })
    }

    /// Returns this scope with an additional table, for the condition of an `EXISTS`.
    pub(super) fn with_table(
        &self,
        name: &str,
        alias: Option<&str>,
        place: &dyn Fn() -> Span,
    ) -> Result<(Self, TableRef), Diagnostic> {
        let table = Self::table(self.names, name, alias, place)?;
        self.has_database_of(&table, place)?;
        let mut scope = self.clone();
        if scope.add(&table) {
            return Ok((scope, table));
        }
        let called = alias.unwrap_or(name);
        let message = format!("this capture reads `{called}` already");
        Err(
            Diagnostic::new(Rule::DuplicateValue, place(), message).help(format!(
                "give this one another name: `{name} AS other_name`"
            )),
        )
    }

    /// Returns a diagnostic if a table is in another database than the tables of the scope.
    pub(super) fn has_database_of(
        &self,
        table: &TableRef,
        place: &dyn Fn() -> Span,
    ) -> Result<(), Diagnostic> {
        let called = |id: TableId| {
            let database = self.names.tables[id.0].database.as_deref();
            database.unwrap_or(MAIN_DATABASE)
        };
        let Some((_, first)) = self.tables.first() else {
            return Ok(());
        };
        let (own, other) = (called(*first), called(table.table));
        if own == other {
            return Ok(());
        }
        let message = format!(
            "`{}` is in the database `{other}`, but this capture reads `{own}`",
            self.name(table.table)
        );
        let help = "a capture reads tables of one database: make a capture for each";
        Err(Diagnostic::new(Rule::OtherDatabase, place(), message).help(help))
    }

    /// Returns the declared name of a table.
    pub(super) fn name(&self, table: TableId) -> &'n str {
        &self.names.tables[table.0].name
    }

    /// Adds a table. Returns `false` if the scope already contains a table with the same name.
    pub(super) fn add(&mut self, table: &TableRef) -> bool {
        let name = table
            .alias
            .clone()
            .unwrap_or_else(|| self.names.tables[table.table.0].bare_name().to_owned());
        let fresh = self.tables.iter().all(|(other, _)| *other != name);
        self.tables.push((name, table.table));
        fresh
    }

    /// Returns the declared type of a column.
    pub(super) fn column_type(&self, table: TableId, column: &str) -> Option<&'n ColumnType> {
        Some(&self.names.tables[table.0].column(column)?.ty)
    }

    /// Looks up the column of `table.column`. The location is only computed for errors.
    pub(super) fn qualified(
        &self,
        table: &str,
        column: &str,
        place: &dyn Fn(Named) -> Span,
    ) -> Lookup<'n> {
        // `auth.users.id` and `users.id` refer to the same column.
        let called = |(name, id): &&(String, TableId)| {
            name == table || self.names.tables[id.0].name == table
        };
        let Some((qualifier, id)) = self.tables.iter().find(called) else {
            let message = format!("this capture reads no table `{table}`");
            let unknown = Diagnostic::new(Rule::UnknownTable, place(Named::Table), message);
            let known = self.tables.iter().map(|(name, _)| name.as_str());
            let unknown = with_suggestion(unknown, table, "it reads", known);
            return Lookup::Unknown(match self.names.table_ids.get(table) {
                Some(_) => unknown.help(format!("add `{table}` to `join`")),
                None => unknown,
            });
        };
        if !self.names.is_sound_table(*id) {
            return Lookup::Unsound;
        }
        let declared = &self.names.tables[id.0];
        match declared.column(column) {
            Some(column) => Lookup::Found(Resolved {
                table: *id,
                qualifier: qualifier.clone(),
                column,
            }),
            None => {
                let message = format!("table `{}` has no column `{column}`", declared.name);
                let unknown = Diagnostic::new(Rule::UnknownColumn, place(Named::Column), message);
                let known = declared.columns.iter().map(|column| column.name.as_str());
                Lookup::Unknown(
                    with_suggestion(unknown, column, "its columns are", known)
                        .help(format!("declare columns under `tables: {}`", declared.name)),
                )
            }
        }
    }

    /// Looks up an unqualified column name, which must exist in exactly one table.
    pub(super) fn bare(&self, column: &str, place: &dyn Fn(Named) -> Span) -> Lookup<'n> {
        if self
            .tables
            .iter()
            .any(|(_, id)| !self.names.is_sound_table(*id))
        {
            return Lookup::Unsound;
        }
        let mut having = self
            .tables
            .iter()
            .filter_map(|(name, id)| Some((name, id, self.names.tables[id.0].column(column)?)));
        match (having.next(), having.next()) {
            (Some((name, id, column)), None) => Lookup::Found(Resolved {
                table: *id,
                qualifier: name.clone(),
                column,
            }),
            (Some((first, ..)), Some((second, ..))) => Lookup::Unknown(
                Diagnostic::new(
                    Rule::UnknownColumn,
                    place(Named::Column),
                    format!("`{column}` is a column of two tables"),
                )
                .help(format!("write `{first}.{column}` or `{second}.{column}`")),
            ),
            (None, _) => {
                let known = || {
                    self.tables.iter().flat_map(|(_, id)| {
                        self.names.tables[id.0]
                            .columns
                            .iter()
                            .map(|column| column.name.as_str())
                    })
                };
                let read = self
                    .tables
                    .iter()
                    .map(|(name, _)| format!("`{name}`"))
                    .collect::<Vec<_>>();
                let message = format!("there is no column `{column}` in {}", read.join(", "));
                let unknown = Diagnostic::new(Rule::UnknownColumn, place(Named::Column), message);
                Lookup::Unknown(
                    with_suggestion(unknown, column, "the columns are", known())
                        .help("write texts in single quotes: 'text'"),
                )
            }
        }
    }
}
