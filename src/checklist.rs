//! The checklist: what the product has to do, row by row, with what shows it and what that stands on.
//!
//! The table is `tests/checklist.tsv`; the tests play what each row names, switch off what it stands on, and play again.

/// The table as it ships.
const TABLE: &str = include_str!("../tests/checklist.tsv");

/// One thing that the product has to do, or one side of it: an id may stand in several rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// `A1` to `G12`.
    pub id: &'static str,
    /// What is asked for.
    pub asked: &'static str,
    /// `scenario:NAME` (`tests/scenarios/NAME.txt`) or `test:NAME` (`tests/checklist/proofs.rs`); empty while open.
    pub shown_by: &'static str,
    /// A piece of what comes out there: the field, signal or event that shows it.
    pub asserts: &'static str,
    /// What it stands on, with `; ` between: `rule:ID`, `policy:KEY=VALUE` that puts it out of force, `input:WHO`
    /// for rows of the scenario.
    pub stands_on: &'static str,
    /// Whether something shows it yet.
    pub shown: bool,
}

/// All rows in the order of the table.
///
/// # Errors
/// The line that is no row.
pub fn rows() -> Result<Vec<Row>, String> {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).skip(1);
    lines.map(|line| row(line).ok_or_else(|| format!("no row of the checklist: {line}"))).collect()
}

fn row(line: &'static str) -> Option<Row> {
    let fields: Vec<&'static str> = line.split('\t').map(str::trim).collect();
    let [id, asked, state, shown_by, asserts, stands_on] = fields[..] else { return None };
    let shown = match state {
        "shown" => true,
        "open" => false,
        _ => return None,
    };
    let complete = [shown_by, asserts, stands_on].iter().all(|field| field.is_empty() != shown);
    (complete && !id.is_empty() && !asked.is_empty()).then_some(Row { id, asked, shown_by, asserts, stands_on, shown })
}

/// The ids and whether all rows of each are shown, in order.
#[must_use]
pub fn ids(rows: &[Row]) -> Vec<(&'static str, bool)> {
    let mut ids: Vec<(&'static str, bool)> = Vec::new();
    for row in rows {
        match ids.iter_mut().find(|(id, _)| *id == row.id) {
            Some((_, shown)) => *shown &= row.shown,
            None => ids.push((row.id, row.shown)),
        }
    }
    ids
}
