//! README's commands: the fenced blocks of shell, by what their info string says beside `sh`.

/// The commands of all blocks marked ```` ```sh <mark> ````, each block with the line it begins at.
pub(crate) fn blocks(mark: &str) -> Vec<(usize, String)> {
    let readme = include_str!("../../README.md");
    let fence = format!("```sh {mark}");
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in (1..).zip(readme.lines()) {
        match &mut open {
            None if line == fence => open = Some((number, String::new())),
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some((_, block)) => *block += &format!("{line}\n"),
            None => {}
        }
    }
    blocks
}
