//! The canonical event: one thing that happened in a support conversation, borrowed from the record that carried it.

mod verdict;

use std::borrow::Cow;

use crate::time::Timestamp;

pub use verdict::{Scope, Terms, VerdictOutcome};

/// A string that is borrowed from the record unless it had to be unescaped.
pub type Str<'a> = Cow<'a, str>;

/// Who wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuthorType {
    /// Somebody on the customer's side.
    Customer,
    /// A human being on the vendor's side.
    Agent,
    /// An automated assistant.
    Bot,
    /// The helpdesk itself.
    System,
    /// The source gave a role that no profile maps; the raw value is kept and the text is not scored.
    #[default]
    Unknown,
}

impl AuthorType {
    /// All author types.
    pub const ALL: [AuthorType; 5] =
        [AuthorType::Customer, AuthorType::Agent, AuthorType::Bot, AuthorType::System, AuthorType::Unknown];

    /// The author type's name as written in events and rules.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            AuthorType::Customer => "customer",
            AuthorType::Agent => "agent",
            AuthorType::Bot => "bot",
            AuthorType::System => "system",
            AuthorType::Unknown => "unknown",
        }
    }

    /// The author type with that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<AuthorType> {
        AuthorType::ALL.into_iter().find(|author| author.name() == name)
    }
}

/// The author of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author<'a> {
    /// The role, as far as it is understood.
    pub kind: AuthorType,
    /// The role exactly as the source gave it.
    pub raw: Str<'a>,
    /// The author's id in the source; empty when not given.
    pub id: Str<'a>,
    /// The author's name; empty when not given.
    pub name: Str<'a>,
}

/// How a text is marked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Plain text (or Markdown, which is read as plain text).
    #[default]
    Plain,
    /// HTML, whole document or fragment.
    Html,
}

/// What kind of thing happened, with what only that kind carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A message that the customer can see.
    Message,
    /// A note among colleagues; never scored.
    InternalNote,
    /// The conversation's status (or priority) changed; the new values are in [`Event::status`] and [`Event::priority`].
    StatusChange,
    /// The conversation's assignee or team changed; the new values are in [`Event::assignee`] and [`Event::team`].
    AssignmentChange,
    /// An earlier message was rewritten; the new text is in [`Event::text`].
    Edit {
        /// The id of the event that carried the message.
        target: Str<'a>,
    },
    /// An earlier message was deleted.
    Delete {
        /// The id of the event that carried the message.
        target: Str<'a>,
    },
    /// The conversation goes on in another one.
    Merge {
        /// The id of the conversation that it goes on in.
        into: Str<'a>,
    },
    /// Everything known of the conversation must be forgotten.
    Erase,
    /// Downstream acted on an escalation.
    Verdict {
        /// What downstream did.
        outcome: VerdictOutcome,
        /// The escalation's episode id; empty for the open one.
        episode: Str<'a>,
        /// Who did it; empty when not given.
        by: Str<'a>,
        /// Why; empty when not given.
        reason: Str<'a>,
        /// What is put off, and until when; of a snooze or a mute only.
        terms: Option<Box<Terms<'a>>>,
    },
}

impl Kind<'_> {
    /// The kind's name as written in events.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Kind::Message => "message",
            Kind::InternalNote => "internal_note",
            Kind::StatusChange => "status_change",
            Kind::AssignmentChange => "assignment_change",
            Kind::Edit { .. } => "edit",
            Kind::Delete { .. } => "delete",
            Kind::Merge { .. } => "merge",
            Kind::Erase => "erase",
            Kind::Verdict { .. } => "verdict",
        }
    }
}

/// The state of a conversation's work, as far as it is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Work has not begun.
    New,
    /// Work goes on.
    Open,
    /// The vendor waits for the customer.
    Pending,
    /// The vendor waits for somebody else.
    OnHold,
    /// The vendor believes it is done.
    Resolved,
    /// It is over.
    Closed,
}

