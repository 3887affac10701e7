//! Text tables.

use super::wrap::{width, wrapped};

/// The alignment of a column.
#[derive(Clone, Copy)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows of cells. Cells may be styled; styles do not count towards the width.
pub(crate) struct Table {
    columns: Vec<Align>,
    rows: Vec<Vec<String>>,
    indent: usize,
}

impl Table {
    pub(crate) fn new(columns: &[Align], indent: usize) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
            indent,
        }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        // A cell must not contain line breaks.
        let cells = cells.into_iter();
        self.rows.push(
            cells
                .map(|cell| cell.replace(['\n', '\r'], "\u{fffd}"))
                .collect(),
        );
    }

    /// Returns the rows as lines that fit the terminal.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.rows().concat()
    }

    /// Returns the lines of each row. On a terminal, long cells are wrapped to its width.
    pub(crate) fn rows(&self) -> Vec<Vec<String>> {
        self.rows_within(terminal_width())
    }

    /// Returns the lines of each row, without trailing spaces. Long cells are wrapped if a line
    /// would be wider than the limit.
    fn rows_within(&self, limit: Option<usize>) -> Vec<Vec<String>> {
        let widths = self.widths(limit);
        let lines_of = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths);
            let cells: Vec<Vec<String>> =
                cells.map(|(cell, width)| wrapped(cell, *width)).collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(1);
            (0..height)
                .map(|line| self.line(&cells, line, &widths))
                .collect()
        };
        self.rows.iter().map(lines_of).collect()
    }

    /// Returns one of the lines of a row whose cells are wrapped.
    fn line(&self, cells: &[Vec<String>], number: usize, widths: &[usize]) -> String {
        let mut line = " ".repeat(self.indent);
        for ((cell, align), width_of_column) in cells.iter().zip(&self.columns).zip(widths) {
            let text = cell.get(number).map_or("", String::as_str);
            let space = " ".repeat(width_of_column.saturating_sub(width(text)));
            match align {
                Align::Left => line.push_str(&format!("{text}{space}")),
                Align::Right => line.push_str(&format!("{space}{text}")),
            }
            line.push_str(GAP);
        }
        line.trim_end().to_owned()
    }

    /// Returns the widths of the columns. To respect the limit, the widest columns become narrower,
    /// but not narrower than [`NARROW`].
    fn widths(&self, limit: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = (0..self.columns.len())
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| width(cell)).max().unwrap_or(0)
            })
            .collect();
        let Some(limit) = limit else {
            return widths;
        };
        let around = self.indent + GAP.len() * widths.len().saturating_sub(1);
        let mut excess = (around + widths.iter().sum::<usize>()).saturating_sub(limit);
        while excess > 0 {
            let widest = widths.iter_mut().max();
            let Some(widest) = widest.filter(|width| **width > NARROW) else {
                break;
            };
            *widest -= 1;
            excess -= 1;
        }
        widths
    }
}

/// The space between columns.
const GAP: &str = "  ";

/// The width to which a column is narrowed at most. Numbers and bars fit.
const NARROW: usize = 24;

/// Returns the width of the terminal, if the output is shown on a terminal.
pub(super) fn terminal_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(std::io::stdout())?;
    // A terminal that does not know its size says 0.
    Some(usize::from(width.0)).filter(|width| *width > 0)
}

#[cfg(test)]
mod tests {
    use super::{Align, Table};
    use crate::output::{BOLD, styled};

    #[test]
    fn columns_are_as_wide_as_what_is_seen_of_them() {
        let mut table = Table::new(&[Align::Left, Align::Right, Align::Left], 2);
        table.row(vec![styled(BOLD, "é"), "1".to_owned(), "x".to_owned()]);
        table.row(vec!["abc".to_owned(), "100".to_owned(), String::new()]);
        let lines = table.lines();
        assert_eq!(
            anstream::adapter::strip_str(&lines[0]).to_string(),
            "  é      1  x"
        );
        assert_eq!(lines[1], "  abc  100");
    }

    #[test]
    fn a_wide_character_takes_two_columns() {
        let mut table = Table::new(&[Align::Left, Align::Left], 0);
        table.row(vec!["日本".to_owned(), "x".to_owned()]);
        table.row(vec!["abcd".to_owned(), "y".to_owned()]);
        assert_eq!(table.rows_within(None).concat(), ["日本  x", "abcd  y"]);
    }

    #[test]
    fn long_cells_are_wrapped_to_the_width() {
        let mut table = Table::new(&[Align::Left, Align::Left, Align::Right], 1);
        let text = "the number of users who opened a page for the first time";
        table.row(vec!["purpose".to_owned(), text.to_owned(), "12".to_owned()]);
        table.row(vec!["owner".to_owned(), "docs".to_owned(), "3".to_owned()]);
        let rows = table.rows_within(Some(44));
        assert_eq!(
            rows[0],
            [
                " purpose  the number of users who opened  12",
                "          a page for the first time",
            ]
        );
        assert_eq!(rows[1], [" owner    docs                             3"]);
        assert_eq!(table.rows_within(None)[0].len(), 1);
    }

    #[test]
    fn short_columns_are_not_narrowed() {
        let mut table = Table::new(&[Align::Left, Align::Right], 0);
        table.row(vec!["abcdefghijklmnopqrst".to_owned(), "1,234".to_owned()]);
        assert_eq!(
            table.rows_within(Some(10)).concat(),
            ["abcdefghijklmnopqrst  1,234"]
        );
    }
}
