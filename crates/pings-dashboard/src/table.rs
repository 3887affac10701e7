//! A table of a page, which is also the CSV of the page.

use maud::{Markup, html};

use crate::text::{cell, number, percent, plain, raw};

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    /// The caption, for screen readers.
    pub(crate) caption: String,
    /// The names of the columns in CSV, and their headings.
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    heading: String,
    is_number: bool,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    /// A text with an address of the site.
    Link(String, String),
    Number(Option<f64>),
    Share(Option<f64>),
    /// A number whose digits after the decimal point are not shown, because it is estimated.
    About(Option<f64>),
    /// A text in the style of a badge: its class and its text.
    Badge(&'static str, String),
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn count(count: u64) -> Self {
        Self::Number(Some(count as f64))
    }
}

impl Table {
    pub(crate) fn new(caption: impl Into<String>) -> Self {
        Self {
            caption: caption.into(),
            ..Self::default()
        }
    }

    /// Adds a column of texts.
    pub(crate) fn text(mut self, heading: impl Into<String>) -> Self {
        self.columns.push(Column {
            heading: heading.into(),
            is_number: false,
        });
        self
    }

    /// Adds a column of numbers.
    pub(crate) fn number(mut self, heading: impl Into<String>) -> Self {
        self.columns.push(Column {
            heading: heading.into(),
            is_number: true,
        });
        self
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Returns the table as HTML.
    pub(crate) fn html(&self) -> Markup {
        html! {
            div.wide tabindex="0" role="group" aria-label=(plain(&self.caption)) {
                table {
                    thead {
                        tr {
                            @for column in &self.columns {
                                th.number[column.is_number] scope="col" dir="auto" { (plain(&column.heading)) }
                            }
                        }
                    }
                    tbody {
                        @for row in &self.rows {
                            tr {
                                @for (place, (cell, column)) in row.iter().zip(&self.columns).enumerate() {
                                    @if place == 0 {
                                        th scope="row" dir="auto" { (shown(cell)) }
                                    } @else {
                                        td.number[column.is_number] dir="auto" { (shown(cell)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Returns the table as CSV.
    pub(crate) fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let head = self.columns.iter().map(|column| cell(&column.heading));
        let rows = self.rows.iter().map(|row| row.iter().map(bare).collect());
        for line in std::iter::once(head.collect::<Vec<_>>()).chain(rows) {
            // Writing to memory cannot fail.
            let _ = writer.write_record(line);
        }
        let bytes = writer.into_inner().unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn shown(cell: &Cell) -> Markup {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    html! {
        @match cell {
            Cell::Text(text) => (plain(text)),
            Cell::Link(text, address) => a href=(address) { (plain(text)) },
            Cell::Number(value) => (or_dash(value.map(number))),
            Cell::Share(value) => (or_dash(value.map(percent))),
            Cell::About(value) => (or_dash(value.map(|it| number(it.round())))),
            Cell::Badge(class, text) => span class={ "badge " (class) } { (plain(text)) },
        }
    }
}

fn bare(of: &Cell) -> String {
    match of {
        Cell::Text(text) | Cell::Link(text, _) | Cell::Badge(_, text) => cell(text),
        Cell::Number(value) | Cell::Share(value) | Cell::About(value) => {
            value.map(raw).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table};

    #[test]
    fn csv_and_html_have_the_same_cells_and_hostile_texts_are_harmless() {
        let mut table = Table::new("<b>").text("=week").number("count");
        table.row(vec![
            Cell::text("<script>alert(1)</script>, \u{202e}\"x\""),
            Cell::Number(Some(1234.5)),
        ]);
        table.row(vec![Cell::text("@b"), Cell::Number(None)]);
        assert_eq!(
            table.csv(),
            "'=week,count\n\"<script>alert(1)</script>, \u{fffd}\"\"x\"\"\",1234.5\n'@b,\n"
        );
        let html = table.html().into_string();
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script"));
        assert!(html.contains(">1,234.5<") && html.contains(">–<"));
    }
}
