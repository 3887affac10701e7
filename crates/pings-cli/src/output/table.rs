//! Text tables.

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

    /// Returns the rows as lines, without trailing spaces.
    pub(crate) fn lines(&self) -> Vec<String> {
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| width(cell)).max().unwrap_or(0)
            })
            .collect();
        self.rows
            .iter()
            .map(|row| {
                let mut line = " ".repeat(self.indent);
                for ((cell, align), width_of_column) in row.iter().zip(&self.columns).zip(&widths) {
                    let space = " ".repeat(width_of_column - width(cell));
                    match align {
                        Align::Left => line.push_str(&format!("{cell}{space}")),
                        Align::Right => line.push_str(&format!("{space}{cell}")),
                    }
                    line.push_str("  ");
                }
                line.trim_end().to_owned()
            })
            .collect()
    }
}

/// Returns the number of visible characters of a text.
fn width(text: &str) -> usize {
    let plain = anstream::adapter::strip_str(text).to_string();
    plain.chars().count()
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
}
