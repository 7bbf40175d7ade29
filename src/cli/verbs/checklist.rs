//! `foreshock checklist`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::write_all;
use crate::checklist::{Row, ids, rows};
use crate::cli::arguments::Format;
use crate::cli::reporting::Checklist;
use crate::cli::{Exit, Failure};

/// Shows the table.
pub(crate) fn checklist(arguments: &Checklist) -> Result<Exit, Failure> {
    let rows = rows().map_err(|fault| Failure::new(Exit::Knowledge, anyhow::anyhow!(fault)))?;
    let text = match arguments.format {
        Format::Text => table(&rows),
        Format::Json => format!("{:#}\n", Value::Array(rows.iter().map(object).collect())),
    };
    write_all(text.as_bytes())
}

fn object(row: &Row) -> Value {
    let Row { id, asked, shown_by, asserts, stands_on, shown } = row;
    let state = if *shown { "shown" } else { "open" };
    json!({"id": id, "asked": asked, "state": state, "shown_by": shown_by, "asserts": asserts, "stands_on": stands_on})
}

fn table(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let mark = if row.shown { "shown" } else { "open" };
        let _ = writeln!(out, "{:<4} {mark:<6} {}", row.id, row.asked);
        if row.shown {
            let _ = writeln!(out, "            {}: {} (stands on {})", row.shown_by, row.asserts, row.stands_on);
        }
    }
    let ids = ids(rows);
    let shown = ids.iter().filter(|(_, shown)| *shown).count();
    let _ = writeln!(out, "{shown} of {} shown", ids.len());
    out
}
