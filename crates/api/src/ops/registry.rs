//! The node's own card, as The Protocol's registries show theirs: version 0.4.
//!
//! The ETag is that of what the operator decides: identity, fees, policy, contact, key. Supply and
//! times are outside of it, so a caller with the present tag is answered before any are looked at.
//! The supply is told by the best source there is: what the operator's outside auditor found, while
//! that is fresh; else the node's own books; and where the node issues no money, FEDERATED with a
//! note. Which one it was always stands beside the figures. Nothing is asked for the card: the
//! node asks its auditor beside its other work.

use hansa_crypto::json::parse_strict;
use hansa_crypto::registry_card::{Signing, VERSION, sign};
use hansa_crypto::{jwk::thumbprint, python_json};
use hansa_kernel::State;
use hansa_kernel::node::Mode;
use hansa_kernel::transfer::CurrencyState;
use hansa_node::auditor::{Auditor, Finding};
use hansa_types::{Amount, Code, Currency, Rejection, Time};
use hansa_wire::Problem;
use hansa_wire::api::cards::{KeySet, RegistryCardGet, RegistryJwks};
use hansa_wire::api::projections::CurrencySupply;
use serde_json::{Map, Value, json};

use super::card_documents::jwk;
use super::cards::etag;
use super::projections::supply;
use crate::answer::Answer;
use crate::context::Context;
use crate::limits::{REGISTRY_CARD_LIFE, REGISTRY_CARD_SIGNED_EVERY};

/// What the card's fixed part is made of.
struct Look {
    sovereign: bool,
    currency: CurrencyState,
}

fn look(state: &State) -> Result<Look, Rejection> {
    let first = state.ledger.currencies().first().ok_or(Code::NotYet)?;
    Ok(Look { sovereign: state.node()?.mode == Mode::Sovereign, currency: first.clone() })
}

/// Reads the node's card.
pub(crate) async fn registry_card_get(
    context: &Context,
    _: RegistryCardGet,
) -> Result<Answer, Problem> {
    let look = context.api.node.read(None, look).await??;
    let mut card = fixed(context, &look)?;
    let kid = thumbprint(&context.api.node.keys.signing().public());
    let tag = etag(&python_json::canonical(&json!({ "card": card, "kid": kid }))?);
    if context.has_current(&tag) {
        return Ok(Answer::not_modified(tag).cacheable());
    }
    card.insert("lifecycle".to_owned(), json!({ "card_etag": tag.trim_matches('"') }));
    card.insert("supply".to_owned(), supply_block(context, &look).await?);
    let signed_at = Time(
        context.api.node.now().0 / REGISTRY_CARD_SIGNED_EVERY.0 * REGISTRY_CARD_SIGNED_EVERY.0,
    );
    let by = Signing {
        key: context.api.node.keys.signing(),
        kid: &kid,
        signed_at,
        expires_at: signed_at.after(REGISTRY_CARD_LIFE),
    };
    sign(&mut card, by)?;
    Ok(Answer::json(&card)?.with_etag(tag).cacheable())
}

/// Reads the keys of the node's card.
pub(crate) async fn registry_jwks(context: &Context, _: RegistryJwks) -> Result<Answer, Problem> {
    let keys = context.api.node.own_keys();
    let keys = keys.iter().map(|key| jwk(key, thumbprint(key))).collect();
    Ok(Answer::json(&KeySet { keys })?.cacheable())
}

