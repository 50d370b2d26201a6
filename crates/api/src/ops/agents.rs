//! Agents: registering, reading, listing, suspending and reinstating them.

use std::collections::HashMap;
use std::sync::Arc;

use hansa_crypto::secret::{Secret, token, token_digest};
use hansa_crypto::{PublicKey, SigningKey};
use hansa_kernel::grant::Action;
use hansa_kernel::principal::{Create, CreateApiKey, Freeze, Kind, Reason, Reinstate, Suspend};
use hansa_kernel::{Command, Event, State};
use hansa_node::vault::Sealed;
use hansa_node::{Done, internal};
use hansa_types::{AnyId, ApiKeyId, Code, Did, Digest, PrincipalId, TransferId};
use hansa_views::AgentRow;
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::agents::{
    Agent, AgentCreate, AgentCreated, AgentFreeze, AgentGet, AgentList, AgentReinstate,
    AgentSuspend, PrincipalKind, PrincipalStatus, StopReason,
};
use hansa_wire::scalar::{Name, Note, PrincipalRef, WireKey};
use serde_json::{Map, Value};

use super::accounts::balances;
use super::cards::{Checked, check_first, seal, seal_draft};
use super::dids::{Named, did_of};
use super::setup::KEY_PREFIX;
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::{next, page, views_failed};
use crate::serve::blocking;

/// The part of a request that makes the agent's API key.
const KEY_PART: &str = "api_key";

/// Registers an agent, with an API key where the caller's own covers the making of keys. An envelope
/// carries one command, so an agent registered by one has no API key yet and signs its envelopes.
pub(crate) async fn agent_create(
    context: &Context,
    request: AgentCreate,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let (now, env) = (node.now(), &node.env);
    let made = request.public_key.is_none().then(|| SigningKey::from_seed(env.random()));
    let key = request.public_key.map(|key| key.0).or(made.as_ref().map(SigningKey::public));
    let key = key.ok_or(Code::Internal)?;
    let id = PrincipalId::new(now.0, env.random_u128());
    let (name, sealed) = profile(context, id, request.name, request.card).await?;
    let create = Create {
        id,
        kind: Kind::Agent,
        key,
        card: Some(sealed.digest),
        genesis_grant: request.genesis_grant,
    };
    let create = Step::new(Command::PrincipalCreate(create)).with(Some(sealed));
    let secret = token(KEY_PREFIX, env.random());
    let key_id = ApiKeyId::new(now.0, env.random_u128());
    let mut steps = vec![create];
    if !context.is_by_envelope() {
        steps.push(Step::new(agent_key(context, id, key_id, &secret)?).part(KEY_PART));
    }
    let mut named = Named::prepare(context, id, &key, request.did).await?;
    let mut outcomes = context.submit_with(steps, std::mem::take(&mut named.jobs)).await?;
    let done = outcomes.remove(0)?;
    if done.repeated && made.is_some() {
        return Err(Code::SecretAlreadyShown.into());
    }
    let keyed = match context.is_by_envelope() {
        true => false,
        false => outcomes.remove(0).is_ok_and(|done| !done.repeated),
    };
    let recovery = if done.repeated { None } else { named.shown(&outcomes) };
    let granted = request.genesis_grant;
    let secret = keyed.then_some(secret);
    let created = Created { done, key, made, granted, secret, recovery };
    created.answer(context, name).await
}

/// The card of a new agent, sealed, and the name on it: by that others find it.
pub(super) async fn profile(
    context: &Context,
    id: PrincipalId,
    name: Name,
    card: Option<Map<String, Value>>,
) -> Result<(Name, Sealed), Problem> {
    let Some(card) = card else {
        let sealed = seal_draft(context, id, name.as_str()).await?;
        return Ok((name, sealed));
    };
    let Checked { name: named, bytes, .. } = check_first(context, card)?;
    Ok((Name::new(named).unwrap_or(name), seal(context, id, bytes).await?))
}

