//! Which files a path means: told by the names of folders and files, so that a single file can be checked as well.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Location, SourceFile};
use crate::knowledge::{Files, read_file};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rule,
    Lexicon,
    Policy,
    SourceProfile,
    Settings,
    Accounts,
}

impl Kind {
    /// The kind of all files below a folder of that name.
    fn of_folder(name: &str) -> Option<Kind> {
        match name {
            "rules" => Some(Kind::Rule),
            "lexicons" => Some(Kind::Lexicon),
            "policy" | "policies" => Some(Kind::Policy),
            "sources" => Some(Kind::SourceProfile),
            _ => None,
        }
    }

    /// The kind of a file, told by its name, else by the nearest folder above it that tells one.
    fn of_file(path: &Path) -> Option<Kind> {
        let name = path.file_name()?.to_string_lossy();
        let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
        match ending.as_str() {
            "tsv" => Some(Kind::Lexicon),
            "toml" if name == "foreshock.toml" => Some(Kind::Settings),
            "toml" => {
                let folders = path.parent().into_iter().flat_map(Path::ancestors).filter_map(Path::file_name);
                let told = folders.map(|name| Kind::of_folder(&name.to_string_lossy())).find(Option::is_some);
                Some(told.flatten().filter(|kind| *kind != Kind::Lexicon).unwrap_or(Kind::Rule))
            }
            "ndjson" if name.starts_with("accounts") => Some(Kind::Accounts),
            _ => None,
        }
    }
}

/// The files that a user wants to have checked.
#[derive(Debug, Default)]
pub(super) struct Given {
    rules: Vec<SourceFile>,
    lexicons: Vec<SourceFile>,
    policies: Vec<SourceFile>,
    sources: Vec<SourceFile>,
    pub(super) settings: Vec<SourceFile>,
    pub(super) accounts: Vec<SourceFile>,
}

impl Given {
    /// Reads what the paths mean. What cannot be read, and a path that means nothing, is a diagnostic.
    pub(super) fn collect(paths: &[PathBuf], diagnostics: &mut Vec<Diagnostic>) -> Given {
        let mut given = Given::default();
        for path in paths {
            let mut files = Vec::new();
            if path.is_dir() {
                walk(path, Place::of(path), &mut files, diagnostics);
            } else {
                files.extend(Kind::of_file(path).map(|kind| (kind, path.clone())));
            }
            if files.is_empty() {
                let location = Location::file(&path.display().to_string());
                let message = format!("`{}` holds nothing to check", path.display());
                let help = "rules are `rules/*.toml`, lexicons `lexicons/<language>/*.tsv`, policies `policy/*.toml`, \
                            source profiles `sources/*.toml`, settings `foreshock.toml`, accounts `accounts*.ndjson`";
                diagnostics.push(Diagnostic::error(Code::NothingToCheck, location, message).help(help));
            }
            for (kind, path) in files {
                match read_file(&path) {
                    Ok(file) => given.of_kind(kind).push(file),
                    Err(diagnostic) => diagnostics.push(diagnostic),
                }
            }
        }
        given
    }

    fn of_kind(&mut self, kind: Kind) -> &mut Vec<SourceFile> {
        match kind {
            Kind::Rule => &mut self.rules,
            Kind::Lexicon => &mut self.lexicons,
            Kind::Policy => &mut self.policies,
            Kind::SourceProfile => &mut self.sources,
            Kind::Settings => &mut self.settings,
            Kind::Accounts => &mut self.accounts,
        }
    }

    /// The shipped files with the given ones over them: a file replaces the shipped one of its name, policies come last.
    pub(super) fn over(self, shipped: Files) -> Files {
        let mut policies = shipped.policies;
        policies
            .retain(|file| !self.policies.iter().any(|given| last_names(&given.path, 1) == last_names(&file.path, 1)));
        policies.extend(self.policies);
        Files {
            rules: laid_over(shipped.rules, self.rules, 1),
            lexicons: laid_over(shipped.lexicons, self.lexicons, 2),
            policies,
            sources: laid_over(shipped.sources, self.sources, 1),
        }
    }
}

/// The shipped files with the given ones in place of those that share the last `names` names of their paths.
fn laid_over(mut shipped: Vec<SourceFile>, given: Vec<SourceFile>, names: usize) -> Vec<SourceFile> {
    shipped.retain(|file| !given.iter().any(|given| last_names(&given.path, names) == last_names(&file.path, names)));
    shipped.extend(given);
    shipped.sort_by(|a, b| last_names(&a.path, names).cmp(&last_names(&b.path, names)));
    shipped
}

/// The last names of a path, last one first.
fn last_names(path: &str, names: usize) -> Vec<&str> {
    path.rsplit(['/', '\\']).take(names).collect()
}

/// What is known of a folder from the folders above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// It belongs to a folder whose name tells the kind.
    Known,
    /// It was named by the user, and its name tells nothing.
    Named,
    /// Neither: only what is unmistakable counts.
    Unknown,
}

impl Place {
    fn of(path: &Path) -> Place {
        let told =
            path.ancestors().filter_map(Path::file_name).any(|name| Kind::of_folder(&name.to_string_lossy()).is_some());
        if told { Place::Known } else { Place::Named }
    }
}

fn walk(folder: &Path, place: Place, files: &mut Vec<(Kind, PathBuf)>, diagnostics: &mut Vec<Diagnostic>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("the folder cannot be read: {error}");
            let location = Location::file(&folder.display().to_string());
            diagnostics.push(Diagnostic::error(Code::Unreadable, location, message));
            return;
        }
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let is_tree = paths
        .iter()
        .any(|path| path.is_dir() && Place::of(Path::new(&path.file_name().unwrap_or_default())) == Place::Known);
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            let known = place == Place::Known || Kind::of_folder(&name).is_some();
            // A folder named by the user may be one of lexicons, with a folder for each language.
            let deeper = if known { Place::Known } else { Place::Unknown };
            if known || (place == Place::Named && !is_tree) {
                walk(&path, deeper, files, diagnostics);
            }
            continue;
        }
        let kind = Kind::of_file(&path).filter(|kind| match kind {
            Kind::Settings | Kind::Accounts | Kind::Lexicon => true,
            // TOML files are many things; in a tree only those in the folders of rules, policies and profiles are ours.
            _ => place == Place::Known || (place == Place::Named && !is_tree),
        });
        files.extend(kind.map(|kind| (kind, path)));
    }
}
