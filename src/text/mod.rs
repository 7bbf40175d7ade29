//! Bytes to text with positions: hygiene, normalisation, tokens, masking. Every span maps back to the original.
//!
//! [`Document::read`] is the way in: it takes a text, leaves out what the author did not write now, and cuts the rest
//! into words. HTML is flattened first (`html`), then read as plain text is.

mod chars;
mod document;
mod html;
mod hygiene;
pub mod mask;
mod scanner;
#[cfg(test)]
mod tests;
mod word;

pub use document::{Document, LeftOut, Reading, Sentence, Token, flags};
pub use word::{WordKey, normalise_word};

/// Why a part of a text is left out: the customer did not write it, or not now, or it is not language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hygiene {
    /// An earlier message, quoted.
    Quoted,
    /// A signature or what a mail program adds.
    Signature,
    /// Code, a log or a stack trace.
    Code,
    /// Markup, or text that is not shown.
    Hidden,
    /// An automatic reply or a bounce: the whole text.
    AutoReply,
}

impl Hygiene {
    /// The reason in words, as in "found, but in quoted text".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Hygiene::Quoted => "quoted text",
            Hygiene::Signature => "a signature",
            Hygiene::Code => "code",
            Hygiene::Hidden => "hidden text",
            Hygiene::AutoReply => "an automatic reply",
        }
    }
}