/// A key for the new agent that covers what the caller's own credential does.
fn agent_key(
    context: &Context,
    principal: PrincipalId,
    id: ApiKeyId,
    secret: &Secret,
) -> Result<Command, Problem> {
    let actions = context.identity()?.actions.as_ref();
    let actions = actions.map_or_else(|| vec![Action::everything()], |actions| actions.to_vec());
    let secret = token_digest(secret.expose());
    Ok(Command::ApiKeyCreate(CreateApiKey { id, principal, secret, actions, expires: None }))
}

/// An agent that was registered, now or before.
struct Created {
    done: Done,
    key: PublicKey,
    made: Option<SigningKey>,
    /// Whether the genesis grant was asked for.
    granted: bool,
    secret: Option<Secret>,
    recovery: Option<Secret>,
}

impl Created {
    async fn answer(self, context: &Context, name: Name) -> Result<Answer, Problem> {
        let Created { done, key, made, granted, secret, recovery } = self;
        let AnyId::Principal(id) = done.entry.id else { return Err(Code::Internal.into()) };
        let genesis_transfer = match granted {
            true => genesis_transfer(context, &done).await?,
            false => None,
        };
        let look = move |state: &State| balances(state, id);
        let created = AgentCreated {
            id,
            did: did_of(context, id).await?,
            name,
            public_key: WireKey(key),
            recovery_key_pem: recovery.map(Into::into),
            private_key_pem: made.map(|key| Secret::from(key.to_pkcs8_pem()).into()),
            api_key: secret.map(Into::into),
            genesis_transfer,
            balances: context.api.node.read(context.principal().ok(), look).await??,
            seq: done.entry.seq,
            created_at: done.entry.ts.into(),
        };
        Ok(Answer::done(&done, &created)?.secret())
    }
}

/// The entry behind the agent's is its genesis grant, if it received one.
pub(super) async fn genesis_transfer(
    context: &Context,
    done: &Done,
) -> Result<Option<TransferId>, Problem> {
    let next = context.api.node.entry(done.entry.seq + 1).await.map_err(hansa_node::internal)?;
    Ok(next.and_then(|next| match (next.event, next.id, next.subject) {
        (Event::MoneyMinted(_), AnyId::Transfer(id), Some(subject))
            if subject == done.entry.id && next.actor == done.entry.actor =>
        {
            Some(id)
        }
        _ => None,
    }))
}

/// Reads an agent.
pub(crate) async fn agent_get(context: &Context, request: AgentGet) -> Result<Answer, Problem> {
    let id = context.find(&request.agent, Code::PrincipalUnknown).await?;
    Answer::json(&agent(context, id).await?)
}

/// Lists agents in the order they were registered.
pub(crate) async fn agent_list(context: &Context, request: AgentList) -> Result<Answer, Problem> {
    let query = page(request.cursor.as_ref(), request.limit)?;
    let as_of_seq = context.api.node.views_caught_up().await;
    let rows = context.api.node.views.agents(query).await.map_err(views_failed)?;
    let stands = all_stand(context, rows.items.iter().map(|row| row.id).collect()).await?;
    let data =
        rows.items.iter().map(|row| tell(row, stands.get(&row.id).cloned().unwrap_or_default()));
    let data = data.collect::<Result<Vec<Agent>, Problem>>()?;
    Answer::json(&Page { data, next_cursor: next(rows.next), as_of_seq })
}

/// Stops an agent from acting.
pub(crate) async fn agent_suspend(
    context: &Context,
    request: AgentSuspend,
) -> Result<Answer, Problem> {
    let reason = request.reason.map(tell_reason);
    let suspend = |principal, note| Command::PrincipalSuspend(Suspend { principal, reason, note });
    change(context, &request.agent, request.note, suspend, PrincipalStatus::Suspended).await
}

/// Keeps an agent's money where it is.
pub(crate) async fn agent_freeze(
    context: &Context,
    request: AgentFreeze,
) -> Result<Answer, Problem> {
    let reason = request.reason.map(tell_reason);
    let freeze = |principal, note| Command::PrincipalFreeze(Freeze { principal, reason, note });
    change(context, &request.agent, request.note, freeze, PrincipalStatus::Frozen).await
}

