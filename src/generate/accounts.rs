//! The accounts that generated conversations belong to.

use serde::Serialize;

use super::random::Random;
use super::{Record, Shape, conversation::TENANTS, line, words};
use crate::time::{Span, Timestamp};

#[derive(Serialize)]
struct Line<'a> {
    account_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    tenant: &'a str,
    name: &'a str,
    contacts: [Person; 1],
    tier: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    arr: Option<Arr>,
    plan: &'a str,
    region: &'a str,
    time_zone: &'a str,
    locale: &'a str,
    renewal_date: line::Time,
    account_manager: Person,
    customer_success_manager: Person,
    regional_leader: Person,
    risk_flags: &'a [&'a str],
    updated_at: line::Time,
}

#[derive(Serialize)]
struct Person {
    name: String,
    email: String,
}

#[derive(Serialize)]
struct Arr {
    amount: u64,
    currency: &'static str,
}

pub(super) fn account_id(number: u64) -> String {
    format!("acct-{number:04}")
}

/// The company of an account; different for the first 288 accounts.
pub(super) fn company(number: u64) -> String {
    let heads = words::COMPANY_HEADS.len() as u64;
    let tail = words::COMPANY_TAILS[((number / heads + number) % words::COMPANY_TAILS.len() as u64) as usize];
    format!("{}{tail}", words::COMPANY_HEADS[(number % heads) as usize])
}

fn person(random: &mut Random, domain: &str) -> Person {
    let (first, last) = (random.pick(words::FIRST_NAMES), random.pick(words::LAST_NAMES));
    Person {
        name: format!("{first} {last}"),
        email: format!("{}.{}@{domain}", first.to_lowercase(), last.to_lowercase()),
    }
}

/// The accounts that a shape's conversations name, one record each, keyed by account id. A few conversations of the
/// trial name none, or one that is not here.
pub fn accounts(shape: Shape) -> impl Iterator<Item = Record> {
    (0..shape.accounts.max(1).next_multiple_of(3)).map(move |number| {
        let mut random = Random::new(shape.seed, u64::MAX - 1 - number);
        let id = account_id(number);
        let (tier, plan, most) = random.pick(&[
            ("free", "free", 0),
            ("starter", "basic", 6_000),
            ("starter", "basic", 12_000),
            ("business", "team", 60_000),
            ("business", "team", 90_000),
            ("enterprise", "enterprise", 400_000),
            ("strategic", "enterprise", 2_500_000),
        ]);
        let (region, time_zone, locale, currency) = random.pick(&[
            ("EMEA", "Europe/Berlin", "de-DE", "EUR"),
            ("EMEA", "Europe/London", "en-GB", "GBP"),
            ("AMER", "America/Chicago", "en-US", "USD"),
            ("AMER", "America/Sao_Paulo", "pt-BR", "USD"),
            ("APAC", "Australia/Sydney", "en-AU", "USD"),
        ]);
        let renewal = shape.start + Span::days(random.between(0, 500) as i64 - 30);
        let line = Line {
            account_id: &id,
            tenant: TENANTS[(number % 3) as usize],
            name: &company(number),
            contacts: [person(&mut random, "customer.example.com")],
            tier,
            arr: (most > 0).then(|| Arr { amount: random.between(most / 3, most), currency }),
            plan,
            region,
            time_zone,
            locale,
            renewal_date: line::Time::rfc3339(renewal),
            account_manager: person(&mut random, "example.com"),
            customer_success_manager: person(&mut random, "example.com"),
            regional_leader: person(&mut random, "example.com"),
            risk_flags: if random.chance(100) { &["adoption_low"] } else { &[] },
            updated_at: line::Time::rfc3339(shape.start - Span::days(random.between(1, 200) as i64)),
        };
        let value = serde_json::to_vec(&line).expect("strings and numbers always serialize");
        Record { key: id.into_bytes(), value, arrival: Timestamp(shape.start.0 - 1) }
    })
}
