//! The pages of the product's tables, which answer what breaks if a column is dropped.

use maud::{Markup, html};
use pings_codegen::Tree;
use pings_model::{Column, ColumnType, Table, TableId};

use crate::data;
use crate::events::metrics;
use crate::frame::{Area, Place, page};
use crate::markdown::one_line;
use crate::site::Site;

const PLACE: Place = Place::below(Area::Tables);

pub(crate) fn pages(site: &Site<'_>, tree: &mut Tree) {
    let tables = site.registry.tables();
    if tables.is_empty() {
        return;
    }
    for (number, table) in tables.iter().enumerate() {
        let id = TableId(number);
        tree.insert(
            format!("{}.html", site.table(id)),
            page(site, PLACE, &table.name, &content(site, id, table)),
        );
        tree.insert(
            format!("{}.json", site.table(id)),
            data::table(site, id, table),
        );
    }
    tree.insert(
        "tables/index.html",
        page(site, PLACE, "Tables", &index(site)),
    );
}

fn index(site: &Site<'_>) -> Markup {
    html! {
        h1 { "Tables" }
        p { "The tables of the product that captures read." }
        div.wide tabindex="0" role="group" aria-label="Table of tables" { table {
            thead { tr { th { "Table" } th { "Columns" } th { "Read by" } } }
            tbody {
                @for (number, table) in site.registry.tables().iter().enumerate() {
                    @let id = TableId(number);
                    tr {
                        th scope="row" { a href=(PLACE.to(&site.table(id))) { code { (one_line(&table.name)) } } }
                        td { (table.columns.len()) }
                        td { @if let Some(uses) = site.read(id) { (metrics(PLACE, &uses.metrics)) } }
                    }
                }
            }
        } }
    }
}

fn content(site: &Site<'_>, id: TableId, table: &Table) -> Markup {
    let uses = site.read(id);
    html! {
        p.section { a href=(PLACE.to("tables/index")) { "Tables" } }
        h1 { code { (one_line(&table.name)) } }
        @match uses.filter(|it| !it.metrics.is_empty()) {
            Some(uses) => p { "Read by " (metrics(PLACE, &uses.metrics)) "." },
            None => p { "No declared capture reads the table." },
        }
        @if let Some(uses) = uses.filter(|it| !it.sql.is_empty()) {
            p { "Hand-written SQL that names the table: " (metrics(PLACE, &uses.sql)) "." }
        }
        h2 { "Columns" }
        div.wide tabindex="0" role="group" aria-label="Table of columns" { table {
            thead { tr { th { "Column" } th { "Type" } th { "Read by" } } }
            tbody {
                @for column in &table.columns {
                    tr id={ "column-" (one_line(&column.name)) } {
                        th scope="row" { code { (one_line(&column.name)) } }
                        td { (ty(column)) }
                        td {
                            @match uses.and_then(|it| it.columns.get(column.name.as_str())) {
                                Some(uses) => (metrics(PLACE, uses)),
                                None => "no declared capture",
                            }
                        }
                    }
                }
            }
        } }
        p.data { a href=(PLACE.to(&site.table(id)).replace(".html", ".json")) { "This page as JSON" } }
    }
}

fn ty(column: &Column) -> Markup {
    html! {
        @match &column.ty {
            ColumnType::Integer => "integer",
            ColumnType::Number => "number",
            ColumnType::Text => "text",
            ColumnType::Boolean => "boolean",
            ColumnType::Timestamp => "time",
            ColumnType::Json => "JSON",
            ColumnType::Version => "version",
            ColumnType::Enum(values) => {
                @for (place, value) in values.iter().enumerate() {
                    @if place > 0 { " or " }
                    code { (one_line(value)) }
                }
            },
        }
    }
}
