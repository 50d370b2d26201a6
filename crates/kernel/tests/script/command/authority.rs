//! ```text
//! key OWNER [id:KEY] [secret:TEXT] [for SPAN] PATTERN…     as K
//! unkey K
//! grant ISSUER HOLDER [under G] [for SPAN] [currency:C] [per_use:A] [total:A] PATTERN…     as G
//! ungrant G
//! ```

use hansa_kernel::grant::{self, Limits};
use hansa_kernel::{Command, principal};
use hansa_types::{AnyId, ApiKeyId, Duration, GrantId};

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
        _ => {
            let id = grant_id(town, words.next()?)?;
            let issuer = town.state.grants.get(&id).map(|grant| grant.issuer);
            let issuer = issuer.map(|issuer| town.state.principals.get(issuer).id.into());
            let issuer = issuer.map_or("alice".to_owned(), |id| town.name_of(id));
            Asked::by(&issuer, Command::GrantRevoke(grant::Revoke { id }))
        }
    }
}

fn key_id(town: &Town, name: &str) -> Result<ApiKeyId, String> {
    match town.named(name)? {
        Named::Key { id, .. } => Ok(id),
        other => Err(format!("{name} is {other:?} and no key")),
    }
}

fn grant_id(town: &Town, name: &str) -> Result<GrantId, String> {
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
    let create = grant::Create {
        issuer: town.principal(issuer),
        holder: town.principal(holder),
        limits: Limits { currency: limited.map(|_| currency.code), per_use, total },
        expires: town.now.after(life),
        parent,
        actions: actions(&words.rest())?,
    };
    Asked::by(issuer, Command::GrantCreate(create))
}
