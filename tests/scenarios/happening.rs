//! The left side of a scenario: when, who, what.

use std::sync::Arc;

use foreshock::account::{Account, Arr, Person, Tier};
use foreshock::time::{Span, Timestamp};

/// When scenarios begin: 2026-03-02T08:00:00Z.
pub(crate) const BEGIN: Timestamp = Timestamp(1_772_438_400_000);

/// One row: `TIME WHO TEXT`, with TIME as `HH:MM`, `HH:MM:SS` or either after days, e.g. `31d00:00`.
#[derive(Clone, Debug)]
pub(crate) struct Happening {
    pub(crate) time: Timestamp,
    /// `customer`, `bot`, `agent`, `unknown`, `note`, `status`, `priority`, `assign`, `verdict`, `edit`, `delete`, `again`, `merge`,
    /// `erase`, `tick`, `why`, `show`.
    pub(crate) who: String,
    pub(crate) text: String,
}

impl Happening {
    pub(crate) fn parse(line: &str) -> Option<Happening> {
        let (time, rest) = line.split_once(' ')?;
        let rest = rest.trim_start();
        let (who, text) = rest.split_once(' ').unwrap_or((rest, ""));
        Some(Happening { time: BEGIN + parse_time(time)?, who: who.to_owned(), text: text.trim().to_owned() })
    }

    /// The row that `#N` at the start of the text means, from 1, and the text after it.
    pub(crate) fn target(&self) -> (usize, &str) {
        let (number, rest) = self.text.split_once(' ').unwrap_or((&self.text, ""));
        let number = number.strip_prefix('#').and_then(|digits| digits.parse().ok());
        (number.expect("a row is named as #N"), rest.trim())
    }
}

/// A time as rows have it.
pub(crate) fn clock(time: Timestamp) -> String {
    let seconds = (time - BEGIN).0.div_euclid(1_000);
    let days = seconds.div_euclid(86_400);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    if days == 0 { clock } else { format!("{days}d{clock}") }
}

/// The moment that rows write so.
pub(crate) fn moment(time: &str) -> Option<Timestamp> {
    Some(BEGIN + parse_time(time)?)
}

fn parse_time(time: &str) -> Option<Span> {
    let (days, clock) = time.split_once('d').unwrap_or(("0", time));
    let mut seconds = 0;
    for part in clock.split(':').chain(std::iter::repeat_n("0", 3 - clock.split(':').count())) {
        seconds = seconds * 60 + part.parse::<i64>().ok()?;
    }
    Some(Span(Span::days(days.parse().ok()?).0 + Span::seconds(seconds).0))
}

/// `account tier=enterprise arr=240000 currency=USD renewal=+30d name=Alder_Freight leader=Ines_Oake`; `account none`
/// for an account that is not known.
pub(crate) fn parse_account(line: &str) -> Option<Arc<Account>> {
    if line.trim() == "none" {
        return None;
    }
    let mut account = Account { id: "acct-1".to_owned(), ..Account::default() };
    let mut arr = Arr { amount: 0, currency: "USD".to_owned() };
    for pair in line.split_whitespace() {
        let (key, value) = pair.split_once('=').expect("an account is written key=value");
        let text = value.replace('_', " ");
        match key {
            "name" => account.name = text,
            "tier" => account.tier = Some(Tier::from_name(value).expect("a tier")),
            "arr" => arr.amount = value.parse().expect("revenue in digits"),
            "region" => account.region = text,
            "calendar" => account.business_calendar = text,
            "currency" => value.clone_into(&mut arr.currency),
            "updated" => account.updated_at = Some(BEGIN - Span::days(value.parse().expect("updated=200"))),
            "renewal" => {
                let days = value.trim_start_matches('+').trim_end_matches('d').parse().expect("renewal=+30d");
                account.renewal = Some(BEGIN + Span::days(days));
            }
            "leader" => account.regional_leader = Person { name: text, email: String::new() },
            "csm" => account.customer_success_manager = Person { name: text, email: String::new() },
            "manager" => account.account_manager = Person { name: text, email: String::new() },
            "plan" => account.plan = text,
            "locale" => account.locale = text,
            "flags" => account.risk_flags = value.split(',').map(str::to_owned).collect(),
            "contact" => account.contacts.push(Person { name: text, email: String::new() }),
            _ => panic!("an account has no {key}"),
        }
    }
    account.arr = (arr.amount > 0).then_some(arr);
    Some(Arc::new(account))
}
