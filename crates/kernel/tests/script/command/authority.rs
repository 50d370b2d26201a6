//! ```text
//! key OWNER [id:KEY] [secret:TEXT] [for SPAN] PATTERN…     as K
//! unkey K
//! grant ISSUER HOLDER [under G] [for SPAN] [currency:C] [per_use:A] [total:A] [uses:N] [depth:N]
//!       [on:RESOURCE…] [with:NAME…] [in:PLACE…] [by:KEY] PATTERN…     as G
//! ungrant G        relinquish G
//! ```

use hansa_kernel::grant::{self, Limits, Scope, Terms};
use hansa_kernel::{Command, principal};
use hansa_types::{AnyId, ApiKeyId, Duration, GrantId, PrincipalId};

use super::super::words::span;
use super::super::{Named, Town, Words};
use super::{Asked, actions, parse_amount};

pub(super) fn parse(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    match verb {
        "key" => key(town, words),
        "unkey" => {
            let name = words.next()?;
            let id = key_id(town, name)?;
            let owner = match town.named(name)? {
                Named::Key { owner, .. } => town.name_of(owner.into()),
                _ => String::new(),
            };
            Asked::by(&owner, Command::ApiKeyRevoke(principal::RevokeApiKey { id }))
        }
        "grant" => create(town, words),
        "relinquish" => {
            let id = grant_id(town, words.next()?)?;
            let holder = town.state.grants.get(&id).map(|grant| grant.holder);
            Asked::by(&name(town, holder), Command::GrantRelinquish(grant::Relinquish { id }))
        }
        _ => {
            let id = grant_id(town, words.next()?)?;
            let issuer = town.state.grants.get(&id).map(|grant| grant.issuer);
            Asked::by(&name(town, issuer), Command::GrantRevoke(grant::Revoke { id }))
        }
    }
}

/// The name of who is at a place, or alice for nobody.
fn name(town: &Town, handle: Option<principal::Handle>) -> String {
    let id = handle.map(|handle| town.state.principals.get(handle).id.into());
    id.map_or("alice".to_owned(), |id| town.name_of(id))
}

fn key_id(town: &Town, name: &str) -> Result<ApiKeyId, String> {
    match town.named(name)? {
        Named::Key { id, .. } => Ok(id),
        other => Err(format!("{name} is {other:?} and no key")),
    }
}

pub(super) fn grant_id(town: &Town, name: &str) -> Result<GrantId, String> {
    match town.named(name)? {
        Named::Id(AnyId::Grant(id)) => Ok(id),
        other => Err(format!("{name} is {other:?} and no grant")),
    }
}

fn key(town: &mut Town, words: &mut Words<'_>) -> Result<Asked, String> {
    let owner = words.next()?;
    let number = town.entropy();
    let id = words.keyed("id:").map(|name| key_id(town, name)).transpose()?;
    let secret = words.keyed("secret:").map_or(number.to_string(), str::to_owned);
    let expires = words.after("for").map(span).transpose()?;
    let create = principal::CreateApiKey {
        id: id.unwrap_or(ApiKeyId::new(town.now.0, number)),
        principal: town.principal(owner),
        secret: Town::digest_of(&secret),
        actions: actions(&words.rest())?,
        expires: expires.map(|span| town.now.after(span)),
    };
    Asked::by(owner, Command::ApiKeyCreate(create))
}

fn create(town: &Town, words: &mut Words<'_>) -> Result<Asked, String> {
    let (issuer, holder) = (words.next()?, words.next()?);
    let parent = words.after("under").map(|name| grant_id(town, name)).transpose()?;
    let life = words.after("for").map(span).transpose()?.unwrap_or(Duration::days(365));
    let limited = words.keyed("currency:");
    let currency = town.currency(limited.unwrap_or("AVT"))?;
    let mut limit = |mark| words.keyed(mark).map(|text| parse_amount(&currency, text)).transpose();
    let (per_use, total) = (limit("per_use:")?, limit("total:")?);
    let uses_max = words.keyed("uses:").map(number).transpose()?;
    let depth_max = words.keyed("depth:").map(number).transpose()?;
    let limits = Limits { currency: limited.map(|_| currency.code), per_use, total, uses_max };
    let scope = scope(town, words)?.boxed();
    let expires = town.now.after(life);
    let actions = actions(&words.rest())?;
    let create = grant::Create {
        issuer: town.principal(issuer),
        holder: town.principal(holder),
        terms: Terms { actions, limits, scope, expires, depth_max },
        parent,
    };
    Asked::by(issuer, Command::GrantCreate(create))
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

fn scope(town: &Town, words: &mut Words<'_>) -> Result<Scope, String> {
    let mut scope = Scope::default();
    while let Some(name) = words.keyed("on:") {
        // A name of something stands for its id.
        let id = town.named(name).ok().and_then(|named| match named {
            Named::Id(id) => Some(id.to_string()),
            Named::Principal(id) => Some(id.to_string()),
            _ => None,
        });
        let resource = id.as_deref().unwrap_or(name).parse();
        scope.resources.push(resource.map_err(|refusal| format!("{name}: {refusal}"))?);
    }
    while let Some(name) = words.keyed("with:") {
        let whom: PrincipalId = town.principal(name);
        scope.counterparties.push(whom);
    }
    while let Some(place) = words.keyed("in:") {
        scope.jurisdictions.push(place.parse().map_err(|error| format!("{place}: {error}"))?);
    }
    scope.key = words.keyed("by:").map(Town::public_key);
    Ok(scope)
}
