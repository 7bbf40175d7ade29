//! One Rust file, scanned without a parser: strings and comments are blanked, then words and braces are enough.

/// A Rust file.
pub(crate) struct Source {
    /// Its path from the top of the repository.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// A function with a body.
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// The line of its `fn`, from 1.
    pub(crate) line: usize,
    /// Lines from its `fn` to its last brace.
    pub(crate) lines: usize,
}

impl Source {
    /// How many lines the file has.
    pub(crate) fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// Whether the file holds tests only.
    pub(crate) fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// The module of the library that the file belongs to.
    pub(crate) fn module(&self) -> Option<&str> {
        let path = self.path.strip_prefix("src/")?;
        let module = path.split('/').next().unwrap_or(path).trim_end_matches(".rs");
        (!matches!(module, "lib" | "main")).then_some(module)
    }

    /// All functions with a body.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let code = blank(&self.text);
        let mut functions = Vec::new();
        for start in word_starts(&code, "fn") {
            let name: String = code[start + 2..].trim_start().chars().take_while(|c| is_word(*c)).collect();
            if name.is_empty() {
                continue; // a function pointer's type
            }
            if let Some(end) = body_end(&code[start..]) {
                let lines = code[start..start + end].matches('\n').count() + 1;
                functions.push(Function { name, line: line_of(&code, start), lines });
            }
        }
        functions
    }

    /// The modules that the file declares, in order.
    pub(crate) fn declared_modules(&self) -> Vec<String> {
        let code = blank(&self.text);
        let after = |start: usize| code[start + 3..].trim_start().chars().take_while(|c| is_word(*c)).collect();
        word_starts(&code, "mod").map(after).collect()
    }

    /// Line and first segment of every path that begins with `crate::`, tests left out.
    pub(crate) fn crate_paths(&self) -> Vec<(usize, String)> {
        let code = without_tests(&blank(&self.text));
        let mut paths = Vec::new();
        if self.is_test() {
            return paths;
        }
        for start in word_starts(&code, "crate") {
            let Some(rest) = code[start + 5..].strip_prefix("::") else { continue };
            let line = line_of(&code, start);
            if let Some(group) = rest.strip_prefix('{') {
                let mut depth = 0_usize;
                let mut first = true;
                for (index, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => first = true,
                        c if first && is_word(c) => {
                            first = false;
                            paths.push((line, group[index..].chars().take_while(|c| is_word(*c)).collect()));
                        }
                        _ => {}
                    }
                }
            } else {
                paths.push((line, rest.chars().take_while(|c| is_word(*c)).collect()));
            }
        }
        // A macro or a constant at the top of the crate is no module.
        paths.retain(|(_, name): &(usize, String)| name.starts_with(|c: char| c.is_ascii_lowercase()));
        paths
    }

    /// Lines outside tests, comments and strings that hold `needle`.
    pub(crate) fn product_lines_with(&self, needle: &str) -> impl Iterator<Item = usize> {
        let code = without_tests(&blank(&self.text));
        code.match_indices(needle).map(|(start, _)| line_of(&code, start)).collect::<Vec<_>>().into_iter()
    }

    /// Lines outside comments and strings that hold the word.
    pub(crate) fn lines_with_word(&self, word: &str) -> impl Iterator<Item = usize> {
        let code = blank(&self.text);
        word_starts(&code, word).map(|start| line_of(&code, start)).collect::<Vec<_>>().into_iter()
    }

    /// Line and name of everything that is declared: functions, types, traits, modules, constants.
    pub(crate) fn declared_names(&self) -> Vec<(usize, String)> {
        let code = blank(&self.text);
        let mut names = Vec::new();
        for keyword in ["fn", "struct", "enum", "trait", "mod", "type", "const", "static"] {
            for start in word_starts(&code, keyword) {
                let name: String =
                    code[start + keyword.len()..].trim_start().chars().take_while(|c| is_word(*c)).collect();
                names.push((line_of(&code, start), name));
            }
        }
        names
    }
}

/// The words that a name is made of, in lower case: `HttpServer`, `http_server` → `http`, `server`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let chars: Vec<char> = name.chars().collect();
    for (index, c) in chars.iter().enumerate() {
        let after_small = index > 0 && chars[index - 1].is_lowercase();
        let before_small =
            index > 0 && chars[index - 1].is_uppercase() && chars.get(index + 1).is_some_and(|c| c.is_lowercase());
        if *c == '_' || c.is_uppercase() && (after_small || before_small) {
            words.push(String::new());
        }
        if *c != '_' {
            words.last_mut().expect("there is one from the start").extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// Where the word stands on its own.
fn word_starts<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(start, _)| start).filter(move |start| {
        let before = code[..*start].chars().next_back();
        let after = code[start + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// The end of the first `{ … }` of a function, from its `fn`; `None` when a `;` comes first.
fn body_end(code: &str) -> Option<usize> {
    let mut nesting = 0_i32; // of parentheses and brackets: `[u8; 2]` has a semicolon
    let open = code.char_indices().find_map(|(index, c)| {
        match c {
            '(' | '[' => nesting += 1,
            ')' | ']' => nesting -= 1,
            '{' if nesting == 0 => return Some(Some(index)),
            ';' if nesting == 0 => return Some(None),
            _ => {}
        }
        None
    })??;
    let mut depth = 0_i32;
    let close = code[open..].char_indices().find(|(_, c)| {
        depth += i32::from(*c == '{') - i32::from(*c == '}');
        depth == 0
    })?;
    Some(open + close.0 + 1)
}

/// The code with every `#[cfg(test)]` module blanked.
fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(start) = out.find("#[cfg(test)]") {
        let rest = &out[start..];
        let semicolon = rest.find(';').unwrap_or(rest.len());
        let end = match rest.find('{') {
            Some(open) if open < semicolon => body_end(&rest[open..]).map_or(rest.len(), |end| open + end),
            _ => semicolon,
        };
        let blanked: String = rest[..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(start..start + end, &blanked);
    }
    out
}

/// The text with the insides of comments, strings and characters blanked; line breaks stay.
fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = opaque_length(rest, out.chars().next_back()).unwrap_or(0);
        if length > 0 {
            out.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = &rest[length..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// How long the comment, string or character is that `rest` begins with.
fn opaque_length(rest: &str, before: Option<char>) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment_length(rest));
    }
    if rest.starts_with('"') {
        return Some(quoted_length(rest, '"'));
    }
    if rest.starts_with('\'') {
        let mut inside = rest.chars().skip(1);
        let (first, second) = (inside.next()?, inside.next()?);
        return (first == '\\' || second == '\'').then(|| quoted_length(rest, '\''));
    }
    let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix("cr")).or_else(|| rest.strip_prefix('r'))?;
    let hashes = raw.chars().take_while(|c| *c == '#').count();
    if before.is_some_and(is_word) || !raw[hashes..].starts_with('"') {
        return None;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let inside = rest.len() - raw.len() + hashes + 1;
    Some(rest[inside..].find(&end).map_or(rest.len(), |length| inside + length + end.len()))
}

fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0_i32;
    let mut index = 0;
    while index < rest.len() {
        let here = &rest[index..];
        if here.starts_with("/*") {
            depth += 1;
            index += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            index += 2;
            if depth == 0 {
                return index;
            }
        } else {
            index += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, c) in rest.char_indices().skip(1) {
        if c == quote && !escaped {
            return index + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    rest.len()
}
