//! JSON pointers (RFC 6901), all of a profile's as one tree, so that a record is walked once.

use crate::wire::json::{Fault, Json, Type};

/// A pointer's number within its profile.
pub(super) type Slot = usize;

/// A place that was found, as a reader that stands before its value.
pub(super) type Found<'a> = Vec<Option<Json<'a>>>;

/// The pointers of a profile.
#[derive(Debug, Default)]
pub(super) struct Pointers {
    root: Node,
    count: usize,
}

#[derive(Debug, Default)]
struct Node {
    slot: Option<Slot>,
    children: Vec<(Box<str>, Node)>,
}

/// The token that stands for an array's last element: our one addition to RFC 6901.
const LAST: &str = "-1";
/// Tokens of one pointer.
const DEPTH_MAX: usize = 16;

impl Pointers {
    /// The slot of a pointer, or what is wrong with it.
    pub(super) fn insert(&mut self, pointer: &str) -> Result<Slot, &'static str> {
        let path = pointer.strip_prefix('/').ok_or("a JSON pointer begins with `/`")?;
        if path.split('/').count() > DEPTH_MAX {
            return Err("a JSON pointer has at most 16 tokens here");
        }
        let mut node = &mut self.root;
        for token in path.split('/') {
            let token = unescape(token)?;
            let place = node.children.iter().position(|(name, _)| **name == *token).unwrap_or_else(|| {
                node.children.push((token.into(), Node::default()));
                node.children.len() - 1
            });
            node = &mut node.children[place].1;
        }
        Ok(*node.slot.get_or_insert_with(|| {
            self.count += 1;
            self.count - 1
        }))
    }

    /// Walks a value and gives, for each pointer, the place it leads to.
    pub(super) fn find<'a>(&self, mut json: Json<'a>) -> Result<Found<'a>, Fault> {
        let mut found = vec![None; self.count];
        self.root.walk(&mut json, &mut found)?;
        Ok(found)
    }
}

fn unescape(token: &str) -> Result<String, &'static str> {
    let mut parts = token.split('~');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push(match part.as_bytes().first() {
            Some(b'0') => '~',
            Some(b'1') => '/',
            _ => return Err("in a JSON pointer `~` is written `~0`, and `/` within a name `~1`"),
        });
        plain.push_str(&part[1..]);
    }
    Ok(plain)
}

impl Node {
    fn child(&self, token: &str) -> Option<&Node> {
        self.children.iter().find(|(name, _)| **name == *token).map(|(_, node)| node)
    }

    /// Reads a value and all below it that pointers lead to. Recurses as deep as the longest pointer, not the record.
    fn walk<'a>(&self, json: &mut Json<'a>, found: &mut Found<'a>) -> Result<(), Fault> {
        if let Some(slot) = self.slot {
            json.peek()?;
            found[slot] = Some(json.clone());
        }
        match json.peek()? {
            Type::Object if !self.children.is_empty() => json.object(|json, key| match self.child(key) {
                Some(child) => child.walk(json, found),
                None => json.skip(),
            }),
            Type::Array if !self.children.is_empty() => {
                let (mut index, mut last) = (0_usize, None);
                json.array(|json| {
                    last = Some(json.clone());
                    let child = self.children.iter().find(|(name, _)| name.parse() == Ok(index));
                    index += 1;
                    match child {
                        Some((_, child)) => child.walk(json, found),
                        None => json.skip(),
                    }
                })?;
                match (self.child(LAST), last) {
                    (Some(child), Some(mut last)) => child.walk(&mut last, found),
                    _ => Ok(()),
                }
            }
            _ => json.skip(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(pointer: &str, text: &str) -> Option<String> {
        let mut pointers = Pointers::default();
        let slot = pointers.insert(pointer).expect("a pointer");
        let mut place = pointers.find(Json::new(text)).expect("JSON")[slot].clone()?;
        Some(place.string(100).expect("a string").0.into_owned())
    }

    #[test]
    fn pointers_lead_where_rfc_6901_says_and_to_the_last() {
        let text = r#"{"a":{"b":"ab","":"empty","x/y":"slash","m~n":"tilde"},"list":["0","1",{"k":"2k"}],"a2":"no"}"#;
        for (pointer, value) in [
            ("/a/b", Some("ab")),
            ("/a/", Some("empty")),
            ("/a/x~1y", Some("slash")),
            ("/a/m~0n", Some("tilde")),
            ("/list/1", Some("1")),
            ("/list/2/k", Some("2k")),
            ("/list/-1/k", Some("2k")),
            ("/list/3", None),
            ("/a/b/c", None),
            ("/b", None),
        ] {
            assert_eq!(at(pointer, text).as_deref(), value, "{pointer}");
        }
    }

    #[test]
    fn what_is_no_pointer() {
        for pointer in ["", "a/b", "/a~", "/a~2b"] {
            assert!(Pointers::default().insert(pointer).is_err(), "{pointer}");
        }
    }
}