impl Status {
    /// All states.
    pub const ALL: [Status; 6] =
        [Status::New, Status::Open, Status::Pending, Status::OnHold, Status::Resolved, Status::Closed];

    /// The state's name as written in events.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Status::New => "new",
            Status::Open => "open",
            Status::Pending => "pending",
            Status::OnHold => "on_hold",
            Status::Resolved => "resolved",
            Status::Closed => "closed",
        }
    }

    /// The state with that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// How urgent the customer's matter is now; a scale of its own beside [`crate::score::Level`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Least urgent.
    #[default]
    P4,
    /// Normal.
    P3,
    /// High.
    P2,
    /// Urgent.
    P1,
}

impl Priority {
    /// All priorities, least urgent first.
    pub const ALL: [Priority; 4] = [Priority::P4, Priority::P3, Priority::P2, Priority::P1];

    /// The priority's name as written in events and triggers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Priority::P4 => "P4",
            Priority::P3 => "P3",
            Priority::P2 => "P2",
            Priority::P1 => "P1",
        }
    }
}

/// A file that came with a message. Its content is never read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment<'a> {
    /// The file's name.
    pub name: Str<'a>,
    /// The media type, e.g. `image/png`.
    pub media_type: Str<'a>,
    /// Where the file can be fetched.
    pub url: Str<'a>,
}

/// The person on the customer's side, apart from the author.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact<'a> {
    /// The contact's id in the source.
    pub id: Str<'a>,
    /// The contact's name.
    pub name: Str<'a>,
    /// The contact's e-mail address.
    pub email: Str<'a>,
}

/// What a bot said of its own turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BotTurn<'a> {
    /// How sure the bot was, in thousandths.
    pub confidence: Option<u16>,
    /// The intent that the bot recognised.
    pub intent: Str<'a>,
}

/// Something that happened in a conversation. Empty strings mean that the source did not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The event's id, unique within the conversation; repeated when the source sends it again.
    pub id: Str<'a>,
    /// The helpdesk tenant; empty for the default tenant.
    pub tenant: Str<'a>,
    /// The conversation's id, unique within the tenant.
    pub conversation: Str<'a>,
    /// The customer account's id.
    pub account: Str<'a>,
    /// When it happened, clamped to what the record's arrival allows.
    pub time: Timestamp,
    /// What happened.
    pub kind: Kind<'a>,
    /// Who did it.
    pub author: Author<'a>,
    /// The text as the source gave it, at most [`crate::limits::TEXT_BYTES`] long.
    pub text: Str<'a>,
    /// How `text` is marked up.
    pub format: Format,
    /// The subject line.
    pub subject: Str<'a>,
    /// The channel, e.g. `email`, `chat`.
    pub channel: Str<'a>,
    /// BCP 47 language tag of the text.
    pub language: Str<'a>,
    /// The conversation's priority.
    pub priority: Option<Priority>,
    /// The conversation's status.
    pub status: Option<Status>,
    /// The assignee's name or id.
    pub assignee: Str<'a>,
    /// The team's name or id.
    pub team: Str<'a>,
    /// The conversation's tags.
    pub tags: Vec<Str<'a>>,
    /// The product area concerned.
    pub product_area: Str<'a>,
    /// The environment concerned, e.g. `production`.
    pub environment: Str<'a>,
    /// Links that the source lists beside the text.
    pub links: Vec<Str<'a>>,
    /// Files that came with it.
    pub attachments: Vec<Attachment<'a>>,
    /// The person on the customer's side.
    pub contact: Contact<'a>,
    /// What the bot said of its own turn.
    pub bot: BotTurn<'a>,
    /// Customer satisfaction, 1 to 5.
    pub csat: Option<u8>,
    /// What was unusual about the record.
    pub marks: Marks,
}

