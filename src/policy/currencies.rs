//! What currencies are worth, so that revenue can be compared.

use std::collections::BTreeMap;

use super::document::Document;
use crate::account::Arr;
use crate::diagnostic::Code;

/// What currencies are worth in US dollars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Currencies {
    /// When somebody last looked at the rates, as written.
    pub as_of: String,
    /// Millionths of a US dollar for one unit, by ISO 4217 code.
    pub rates: BTreeMap<String, u64>,
}

impl Currencies {
    /// Revenue in whole US dollars a year; `None` when there is no rate for its currency.
    #[must_use]
    pub fn dollars(&self, arr: &Arr) -> Option<u64> {
        let rate = *self.rates.get(&arr.currency)?;
        let dollars = u128::from(arr.amount) * u128::from(rate) / 1_000_000;
        Some(u64::try_from(dollars).unwrap_or(u64::MAX))
    }

    pub(super) fn read(document: &mut Document<'_>) -> Currencies {
        let mut currencies = Currencies { as_of: document.date("currencies.as_of"), rates: BTreeMap::new() };
        for (code, at) in document.keys("currencies.rates") {
            let rate = document.millionths(&format!("currencies.rates.{code}"));
            if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
                currencies.rates.insert(code, rate);
            } else {
                let message = format!("\"{code}\" is no currency code");
                document.report(Code::PolicyCurrency, at, message, "write its three capitals, such as EUR");
            }
        }
        currencies
    }
}
