//! The account's facts in a trigger.

use crate::account::{Account, Person};
use crate::risk::Trigger;
use crate::wire::json::Writer;
use crate::wire::timestamp;

use super::brevity::Brevity;

/// Writes the `account` object: `known` with the facts, `unknown` when the events name an account that the table
/// does not have, `missing` when they name none.
pub(super) fn write(json: &mut Writer<'_>, trigger: &Trigger, brevity: Brevity) {
    json.key("account").open(b'{');
    match &trigger.account {
        Some(account) => {
            json.text("status", "known");
            known(json, account, brevity);
        }
        None if trigger.account_id.is_empty() => _ = json.text("status", "missing"),
        None => _ = json.text("status", "unknown"),
    }
    json.close(b'}');
}

fn known(json: &mut Writer<'_>, account: &Account, brevity: Brevity) {
    let short = |text| brevity.text(text);
    json.text_if("name", short(&account.name));
    if let Some(tier) = account.tier {
        json.text("tier", tier.name());
    }
    if let Some(arr) = &account.arr {
        json.key("arr").open(b'{').number("amount", arr.amount).text("currency", short(&arr.currency)).close(b'}');
    }
    json.text_if("plan", short(&account.plan)).text_if("region", short(&account.region));
    json.text_if("time_zone", short(&account.time_zone)).text_if("locale", short(&account.locale));
    if let Some(renewal) = account.renewal {
        json.text("renewal_date", &timestamp::format_date(renewal));
    }
    person(json, "account_manager", &account.account_manager, brevity);
    person(json, "customer_success_manager", &account.customer_success_manager, brevity);
    person(json, "regional_leader", &account.regional_leader, brevity);
    if !account.contacts.is_empty() {
        json.key("contacts").open(b'[');
        for contact in brevity.entries(&account.contacts) {
            person_object(json, contact, brevity);
        }
        json.close(b']');
    }
    let flags: Vec<&str> = brevity.entries(&account.risk_flags).iter().map(|flag| short(flag)).collect();
    json.texts_if("risk_flags", &flags);
    if let Some(updated_at) = account.updated_at {
        json.text("updated_at", &timestamp::format(updated_at));
    }
    json.number("version", account.version);
}

fn person(json: &mut Writer<'_>, name: &'static str, person: &Person, brevity: Brevity) {
    if !person.is_empty() {
        json.key(name);
        person_object(json, person, brevity);
    }
}

fn person_object(json: &mut Writer<'_>, person: &Person, brevity: Brevity) {
    json.open(b'{').text_if("name", brevity.text(&person.name)).text_if("email", brevity.text(&person.email));
    json.close(b'}');
}