/// Everything that only the operator changes.
fn fixed(context: &Context, look: &Look) -> Result<Map<String, Value>, Problem> {
    let (api, host) = (&context.api, &context.api.node.config.host);
    let registry = &api.settings.registry;
    let auditor = api.node.config.auditor.as_ref().map(|auditor| &auditor.url);
    let fees = fees(&look.currency);
    let tier = if look.sovereign { "sovereign" } else { "federated" };
    let policy = python_json::canonical(&json!({ "fees": fees, "tier": tier }))?;
    let policy: String =
        hansa_crypto::hash::sha256(&policy).0.iter().map(|byte| format!("{byte:02x}")).collect();
    let card = json!({
        "registry_card_version": VERSION,
        "schema_version": VERSION,
        "identity": {
            "spiffe_id": format!("spiffe://{host}/registry"),
            "registry_name": registry.name.as_ref().unwrap_or(host),
            "trust_domain": host,
            "tier": tier,
            "did": api.did(),
        },
        "visual": { "sovereign_variant": null },
        "federation": {
            "is_genesis_registry": false,
            "is_sovereign_frame": look.sovereign,
            "policy_hash": format!("sha256:{policy}"),
        },
        "fees": fees,
        "operator": { "contact": registry.contact, "software": "hansa" },
        "external_auditor_endpoint": auditor,
        "endpoints": {
            "jwks": "/.well-known/registry-jwks.json",
            "discover": "/api/v1/discover",
            "supply_audit": "/api/v1/projections/supply-audit",
            "journal_checkpoint": "/api/v1/journal/checkpoint",
        },
        "capabilities": ["a2a_cards", "amp", "discovery", "escrow", "signed_journal"],
    });
    // Read back, so that its members have one type of map.
    match parse_strict(card.to_string().as_bytes())? {
        Value::Object(card) => Ok(card),
        _ => Err(Code::Internal.into()),
    }
}

fn fees(first: &CurrencyState) -> Value {
    // A rate in parts per million is a percentage with four decimals.
    let percent = Currency { scale: 4, ..first.currency };
    let rate = percent.format(Amount(u128::from(first.fee.rate_ppm)));
    json!({
        "cross_registry": { "base_rate_percent": rate },
        "hosting": { "enabled": false, "rate_percent_of_agent_service_fee": "0" },
        "settlement_currency": first.currency.code.as_str(),
    })
}

/// The money there is, by the best source.
async fn supply_block(context: &Context, look: &Look) -> Result<Value, Problem> {
    let node = &context.api.node;
    let auditor = node.config.auditor.as_ref();
    match (auditor, node.audited_supply()) {
        (Some(auditor), Some(found)) => Ok(by_auditor(auditor, &found, look)),
        _ if look.sovereign => by_own_books(context, look, auditor).await,
        _ => Ok(by_the_parent(context, auditor)),
    }
}

/// What an auditor that is asked and has said nothing of late leaves to say.
fn without(auditor: Option<&Auditor>) -> &'static str {
    match auditor {
        Some(_) => " The auditor gives no fresh answer.",
        None => "",
    }
}

fn verdict(books: &CurrencySupply) -> &'static str {
    if books.delta == "0" { "VERIFIED" } else { "VIOLATED" }
}

fn by_auditor(auditor: &Auditor, found: &Finding, look: &Look) -> Value {
    let books = &found.supply;
    let of = match look.sovereign {
        true => "What the auditor found, from outside of this node",
        false => "This node issues no money: what the auditor found of the money it holds",
    };
    json!({
        "status": verdict(books), "source": "auditor", "auditor": auditor.url,
        "audited_at": found.audited_at.to_string(), "currency": books.currency.as_str(),
        "issued": books.issued, "burned": books.burned, "net_supply": books.net_supply,
        "circulating": books.circulating, "held": books.held, "delta": books.delta,
        "as_of_seq": null, "supply_note": format!("{of}; ask {} yourself.", auditor.url),
    })
}

async fn by_own_books(
    context: &Context,
    look: &Look,
    auditor: Option<&Auditor>,
) -> Result<Value, Problem> {
    let audited = supply(context).await?;
    let code = look.currency.currency.code;
    let books = audited.currencies.iter().find(|books| books.currency == code);
    let books = books.ok_or(Code::Internal)?;
    let note = "Added up from this node's own accounts; verify it with the journal's export.";
    Ok(json!({
        "status": verdict(books), "source": "local",
        "currency": code.as_str(), "issued": books.issued, "burned": books.burned,
        "net_supply": books.net_supply, "circulating": books.circulating, "held": books.held,
        "delta": books.delta, "as_of_seq": audited.seq,
        "supply_note": format!("{note}{}", without(auditor)),
    }))
}

fn by_the_parent(context: &Context, auditor: Option<&Auditor>) -> Value {
    let parent = context.api.settings.registry.parent_url.as_deref();
    let parent = parent.unwrap_or("the sovereign node that issues it");
    let note = format!("This node issues no money: its supply is audited by {parent}.");
    json!({
        "status": "FEDERATED", "source": "federated",
        "issued": null, "burned": null, "net_supply": null, "circulating": null, "held": null,
        "delta": null, "as_of_seq": null, "supply_note": format!("{note}{}", without(auditor)),
    })
}
