//! An outside auditor of the money: asked beside everything else, and never believed blindly.
//!
//! An operator may name somebody who adds the node's books up from outside. It is asked once a
//! minute, through the egress, for one small document, and what it said is remembered for as long
//! as it is fresh by its own date. No request waits for it.
//!
//! Invariants: figures are shown as the auditor's or not at all; an answer that does not add up, is
//! of another currency or too old counts as none. Deliberately absent: correcting an auditor.
//! Where one says that the books do not balance, that is what is shown.

use std::sync::Weak;

use hansa_crypto::json::parse_strict;
use hansa_kernel::State;
use hansa_types::{Currency, Time};
use hansa_wire::WireAmount;
use hansa_wire::api::projections::{CurrencySupply, Sums};
use serde::Deserialize as _;
use serde_json::Value;
use tokio::sync::watch;

use crate::egress::{EgressLimits, Purpose};
use crate::env::Env;
use crate::limits::{
    AUDIT_AHEAD_MAX, AUDIT_BODY_BYTES_MAX, AUDIT_EVERY, AUDIT_FRESH_MAX, AUDIT_TIME_MAX,
};
use crate::node::Node;

/// Who audits the money from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auditor {
    /// The document that says what it found.
    pub url: String,
    /// The node's name in a document about several; without, the document is about one.
    pub frame: Option<String>,
}

/// What an auditor found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The books of the node's first currency.
    pub supply: CurrencySupply,
    /// When it looked, by its own clock.
    pub audited_at: Time,
}

/// What came of asking so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// How often an answer came or failed to.
    pub times: u64,
    /// The last answer that counts.
    pub found: Option<Finding>,
    /// Why the last time gave none, in one word.
    pub failed: Option<&'static str>,
}

impl Asked {
    fn note(&mut self, outcome: Result<Finding, &'static str>) {
        self.times += 1;
        match outcome {
            Ok(found) => (self.found, self.failed) = (Some(found), None),
            // What was found before counts until it is too old.
            Err(why) => self.failed = Some(why),
        }
    }
}

impl Finding {
    fn is_fresh(&self, now: Time) -> bool {
        self.audited_at <= now.after(AUDIT_AHEAD_MAX)
            && now < self.audited_at.after(AUDIT_FRESH_MAX)
    }
}

impl Node {
    /// What the auditor found, while that is fresh.
    pub fn audited_supply(&self) -> Option<Finding> {
        self.audited.borrow().found.clone().filter(|found| found.is_fresh(self.now()))
    }

    /// What comes of asking the auditor, as it goes on.
    pub fn asked_auditor(&self) -> watch::Receiver<Asked> {
        self.audited.subscribe()
    }

    async fn ask_auditor(&self, auditor: &Auditor) -> Result<Finding, &'static str> {
        let limits =
            EgressLimits { body_bytes_max: AUDIT_BODY_BYTES_MAX, time_max: AUDIT_TIME_MAX };
        let answer = self.egress.get(Purpose::Audit, &auditor.url, limits).await;
        let answer = answer.map_err(|error| error.as_str())?;
        if answer.status != 200 {
            return Err("refused");
        }
        let look = |state: &State| state.ledger.currencies().first().map(|first| first.currency);
        let currency = self.read(None, look).await.ok().flatten().ok_or("no_currency")?;
        let found = read(&answer.body, auditor.frame.as_deref(), &currency)?;
        found.is_fresh(self.now()).then_some(found).ok_or("too_old")
    }
}

/// Asks the auditor for as long as the node runs; does nothing where there is none.
pub(crate) async fn keep_asking(node: Weak<Node>, env: Env) {
    loop {
        {
            let Some(node) = node.upgrade() else { return };
            let Some(auditor) = node.config.auditor.as_ref() else { return };
            let outcome = node.ask_auditor(auditor).await;
            let before = node.audited.borrow().failed;
            if let Err(why) = outcome
                && before != Some(why)
            {
                tracing::warn!(auditor = %auditor.url, why, "the auditor said nothing that counts");
            }
            node.audited.send_modify(|asked| asked.note(outcome));
        }
        env.clock.sleep(AUDIT_EVERY).await;
    }
}

