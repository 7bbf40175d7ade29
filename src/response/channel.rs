//! Names of channels: small letters, digits, hyphens and underscores, at most 80 of them.

use unicode_normalization::UnicodeNormalization;

use crate::account::Account;
use crate::policy::Response;

/// The longest name that a chat system takes.
const LETTERS: usize = 80;

/// The channel of a customer: the prefix and the account's name, else its id, else the conversation's id. A name that has
/// no plain letters at all is told by its id.
#[must_use]
pub fn channel_name(response: &Response, account: Option<&Account>, account_id: &str, conversation: &str) -> String {
    let named = account.map_or("", |account| account.name.as_str());
    let mut slug = [named, account_id, conversation].into_iter().map(slug).find(|slug| !slug.is_empty());
    if let (true, Some(slug)) = (response.channel_distinct && !named.is_empty(), &mut slug) {
        let id = self::slug(account_id);
        slug.truncate(LETTERS - response.channel_prefix.len() - id.len().min(20) - 1);
        slug.push('-');
        slug.push_str(&id[..id.len().min(20)]);
    }
    let mut name = response.channel_prefix.clone();
    name.push_str(slug.as_deref().unwrap_or("customer"));
    name.truncate(LETTERS);
    while name.ends_with('-') {
        name.pop();
    }
    name
}

/// Plain small letters and digits, everything else as single hyphens. Letters lose their accents.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.chars().take(4 * LETTERS) {
        let plain = match letter {
            'ß' | 'ẞ' => "ss",
            'æ' | 'Æ' => "ae",
            'ø' | 'Ø' => "o",
            'ł' | 'Ł' => "l",
            _ => "",
        };
        if !plain.is_empty() {
            slug.push_str(plain);
            continue;
        }
        for part in std::iter::once(letter).nfkd().flat_map(char::to_lowercase) {
            if part.is_ascii_alphanumeric() {
                slug.push(part);
            } else if !unicode_normalization::char::is_combining_mark(part)
                && !matches!(part, '\'' | '’' | '.')
                && !slug.is_empty()
                && !slug.ends_with('-')
            {
                slug.push('-');
            }
        }
    }
    slug.truncate(LETTERS);
    slug.trim_matches('-').to_owned()
}
