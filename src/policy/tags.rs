//! The closed vocabulary of tags, and what each is about.

use std::collections::BTreeMap;

use super::document::Document;

/// What a tag is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TagKind {
    /// How the customer feels.
    Feeling,
    /// What hurts.
    PainPoint,
    /// What the customer wants to happen, or means to do.
    Wish,
    /// What our side did.
    Conduct,
    /// Triggers are not tagged with it.
    Off,
}

impl TagKind {
    /// All of them.
    pub const ALL: [TagKind; 5] = [TagKind::Feeling, TagKind::PainPoint, TagKind::Wish, TagKind::Conduct, TagKind::Off];

    /// Its name in policy files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            TagKind::Feeling => "feeling",
            TagKind::PainPoint => "pain_point",
            TagKind::Wish => "wish",
            TagKind::Conduct => "conduct",
            TagKind::Off => "off",
        }
    }
}

/// The tags that rules may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, TagKind>);

impl Tags {
    /// What a tag is about; `None` for one that is not in the vocabulary.
    #[must_use]
    pub fn kind(&self, tag: &str) -> Option<TagKind> {
        self.0.get(tag).copied()
    }

    /// Whether triggers are not tagged with it. A tag outside of the vocabulary does not get so far.
    #[must_use]
    pub fn is_off(&self, tag: &str) -> bool {
        self.kind(tag) == Some(TagKind::Off)
    }

    /// All tags with what they are about, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, TagKind)> {
        self.0.iter().map(|(tag, kind)| (tag.as_str(), *kind))
    }

    /// Reads the table `[tag]`.
    pub(super) fn read(document: &mut Document<'_>) -> Tags {
        let names = TagKind::ALL.map(TagKind::name);
        let mut tags = Tags::default();
        for (tag, _) in document.keys("tag") {
            let find = |name: &str| TagKind::ALL.into_iter().find(|kind| kind.name() == name);
            if let Some(kind) = document.name(&format!("tag.{tag}"), &names, find) {
                tags.0.insert(tag, kind);
            }
        }
        tags
    }
}
