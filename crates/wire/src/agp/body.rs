//! Reading the members of a request, which clients spell in several ways.
//!
//! Members that are not known are not refused: the protocol's objects are open, and a client may
//! send back what a server answered.

use hansa_types::{Code, CurrencyCode, Time};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::amount::WireAmount;
use crate::request::{Invalid, echo};

/// The members of a request.
#[derive(Debug, Clone, Copy)]
pub struct Body<'a>(pub &'a Map<String, Value>);

impl<'a> Body<'a> {
    /// The first of several spellings that is there.
    pub fn any(&self, names: &[&'static str]) -> Option<(&'static str, &'a Value)> {
        let found = |name: &&'static str| Some((*name, self.0.get(*name)?));
        names.iter().filter_map(found).find(|(_, value)| !value.is_null())
    }

    /// A text, by any of its names.
    pub fn text(&self, names: &[&'static str]) -> Result<Option<&'a str>, Invalid> {
        match self.any(names) {
            None => Ok(None),
            Some((_, Value::String(text))) => {
                Ok(Some(text).filter(|text| !text.is_empty()).map(String::as_str))
            }
            Some((name, _)) => Err(Invalid::new(Code::InvalidField, name, "must be a text")),
        }
    }

    /// A text that must be there, by any of its names.
    pub fn need(&self, names: &[&'static str]) -> Result<&'a str, Invalid> {
        let missing = || {
            Invalid::new(
                Code::MissingField,
                names.first().copied().unwrap_or_default(),
                "is required",
            )
        };
        self.text(names)?.ok_or_else(missing)
    }

    /// A value of a type that reads itself, by any of its names.
    pub fn read<T: DeserializeOwned>(&self, names: &[&'static str]) -> Result<Option<T>, Invalid> {
        let Some((name, value)) = self.any(names) else { return Ok(None) };
        serde_json::from_value(value.clone())
            .map(Some)
            .map_err(|error| Invalid::new(Code::InvalidField, name, echo(&error.to_string())))
    }

    /// Where the outcome shall be posted to.
    pub fn callback_url(&self) -> Result<Option<String>, Invalid> {
        Ok(self.text(&["callback_url"])?.map(str::to_owned))
    }

    /// A list, empty where there is none.
    pub fn list<T: DeserializeOwned>(&self, names: &[&'static str]) -> Result<Vec<T>, Invalid> {
        Ok(self.read(names)?.unwrap_or_default())
    }

    /// An id, which may not be one of this node's.
    pub fn id<T: std::str::FromStr>(&self, names: &[&'static str]) -> Result<Option<T>, Invalid> {
        let Some(text) = self.text(names)? else { return Ok(None) };
        let name = self.any(names).map(|(name, _)| name).unwrap_or_default();
        let unknown = || Invalid::new(Code::InvalidField, name, "names nothing of this node");
        text.parse().map(Some).map_err(|_| unknown())
    }

    /// A moment.
    pub fn time(&self, names: &[&'static str]) -> Result<Option<Time>, Invalid> {
        let Some(text) = self.text(names)? else { return Ok(None) };
        let name = self.any(names).map(|(name, _)| name).unwrap_or_default();
        let wrong = || Invalid::new(Code::InvalidField, name, "not an RFC 3339 time");
        Time::parse(text).map(Some).ok_or_else(wrong)
    }

    /// The members of an object within.
    pub fn within(&self, name: &str) -> Option<Body<'a>> {
        self.0.get(name).and_then(Value::as_object).map(Body)
    }

    /// A limit of money, as `spend_limit`, or in dollars by the names some clients use.
    pub fn spend_limit(&self) -> Result<Option<(CurrencyCode, WireAmount)>, Invalid> {
        let limit = self.within("constraints").and_then(|within| within.within("spend_limit"));
        if let Some(limit) = limit {
            let currency = limit.need(&["currency"])?;
            return money("constraints.spend_limit", currency, limit.0.get("amount")).map(Some);
        }
        match self.any(&["max_amount_usd"]) {
            Some((name, value)) => money(name, "USD", Some(value)).map(Some),
            None => Ok(None),
        }
    }
}

/// An amount of a currency. A JSON number counts here, for the protocol's own examples send it.
fn money(
    name: &str,
    currency: &str,
    amount: Option<&Value>,
) -> Result<(CurrencyCode, WireAmount), Invalid> {
    let refuse = |detail: &str| Invalid::new(Code::InvalidField, name, detail);
    let code = currency.parse().map_err(|_| refuse("currency: not the code of a currency"))?;
    let text = match amount {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return Err(refuse("amount: a decimal text")),
    };
    let text = text.strip_suffix(".0").unwrap_or(&text);
    let amount =
        text.parse().map_err(|error: hansa_types::AmountError| refuse(&error.to_string()))?;
    Ok((code, amount))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn limit(value: Value) -> Result<Option<String>, Code> {
        let read = Body(value.as_object().unwrap()).spend_limit();
        let told = read.map(|limit| limit.map(|(code, amount)| format!("{amount} {code}")));
        told.map_err(|invalid| invalid.rejection.code)
    }

    #[test]
    fn limits_are_read_in_every_spelling() {
        let of = |amount| json!({ "constraints": { "spend_limit": { "currency": "EUR", "amount": amount } } });
        assert_eq!(limit(of(json!("12.50"))), Ok(Some("12.5 EUR".to_owned())));
        assert_eq!(limit(of(json!(12.5))), Ok(Some("12.5 EUR".to_owned())));
        assert_eq!(limit(json!({ "max_amount_usd": 200000 })), Ok(Some("200000 USD".to_owned())));
        assert_eq!(limit(json!({ "max_amount_usd": 200000.0 })), Ok(Some("200000 USD".to_owned())));
        assert_eq!(limit(json!({ "constraints": {} })), Ok(None));
        for bad in [
            of(json!(-1)),
            of(json!("1e3")),
            of(json!(null)),
            json!({ "constraints": { "spend_limit": {} } }),
            json!({ "max_amount_usd": "much" }),
            json!({ "constraints": { "spend_limit": { "currency": "euro", "amount": "1" } } }),
        ] {
            assert!(limit(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn members_are_read_by_their_first_name_and_refused_by_it() {
        let value = json!({ "scope": ["a"], "name": 7, "empty": "", "none": null, "at": "soon" });
        let body = Body(value.as_object().unwrap());
        assert_eq!(body.list::<String>(&["permitted_actions", "scope"]), Ok(vec!["a".to_owned()]));
        assert_eq!(body.text(&["empty", "none"]), Ok(None));
        assert_eq!(body.need(&["empty"]).unwrap_err().rejection.code, Code::MissingField);
        assert_eq!(body.text(&["name"]).unwrap_err().field, "name");
        assert_eq!(body.time(&["at"]).unwrap_err().field, "at");
        assert!(body.id::<hansa_types::TaskId>(&["at"]).is_err());
    }
}