/// Reads an auditor's document: one account, or `{"frames": {NAME: account}}`, each account as this
/// node's own audit tells it with `audited_at`.
fn read(
    document: &[u8],
    frame: Option<&str>,
    currency: &Currency,
) -> Result<Finding, &'static str> {
    let document = parse_strict(document).map_err(|_| "no_json")?;
    let account = match frame {
        Some(frame) => document.get("frames").and_then(|frames| frames.get(frame)),
        None => Some(&document),
    };
    let account = account.ok_or("frame_missing")?;
    let audited_at = account.get("audited_at").and_then(Value::as_str).and_then(Time::parse);
    let audited_at = audited_at.ok_or("malformed")?;
    let supply = CurrencySupply::deserialize(account).map_err(|_| "malformed")?;
    if supply.currency != currency.code {
        return Err("other_currency");
    }
    match added_up(&supply, currency) {
        Some(again) if again == supply => Ok(Finding { supply, audited_at }),
        _ => Err("does_not_add_up"),
    }
}

/// The account as its own figures make it.
fn added_up(told: &CurrencySupply, currency: &Currency) -> Option<CurrencySupply> {
    let read = |amount: &WireAmount| amount.in_currency_or_zero(currency).ok();
    let (issued, burned) = (read(&told.issued)?, read(&told.burned)?);
    let held = read(&told.held)?;
    let total = read(&told.circulating)?.plus(held)?;
    issued.minus(burned)?;
    Some(CurrencySupply::of(currency, Sums { issued, burned, total, held }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn account() -> Value {
        json!({
            "currency": "AVT", "issued": "1000.5", "burned": "0.5", "net_supply": "1000",
            "circulating": "990", "held": "10", "delta": "0", "audited_at": "2026-07-01T12:00:00Z",
        })
    }

    fn told(document: &Value, frame: Option<&str>) -> Result<Finding, &'static str> {
        let currency = Currency { code: "AVT".parse().unwrap(), scale: 6 };
        read(document.to_string().as_bytes(), frame, &currency)
    }

    #[test]
    fn an_account_stands_alone_or_under_its_frame() {
        let alone = told(&account(), None).unwrap();
        assert_eq!((alone.supply.net_supply.as_str(), alone.supply.delta.as_str()), ("1000", "0"));
        let frames = json!({ "frames": { "north": account(), "south": {} } });
        assert_eq!(told(&frames, Some("north")), Ok(alone));
        for (document, frame, why) in [
            (&frames, None, "malformed"),
            (&frames, Some("south"), "malformed"),
            (&frames, Some("west"), "frame_missing"),
            (&account(), Some("north"), "frame_missing"),
        ] {
            assert_eq!(told(document, frame), Err(why), "{frame:?}");
        }
    }

    #[test]
    fn books_that_do_not_balance_are_told_and_figures_that_do_not_fit_are_not() {
        let with = |name: &str, value: Value| {
            let mut account = account();
            account[name] = value;
            account
        };
        let mut short = with("circulating", json!("989"));
        assert_eq!(told(&short, None), Err("does_not_add_up"), "its delta says otherwise");
        short["delta"] = json!("-1");
        assert_eq!(told(&short, None).unwrap().supply.delta, "-1");
        for (name, value, why) in [
            ("net_supply", json!("999"), "does_not_add_up"),
            ("burned", json!("2000"), "does_not_add_up"),
            ("delta", json!("none"), "does_not_add_up"),
            ("held", json!("0.0000001"), "does_not_add_up"),
            ("issued", json!(1000.5), "malformed"),
            ("issued", json!("-1"), "malformed"),
            ("currency", json!("BVT"), "other_currency"),
            ("audited_at", json!("yesterday"), "malformed"),
            ("audited_at", json!(1), "malformed"),
        ] {
            assert_eq!(told(&with(name, value.clone()), None), Err(why), "{name} {value}");
        }
        let currency = Currency { code: "AVT".parse().unwrap(), scale: 6 };
        for nothing in [&b""[..], b"<html>", b"[]", b"{\"currency\":1,\"currency\":2}"] {
            assert!(read(nothing, None, &currency).is_err());
        }
    }

    #[test]
    fn a_finding_grows_old_and_is_not_from_the_future() {
        let found = told(&account(), None).unwrap();
        let at = found.audited_at;
        assert!(found.is_fresh(at) && found.is_fresh(Time(at.0 - AUDIT_AHEAD_MAX.0)));
        assert!(!found.is_fresh(Time(at.0 - AUDIT_AHEAD_MAX.0 - 1)));
        assert!(found.is_fresh(Time(at.0 + AUDIT_FRESH_MAX.0 - 1)));
        assert!(!found.is_fresh(Time(at.0 + AUDIT_FRESH_MAX.0)));
    }
}
