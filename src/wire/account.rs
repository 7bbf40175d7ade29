//! Account records, from the accounts topic or a line of a file. `docs/ACCOUNTS.md` documents every field.
//!
//! Only the id is needed. What cannot be used is left out and told, so that one odd field does not hide an account.

use std::borrow::Cow;

use crate::account::{Account, Arr, Person};
use crate::message::Marks;
use crate::time::Timestamp;

use super::json::{Json, Type};
use super::names;
use super::problem::Problem;
use super::record::{RawRecord, Reject};
use super::{timestamp, value};

/// Reads an account record; `version` is its offset or line, see [`Account::version`]. A record without a value (a
/// tombstone, which deletes the account) is for the caller to tell apart.
///
/// # Errors
/// When the record is not a JSON object with an `account_id`.
pub fn decode_account(record: &[u8], version: u64) -> Result<Account, Reject> {
    decode_account_and_tell(record, version, &mut Vec::new())
}

/// As [`decode_account`]; the names of fields whose values cannot be used are added to `unusable`.
///
/// # Errors
/// When the record is not a JSON object with an `account_id`.
pub fn decode_account_and_tell(
    record: &[u8],
    version: u64,
    unusable: &mut Vec<&'static str>,
) -> Result<Account, Reject> {
    let text = super::event::text_of(&RawRecord::line(record))?;
    read(text, version, unusable).map_err(Problem::reject)
}

fn read(text: &str, version: u64, unusable: &mut Vec<&'static str>) -> Result<Account, Problem> {
    let mut json = Json::new(text);
    if json.peek()? != Type::Object {
        json.skip()?;
        json.end()?;
        return Err(Problem::NotAnObject);
    }
    let mut account = Account { version, ..Account::default() };
    let mut id = None;
    json.object(|json, key| {
        let mut marks = Marks::default();
        let field = match key {
            "account_id" => {
                id = value::id(json, "account_id")?;
                return Ok(());
            }
            "tenant" => {
                account.tenant = value::id(json, "tenant")?.map(Cow::into_owned).unwrap_or_default();
                return Ok::<_, Problem>(());
            }
            _ => field(&mut account, json, key, &mut marks)?,
        };
        if !marks.is_empty() {
            unusable.push(field);
        }
        Ok(())
    })?;
    json.end()?;
    let id = id.ok_or(Problem::Missing("account_id"))?;
    if id.trim_ascii().is_empty() {
        return Err(Problem::IdEmpty("account_id"));
    }
    account.id = id.into_owned();
    Ok(account)
}

/// Reads the value of `key` and gives the field's name; `marks` say whether it could not be used.
fn field(account: &mut Account, json: &mut Json<'_>, key: &str, marks: &mut Marks) -> Result<&'static str, Problem> {
    macro_rules! fields {
        ($($name:literal: $place:ident = $read:expr,)+) => {
            match key {
                $($name => { account.$place = $read; $name })+
                _ => { json.skip()?; "" }
            }
        };
    }
    Ok(fields! {
        "name": name = text(json, marks)?,
        "contacts": contacts = value::list(json, marks, contact)?,
        "tier": tier = value::known(json, marks, names::tier)?,
        "arr": arr = arr(json, marks)?,
        "plan": plan = text(json, marks)?,
        "region": region = text(json, marks)?,
        "time_zone": time_zone = text(json, marks)?,
        "business_calendar": business_calendar = text(json, marks)?,
        "locale": locale = text(json, marks)?,
        "renewal_date": renewal = time(json, marks)?,
        "account_manager": account_manager = person(json, marks)?,
        "customer_success_manager": customer_success_manager = person(json, marks)?,
        "regional_leader": regional_leader = person(json, marks)?,
        "risk_flags": risk_flags = value::texts(json, marks)?.into_iter().map(Cow::into_owned).collect(),
        "updated_at": updated_at = time(json, marks)?,
    })
}

fn text(json: &mut Json<'_>, marks: &mut Marks) -> Result<String, Problem> {
    Ok(value::short(json, marks)?.into_owned())
}

fn contact(json: &mut Json<'_>, marks: &mut Marks) -> Result<Option<Person>, Problem> {
    Ok(Some(person(json, marks)?).filter(|person| !person.is_empty()))
}

/// A person: an object, or just a name, or just an address.
fn person(json: &mut Json<'_>, marks: &mut Marks) -> Result<Person, Problem> {
    let mut person = Person::default();
    if json.peek()? == Type::String {
        let told = text(json, marks)?;
        let place = if told.contains('@') { &mut person.email } else { &mut person.name };
        *place = told;
        return Ok(person);
    }
    value::object(json, marks, |json, key, marks| {
        match key {
            "name" => person.name = text(json, marks)?,
            "email" => person.email = text(json, marks)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(person)
}

/// Annual recurring revenue: an object, or just an amount, whose currency is then not known.
fn arr(json: &mut Json<'_>, marks: &mut Marks) -> Result<Option<Arr>, Problem> {
    let mut sum = None;
    let mut currency = String::new();
    if json.peek()? == Type::Object {
        value::object(json, marks, |json, key, marks| {
            match key {
                "amount" => sum = amount(json, marks)?,
                "currency" => currency = text(json, marks)?.trim().to_ascii_uppercase(),
                _ => json.skip()?,
            }
            Ok(())
        })?;
    } else {
        sum = amount(json, marks)?;
    }
    Ok(sum.map(|amount| Arr { amount, currency }))
}

/// Whole units: a number or a string that holds one; a fraction is dropped, less than nothing cannot be used.
fn amount(json: &mut Json<'_>, marks: &mut Marks) -> Result<Option<u64>, Problem> {
    value::known(json, marks, |text| {
        let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
        whole.parse().ok()
    })
}

/// A date, which begins at midnight UTC, or a time.
fn time(json: &mut Json<'_>, marks: &mut Marks) -> Result<Option<Timestamp>, Problem> {
    value::known(json, marks, |text| timestamp::parse_date(text).or_else(|| timestamp::parse(text)))
}
