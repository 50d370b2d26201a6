//! ```text
//! client OWNER [id:C] PATTERN…     as C          unclient C          revoke_tokens OWNER
//! bootstrap OWNER [id:B] [secret:TEXT]     as B
//! onboard NAME [id:C] [max:N] [poor] [org:O] [PATTERN…]  (by olga unless said otherwise)
//! ask NAME AMOUNT [CODE] [id:F]     as F          fund F          decline F
//! ```

use hansa_kernel::grant::Action;
use hansa_kernel::limits::AGENTS_PER_DEVELOPER_MAX;
use hansa_kernel::{Command, client, funding, onboard, principal};
use hansa_types::{AnyId, BootstrapId, ClientId, FundingId, PrincipalId};

use super::super::{Named, Town, Words};
use super::{Asked, actions, amount};

pub(super) const VERBS: &[&str] =
    &["client", "unclient", "revoke_tokens", "bootstrap", "onboard", "ask", "fund", "decline"];

pub(super) fn parse(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    match verb {
        "client" => create(town, words),
        "unclient" => {
            let id = client_id(town, words.next()?)?;
            let owner = town.state.clients.get(&id).map(|client| client.principal);
            let owner = owner.map(|owner| town.state.principals.get(owner).id.into());
            let owner = owner.map_or("alice".to_owned(), |id| town.name_of(id));
            Asked::by(&owner, Command::ClientRevoke(client::Revoke { id }))
        }
        "revoke_tokens" => {
            let owner = words.next()?;
            let principal = town.principal(owner);
            Asked::by(owner, Command::TokensRevoke(client::RevokeTokens { principal }))
        }
        "bootstrap" => bootstrap(town, words),
        "onboard" => onboard(town, words),
        "ask" => ask(town, words),
        "fund" => {
            let id = funding_id(town, words.next()?)?;
            Asked::by("olga", Command::FundingApprove(funding::Approve { id }))
        }
        _ => {
            let id = funding_id(town, words.next()?)?;
            Asked::by("olga", Command::FundingReject(funding::Reject { id }))
        }
    }
}

fn client_id(town: &Town, name: &str) -> Result<ClientId, String> {
    match town.named(name)? {
        Named::Token { id, .. } => Ok(id),
        other => Err(format!("{name} is {other:?} and no client")),
    }
}

fn funding_id(town: &Town, name: &str) -> Result<FundingId, String> {
    match town.named(name)? {
        Named::Id(AnyId::Funding(id)) => Ok(id),
        other => Err(format!("{name} is {other:?} and no funding request")),
    }
}

fn create(town: &mut Town, words: &mut Words<'_>) -> Result<Asked, String> {
    let owner = words.next()?;
    let number = town.entropy();
    let id = words.keyed("id:").map(|name| client_id(town, name)).transpose()?;
    let create = client::Create {
        id: id.unwrap_or(ClientId::new(town.now.0, number)),
        principal: town.principal(owner),
        secret: Town::digest_of(&number.to_string()),
        actions: actions(&words.rest())?,
    };
    Asked::by(owner, Command::ClientCreate(create))
}

fn bootstrap(town: &mut Town, words: &mut Words<'_>) -> Result<Asked, String> {
    let owner = words.next()?;
    let number = town.entropy();
    let id = match words.keyed("id:").map(|name| town.named(name)).transpose()? {
        Some(Named::Bootstrap { id, .. }) => id,
        _ => BootstrapId::new(town.now.0, number),
    };
    let secret = words.keyed("secret:").map_or(number.to_string(), str::to_owned);
    let (principal, secret) = (town.principal(owner), Town::digest_of(&secret));
    let create = onboard::CreateBootstrap { id, principal, secret };
    Asked::by(owner, Command::BootstrapCreate(create))
}

fn onboard(town: &mut Town, words: &mut Words<'_>) -> Result<Asked, String> {
    let name = words.next()?;
    let (agent, number) = (town.entropy(), town.entropy());
    let client = words.keyed("id:").map(|name| client_id(town, name)).transpose()?;
    let max = words.keyed("max:").map(|text| text.parse().map_err(|_| "how many?".to_owned()));
    let agents_max = max.transpose()?.unwrap_or(AGENTS_PER_DEVELOPER_MAX);
    let agent = principal::Create {
        id: PrincipalId::new(town.now.0, agent),
        kind: principal::Kind::Agent,
        key: Town::public_key(words.keyed("key:").unwrap_or(name)),
        card: None,
        genesis_grant: !words.flag("poor"),
    };
    let org = words.keyed("org:").map(|org| town.principal(org));
    let mut actions = actions(&words.rest())?;
    if actions.is_empty() {
        actions.push(Action::everything());
    }
    let onboard = onboard::Onboard {
        agent,
        client: client.unwrap_or(ClientId::new(town.now.0, number)),
        secret: Town::digest_of(&number.to_string()),
        actions,
        agents_max,
        org,
    };
    Asked::by("olga", Command::AgentOnboard(onboard))
}

fn ask(town: &mut Town, words: &mut Words<'_>) -> Result<Asked, String> {
    let name = words.next()?;
    let (amount, currency) = amount(town, words)?;
    let number = town.entropy();
    let id = words.keyed("id:").map(|name| funding_id(town, name)).transpose()?;
    let ask = funding::Ask {
        id: id.unwrap_or(FundingId::new(town.now.0, number)),
        principal: town.principal(name),
        currency: currency.code,
        amount,
    };
    Asked::by(name, Command::FundingRequest(ask))
}
