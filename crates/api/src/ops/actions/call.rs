//! What is called: its digest, and the money that its parameters speak of.

use hansa_crypto::hash::sha256;
use hansa_crypto::json::canonical;
use hansa_kernel::action::Money;
use hansa_types::{Code, CurrencyCode, Digest};
use hansa_wire::api::actions::{ActionCall, ActionSubmit};
use hansa_wire::{Problem, WireAmount};
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::resolve::amount;

/// A parameter that names its currency, as other protocols write it: `amount_usd`.
const AMOUNT_IN: &str = "amount_";

/// SHA-256 of the canonical JSON of kind, name and parameters.
pub(super) fn digest(call: &ActionCall) -> Result<Digest, Problem> {
    let value = json!({
        "type": call.kind.as_str(),
        "tool": call.tool.as_str(),
        "params": call.params,
    });
    Ok(sha256(&canonical(&value)?))
}

/// Parameters by which protocols name the other side of a call.
const COUNTERPARTY: [&str; 4] = ["vendor", "recipient", "payee", "counterparty"];

/// What the parameters call the other side.
pub(super) fn counterparty_name(params: &Map<String, Value>) -> Option<Box<str>> {
    let named = COUNTERPARTY.iter().find_map(|name| params.get(*name)?.as_str());
    named.map(Into::into)
}

/// The parameters as policy sees them.
pub(super) fn canonical_params(call: &ActionCall) -> Result<Box<str>, Problem> {
    let bytes = canonical(&Value::Object(call.params.clone()))?;
    Ok(String::from_utf8(bytes).map_err(|_| Code::Internal)?.into_boxed_str())
}

/// The money that a tool moves: what its parameters say, or what the envelope says where they say
/// nothing. Two that differ are refused, so that nobody is judged by one and pays the other.
pub(super) async fn money(
    context: &Context,
    request: &ActionSubmit,
) -> Result<Option<Money>, Problem> {
    let said = in_params(context, &request.action.params).await?;
    let Some(text) = &request.amount else { return Ok(said) };
    let code = request.currency.or(said.map(|said| said.currency));
    let currency = context.api.currency(code).await?;
    let amount = amount("amount", text, &currency)?;
    let declared = Money { currency: currency.code, amount };
    match said {
        Some(said) if said != declared => {
            let detail = "amount: the parameters speak of another amount";
            Err(Problem::new(Code::InvalidField, detail))
        }
        _ => Ok(Some(declared)),
    }
}

async fn in_params(
    context: &Context,
    params: &Map<String, Value>,
) -> Result<Option<Money>, Problem> {
    let mut found = None;
    for (name, value) in params {
        let code = match name.strip_prefix(AMOUNT_IN) {
            Some(code) => Some(code.to_ascii_uppercase()),
            None if name == "amount" => match params.get("currency") {
                Some(Value::String(code)) => Some(code.clone()),
                _ => None,
            },
            None => continue,
        };
        let Some(text) = decimal(value) else { continue };
        let code = code.map(|code| code.parse::<CurrencyCode>()).transpose();
        let unknown = |_| Problem::new(Code::CurrencyUnknown, format!("{name}: no such currency"));
        let currency = context.api.currency(code.map_err(unknown)?).await?;
        let amount = amount(name, &text, &currency)?;
        let money = Money { currency: currency.code, amount };
        if found.replace(money).is_some_and(|before| before != money) {
            let detail = "action.params: two amounts that differ";
            return Err(Problem::new(Code::InvalidField, detail));
        }
    }
    Ok(found)
}

/// A decimal text, or a whole number, as protocols with numbers write it.
fn decimal(value: &Value) -> Option<WireAmount> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    serde_json::from_value(Value::String(text)).ok()
}
