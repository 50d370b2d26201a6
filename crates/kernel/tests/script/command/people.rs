//! ```text
//! found sovereign|satellite CODE scale:N [fee:PPM/MINIMUM] [genesis:AMOUNT]
//! clock JUMP_MS      restored NUMBER      format NUMBER      nodekey NEW [by:OLD] [revoke]
//! owner NAME
//! agent NAME [key:OTHER] [card:TEXT] [poor]      person NAME […]
//! card NAME [verified|invalid] [replaces:TEXT]
//! custody NAME GENERATION [key:OTHER]      rotate NAME key:OTHER [revoke]
//! suspend NAME [REASON] [note]     freeze NAME [REASON] [note]
//! reinstate NAME [note]            card NAME      erase NAME      appeal NAME
//! ```

use hansa_kernel::custody::SetKey;
use hansa_kernel::format::FORMAT;
use hansa_kernel::node::{
    AcceptClock, Found, Mode, RaiseFormat, Restore, RotateNodeKey, rotation_text,
};
use hansa_kernel::transfer::FeeRule;
use hansa_kernel::{Command, principal};
use hansa_types::{Currency, Digest, IncarnationId, PrincipalId};

use super::super::{Town, Words};
use super::{Asked, parse_amount};

pub(super) fn parse(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let id = PrincipalId::new(town.now.0, town.entropy());
    let name = words.next()?;
    let principal = town.principal(name);
    match verb {
        "found" => found(id, name, words),
        "clock" => {
            let jump_ms = name.parse().map_err(|_| format!("{name} is no jump"))?;
            Asked::by("olga", Command::ClockAccept(AcceptClock { jump_ms }))
        }
        "restored" => {
            let number = name.parse().map_err(|_| format!("{name} is no number"))?;
            let incarnation = IncarnationId::new(1, number);
            Asked::by("machine", Command::NodeRestore(Restore { incarnation }))
        }
        "format" => {
            let format = name.parse().map_err(|_| format!("{name} is no format"))?;
            Asked::by("machine", Command::NodeRaiseFormat(RaiseFormat { format }))
        }
        "nodekey" => node_key(town, name, words),
        "owner" => {
            let create = principal::CreateOwner { id, key: Town::public_key(name) };
            Asked::by("setup", Command::OwnerCreate(create))
        }
        "agent" | "person" => {
            let create = principal::Create {
                id: words.keyed("id:").map_or(id, |other| town.principal(other)),
                kind: match verb {
                    "agent" => principal::Kind::Agent,
                    _ => principal::Kind::Person,
                },
                key: Town::public_key(words.keyed("key:").unwrap_or(name)),
                card: words.keyed("card:").map(Town::digest_of),
                genesis_grant: !words.flag("poor"),
            };
            Asked::by("olga", Command::PrincipalCreate(create))
        }
        "erase" => Asked::by("olga", Command::PrincipalErase(principal::Erase { principal })),
        "suspend" => {
            let note = note(words);
            let reason = reason(words)?;
            let suspend = principal::Suspend { principal, reason, note };
            Asked::by("olga", Command::PrincipalSuspend(suspend))
        }
        "freeze" => {
            let note = note(words);
            let reason = reason(words)?;
            let freeze = principal::Freeze { principal, reason, note };
            Asked::by("olga", Command::PrincipalFreeze(freeze))
        }
        "reinstate" => {
            let reinstate = principal::Reinstate { principal, note: note(words) };
            Asked::by("olga", Command::PrincipalReinstate(reinstate))
        }
        "appeal" => {
            let note = Town::digest_of("an appeal");
            Asked::by(name, Command::AppealLodge(principal::LodgeAppeal { principal, note }))
        }
        "rotate" => {
            let key = Town::public_key(words.keyed("key:").unwrap_or(name));
            let revoke_former = words.flag("revoke");
            let rotate = principal::RotateKey { principal, key, revoke_former };
            Asked::by(name, Command::KeyRotate(rotate))
        }
        "custody" => {
            let generation = words.next()?;
            let own = format!("{name}/{generation}");
            let set = SetKey {
                principal,
                key: Town::public_key(words.keyed("key:").unwrap_or(&own)),
                generation: generation.parse().map_err(|_| format!("{generation} is no number"))?,
            };
            Asked::by("machine", Command::CustodyKeySet(set))
        }
        _ => {
            let card = Town::digest_of("a card");
            let trust = match (words.flag("verified"), words.flag("invalid")) {
                (true, _) => principal::Trust::Verified,
                (_, true) => principal::Trust::Invalid,
                _ => principal::Trust::Unsigned,
            };
            let replaces = words.keyed("replaces:").map(Town::digest_of);
            let set = principal::SetCard { principal, card, trust, replaces };
            Asked::by(name, Command::CardSet(set))
        }
    }
}

/// The node's first key signs, unless another one is named.
fn node_key(town: &Town, name: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let former = words.keyed("by:").unwrap_or("node");
    let key = Town::public_key(name);
    let text = rotation_text(town.principal("node"), &key);
    let rotate = RotateNodeKey {
        key,
        proof: Town::signing_key(former).sign(&text),
        revoke_former: words.flag("revoke"),
    };
    Asked::by("machine", Command::NodeKeyRotate(rotate))
}

fn note(words: &mut Words<'_>) -> Option<Digest> {
    words.flag("note").then(|| Town::digest_of("a note"))
}

fn reason(words: &mut Words<'_>) -> Result<Option<principal::Reason>, String> {
    let Ok(word) = words.next() else { return Ok(None) };
    let reason = serde_json::from_value(serde_json::Value::from(word));
    reason.map(Some).map_err(|_| format!("{word} is no reason"))
}

fn found(id: PrincipalId, mode: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let mode = match mode {
        "sovereign" => Mode::Sovereign,
        "satellite" => Mode::Satellite,
        other => return Err(format!("{other} is no mode")),
    };
    let currency = new_currency(words)?;
    let found = Found {
        id,
        key: Town::public_key("node"),
        incarnation: IncarnationId::new(1, 1),
        mode,
        format: match words.keyed("format:") {
            Some(format) => format.parse().map_err(|_| format!("{format} is no format"))?,
            None => FORMAT,
        },
        currency,
        fee: fee_rule(&currency, words)?,
        genesis_grant: parse_amount(&currency, words.keyed("genesis:").unwrap_or("0"))?,
    };
    Asked::by("machine", Command::NodeFound(found))
}

/// `CODE scale:N`
pub(super) fn new_currency(words: &mut Words<'_>) -> Result<Currency, String> {
    let code = words.code().ok_or("a currency's code is missing")?;
    let code = code.parse().map_err(|_| format!("{code} is no code"))?;
    let scale = words.keyed("scale:").unwrap_or("6");
    let scale = scale.parse().map_err(|_| format!("{scale} is no scale"))?;
    Ok(Currency { code, scale })
}

/// `fee:PPM/MINIMUM`, nothing if unsaid.
pub(super) fn fee_rule(currency: &Currency, words: &mut Words<'_>) -> Result<FeeRule, String> {
    let Some(rule) = words.keyed("fee:") else { return Ok(FeeRule::default()) };
    let (rate, minimum) = rule.split_once('/').ok_or("a fee is PPM/MINIMUM")?;
    let rate_ppm = rate.parse().map_err(|_| format!("{rate} is no rate"))?;
    Ok(FeeRule { rate_ppm, minimum: parse_amount(currency, minimum)? })
}
