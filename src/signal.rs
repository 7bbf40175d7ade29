//! The closed set of signals that one text can carry. `docs/SIGNALS.md` defines each in a sentence.

use std::fmt;

macro_rules! signals {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// What a text can tell of risk. The order is part of no contract; the names are.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Signal { $($(#[doc = $doc])+ $variant,)+ }

        impl Signal {
            /// All signals, in their order of declaration.
            pub const ALL: &'static [Signal] = &[$(Signal::$variant,)+];

            /// The signal's name as written in rules, scan lines and triggers.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Signal::$variant => $name,)+ }
            }
        }
    };
}

signals! {
    /// Says something unfavourable.
    Negative = "negative",
    /// Is angry.
    Anger = "anger",
    /// Is worn down by the course of the support itself.
    Frustration = "frustration",
    /// States dissatisfaction with the product or the service.
    Complaint = "complaint",
    /// Insults or degrades a person.
    Abuse = "abuse",
    /// Uses a swear word.
    Profanity = "profanity",
    /// Writes in capitals for emphasis.
    Shouting = "shouting",
    /// Threatens with law, a lawyer or a regulator.
    LegalThreat = "legal_threat",
    /// Names the bank's reversal of a payment.
    Chargeback = "chargeback",
    /// Contests a charge.
    Dispute = "dispute",
    /// Wants to end an order, a service or a contract.
    Cancellation = "cancellation",
    /// Intends to leave as a customer.
    Churn = "churn",
    /// Wants a human being instead of a bot, or anyone with more authority.
    HumanRequest = "human_request",
    /// Wants a supervisor or manager; always a human request too.
    SupervisorRequest = "supervisor_request",
    /// Threatens to go public.
    PublicThreat = "public_threat",
    /// Says that they have been here, or said this, before.
    RepeatContact = "repeat_contact",
    /// Says that time presses.
    Urgency = "urgency",
    /// Reports an incident or breach of systems, data or accounts.
    Security = "security",
    /// Reports that the product is down.
    Outage = "outage",
    /// Is content or grateful; lowers the risk.
    Satisfaction = "satisfaction",
    /// A bot's turn that fails the customer.
    BotBreakdown = "bot_breakdown",
    /// A bot's or agent's turn that ends without an answer.
    VagueClose = "vague_close",
}

impl Signal {
    /// How many signals there are.
    pub const COUNT: usize = Signal::ALL.len();

    /// The signal's place in [`Signal::ALL`], for arrays of [`Signal::COUNT`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The signal with that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Signal> {
        Signal::ALL.iter().copied().find(|signal| signal.name() == name)
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of signals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignalSet(u32);

impl SignalSet {
    /// No signal.
    pub const EMPTY: SignalSet = SignalSet(0);

    /// The signals of either set.
    #[must_use]
    pub const fn union(self, other: SignalSet) -> SignalSet {
        SignalSet(self.0 | other.0)
    }

    /// The signals of both sets.
    #[must_use]
    pub const fn and(self, other: SignalSet) -> SignalSet {
        SignalSet(self.0 & other.0)
    }

    /// The signals of this set that are not in the other.
    #[must_use]
    pub const fn without(self, other: SignalSet) -> SignalSet {
        SignalSet(self.0 & !other.0)
    }

    /// Adds a signal.
    pub const fn insert(&mut self, signal: Signal) {
        self.0 |= 1 << signal.index();
    }

    /// Whether the signal is in the set.
    #[must_use]
    pub const fn contains(self, signal: Signal) -> bool {
        self.0 & (1 << signal.index()) != 0
    }

    /// Whether no signal is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The signals of the set, in order of declaration.
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        Signal::ALL.iter().copied().filter(move |signal| self.contains(*signal))
    }
}
