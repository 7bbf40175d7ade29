//! Account records from a file, one JSON object a line: the account table of a program that has no accounts topic.

use std::path::Path;

use crate::accounts::AccountTable;
use crate::diagnostic::{Code, Diagnostic, Location, SourceFile};
use crate::knowledge::read_file;
use crate::time::Timestamp;
use crate::wire::decode_account_and_tell;

/// Reads the file at `path`. Every record that cannot be used is added to `diagnostics`; the others are in the table.
pub fn read(path: &Path, diagnostics: &mut Vec<Diagnostic>) -> AccountTable {
    match read_file(path) {
        Ok(file) => parse(&file, diagnostics),
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            AccountTable::default()
        }
    }
}

/// The accounts in a file that has been read. Their version is the number of their line, from 1.
pub fn parse(file: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> AccountTable {
    let mut table = AccountTable::default();
    let mut unusable = Vec::new();
    let mut start = 0;
    for (number, line) in (1..).zip(file.text.split_inclusive('\n')) {
        let record = line.trim();
        let begin = start + (line.len() - line.trim_start().len());
        start += line.len();
        if record.is_empty() {
            continue;
        }
        let place = || Location::of_bytes(&file.path, &file.text, begin, begin + record.len());
        unusable.clear();
        match decode_account_and_tell(record.as_bytes(), number, &mut unusable) {
            // Whoever keeps such a file means it to hold for all events, unless a record says since when.
            Ok(account) => table.insert(account, Timestamp::MIN),
            Err(reject) => {
                let message = format!("the account record cannot be used: {}", reject.detail);
                diagnostics.push(Diagnostic::error(Code::AccountRefused, place(), message).help(HELP));
            }
        }
        for field in &unusable {
            let message = format!("the account's `{field}` cannot be used and is left out");
            diagnostics.push(Diagnostic::warning(Code::AccountFieldUnusable, place(), message).help(HELP));
        }
    }
    table
}

const HELP: &str = "docs/ACCOUNTS.md describes the fields";
