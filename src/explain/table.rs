//! Columns that line up, by the width that a terminal shows.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

/// Rows of cells. The last column is as wide as it likes.
pub(super) struct Table<const N: usize> {
    numeric: [bool; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty table; `numeric` columns are flush right.
    pub(super) fn new(numeric: [bool; N]) -> Table<N> {
        Table { numeric, rows: Vec::new() }
    }

    /// Adds a row; line breaks and runs of spaces in a cell become one space.
    pub(super) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells.map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")));
    }

    /// Writes the rows, indented by two.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let width = |column: usize| self.rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
        let widths: [usize; N] = std::array::from_fn(width);
        for row in &self.rows {
            let mut line = String::from("  ");
            for (column, cell) in row.iter().enumerate() {
                let padding = " ".repeat(widths[column].saturating_sub(cell.width()));
                let (before, after) =
                    if self.numeric[column] { (padding.as_str(), "") } else { ("", padding.as_str()) };
                line.extend([before, cell, after, "  "]);
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_flush_right_and_wide_characters_count_twice() {
        let mut table = Table::new([false, true, false]);
        table.row(["日本".to_owned(), "7".to_owned(), "x".to_owned()]);
        table.row(["a".to_owned(), "+120".to_owned(), String::new()]);
        let mut out = Vec::new();
        table.write(&mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "  日本     7  x\n  a     +120\n");
    }
}