/// Lets an agent act again.
pub(crate) async fn agent_reinstate(
    context: &Context,
    request: AgentReinstate,
) -> Result<Answer, Problem> {
    let reinstate = |principal, note| Command::PrincipalReinstate(Reinstate { principal, note });
    change(context, &request.agent, request.note, reinstate, PrincipalStatus::Active).await
}

fn tell_reason(reason: StopReason) -> Reason {
    match reason {
        StopReason::Abuse => Reason::Abuse,
        StopReason::Fraud => Reason::Fraud,
        StopReason::Compromised => Reason::Compromised,
        StopReason::Policy => Reason::Policy,
        StopReason::Legal => Reason::Legal,
        StopReason::Requested => Reason::Requested,
    }
}

/// Where the latest note on a principal's standing lies in the vault.
pub(super) fn note_id(principal: PrincipalId) -> String {
    format!("standing/{principal}")
}

async fn change(
    context: &Context,
    agent_ref: &PrincipalRef,
    note: Option<Note>,
    command: impl FnOnce(PrincipalId, Option<Digest>) -> Command,
    status: PrincipalStatus,
) -> Result<Answer, Problem> {
    let id = context.find(agent_ref, Code::PrincipalUnknown).await?;
    let sealed = match note {
        Some(note) => {
            let vault = Arc::clone(&context.api.node.vault);
            let seal = move || vault.seal(id, note_id(id), note.as_str().as_bytes());
            Some(blocking(seal).await?.map_err(internal)?)
        }
        None => None,
    };
    let digest = sealed.as_ref().map(|sealed| sealed.digest);
    let done = context.submit(Step::new(command(id, digest)).with(sealed)).await?;
    // Told from what was done: somebody may have changed it again meanwhile.
    let told = Agent { status, ..agent(context, id).await? };
    Answer::done(&done, &told)
}

async fn agent(context: &Context, id: PrincipalId) -> Result<Agent, Problem> {
    context.api.node.views_caught_up().await;
    let row = context.api.node.views.agent(id).await.map_err(views_failed)?;
    let row = row.ok_or(Code::PrincipalUnknown)?;
    let stands = all_stand(context, vec![id]).await?;
    tell(&row, stands.get(&id).cloned().unwrap_or_default())
}

/// What the state alone knows of how a principal stands.
#[derive(Debug, Clone, Default)]
struct Stands {
    /// Its DID.
    did: Option<Did>,
    /// Whether it owns the node: the node itself gave it everything.
    owner: bool,
    frozen: bool,
}

fn stands(state: &State, id: PrincipalId) -> Option<Stands> {
    let handle = state.principals.find(id)?;
    let (owner, frozen) = (state.is_owner(handle), state.principals.status(handle).frozen);
    Some(Stands { did: Some(state.did_at(handle)), owner, frozen })
}

async fn all_stand(
    context: &Context,
    ids: Vec<PrincipalId>,
) -> Result<HashMap<PrincipalId, Stands>, Problem> {
    let look = move |state: &State| {
        ids.into_iter().filter_map(|id| Some((id, stands(state, id)?))).collect()
    };
    Ok(context.api.node.read(context.principal().ok(), look).await?)
}

fn tell(row: &AgentRow, stands: Stands) -> Result<Agent, Problem> {
    let key = PublicKey::from_multibase(&row.key).map_err(|_| Code::Internal)?;
    Ok(Agent {
        id: row.id,
        did: stands.did.unwrap_or_else(|| key.did_key()),
        name: row.name.as_deref().and_then(Name::new),
        kind: match row.kind {
            Kind::Agent => PrincipalKind::Agent,
            Kind::Person => PrincipalKind::Person,
            Kind::Organization => PrincipalKind::Organization,
            Kind::Node => PrincipalKind::Node,
        },
        status: match (row.erased, row.active) {
            (true, _) => PrincipalStatus::Erased,
            (false, true) if stands.frozen => PrincipalStatus::Frozen,
            (false, true) => PrincipalStatus::Active,
            (false, false) => PrincipalStatus::Suspended,
        },
        owner: stands.owner,
        public_key: WireKey(key),
        has_card: row.card.is_some(),
        seq: row.seq,
        created_at: row.created_at.into(),
    })
}