impl<'a> Event<'a> {
    /// An event of which no more is known than what every event has; the rest is empty.
    #[must_use]
    pub fn new(
        id: impl Into<Str<'a>>,
        conversation: impl Into<Str<'a>>,
        time: Timestamp,
        kind: Kind<'a>,
        author: AuthorType,
    ) -> Event<'a> {
        Event {
            id: id.into(),
            tenant: Str::default(),
            conversation: conversation.into(),
            account: Str::default(),
            time,
            kind,
            author: Author { kind: author, ..Author::default() },
            text: Str::default(),
            format: Format::default(),
            subject: Str::default(),
            channel: Str::default(),
            language: Str::default(),
            priority: None,
            status: None,
            assignee: Str::default(),
            team: Str::default(),
            tags: Vec::new(),
            product_area: Str::default(),
            environment: Str::default(),
            links: Vec::new(),
            attachments: Vec::new(),
            contact: Contact::default(),
            bot: BotTurn::default(),
            csat: None,
            marks: Marks::default(),
        }
    }
}

macro_rules! marks {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// Something unusual about an event that was accepted all the same; counted and passed on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Mark { $($(#[doc = $doc])+ $variant,)+ }

        impl Mark {
            /// All marks.
            pub const ALL: &'static [Mark] = &[$(Mark::$variant,)+];

            /// The mark's name as written in triggers and metrics.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Mark::$variant => $name,)+ }
            }
        }
    };
}

marks! {
    /// The event's time lay after its arrival and was set back to it.
    TimeClamped = "time_clamped",
    /// The event is older than what its conversation has already seen.
    Late = "late",
    /// The text was longer than the limit; only its beginning was read.
    TextCut = "text_cut",
    /// A list (tags, links, attachments, contacts) was longer than the limit; only its beginning was kept.
    ListCut = "list_cut",
    /// A short field (name, subject, tag) was longer than the limit and was cut.
    FieldCut = "field_cut",
    /// The text holds NUL or other control characters.
    ControlCharacters = "control_characters",
    /// The text holds characters that reorder what is shown.
    BidirectionalControls = "bidirectional_controls",
    /// The author's role is not known; the text was not scored.
    AuthorUnknown = "author_unknown",
    /// A value that the event can do without (a status, a priority, a rating, …) cannot be used; it was ignored.
    ValueUnknown = "value_unknown",
    /// The event names an account that is not in the account table.
    AccountUnknown = "account_unknown",
    /// The event names no account.
    AccountMissing = "account_missing",
    /// The record's key is not the conversation id.
    KeyMismatch = "key_mismatch",
    /// The record has no key.
    KeyMissing = "key_missing",
    /// The event id was seen before; the event changed nothing.
    Duplicate = "duplicate",
    /// The text's language is not supported; only language-independent signals were looked for.
    LanguageUnsupported = "language_unsupported",
    /// The text was written by a machine (out of office, bounce); it was not scored.
    AutoReply = "auto_reply",
    /// The account's revenue is in a currency that policy has no rate for; only its tier and renewal count.
    CurrencyUnknown = "currency_unknown",
    /// A rule names a team that policy does not have; the trigger went where the reason, the issue or the default says.
    Unroutable = "unroutable",
    /// A snooze or a mute asked for more time than policy gives; it holds for as long as that.
    UntilCut = "until_cut",
}

/// A set of marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u32);

impl Marks {
    /// Adds a mark.
    pub const fn insert(&mut self, mark: Mark) {
        self.0 |= 1 << mark as u32;
    }

    /// Whether the mark is set.
    #[must_use]
    pub const fn contains(self, mark: Mark) -> bool {
        self.0 & (1 << mark as u32) != 0
    }

    /// The marks of both sets.
    #[must_use]
    pub const fn union(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }

    /// Whether no mark is set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The marks that are set, in order of declaration.
    pub fn iter(self) -> impl Iterator<Item = Mark> {
        Mark::ALL.iter().copied().filter(move |mark| self.contains(*mark))
    }
}
