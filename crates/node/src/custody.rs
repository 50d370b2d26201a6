//! Keys that the node keeps for its agents, to sign in their name what the node makes for them:
//! cards and the entries of their DID logs.
//!
//! An agent has one secret, 32 random bytes, from which its keys are derived by generation; so the
//! next key is known (and can be promised) before it is used. The secret lies in the vault, sealed
//! under the agent's own vault key: when the node's key is rotated only the wrapping of that vault
//! key changes, and when the agent is erased the secret is gone. Public halves are entries of the
//! journal (`custody.key_set`), so that an auditor can check signatures of any time.
//!
//! Invariants: private halves never leave the process; a key is used only once its entry is
//! durable. Deliberately absent: the key by which an agent itself acts, which is shown once and
//! never kept.

use std::sync::Arc;

use hansa_crypto::keys::{PublicKey, SigningKey};
use hansa_crypto::seal::{SealKey, derive};
use hansa_kernel::custody::{Kept, SetKey};
use hansa_kernel::{Auth, Caller, Command, Request, State};
use hansa_types::{Code, PrincipalId, Rejection, Time};

use crate::env::blocking;
use crate::error::Error;
use crate::limits::CUSTODY_GRACE;
use crate::node::{Node, internal};
use crate::vault::{Vault, custody_id};
use crate::writer::Job;

/// The keys that a node keeps for its agents.
#[derive(Clone, Copy)]
pub struct Custody<'node> {
    node: &'node Node,
}

/// A key kept for an agent.
#[derive(Debug, Clone)]
pub struct AgentKey {
    /// The key.
    pub signing: SigningKey,
    /// Which of the agent's keys it is, from 1.
    pub generation: u32,
    /// Since when it is the one.
    pub since: Time,
}

/// An agent's first key, made and not yet recorded.
pub struct Prepared {
    /// The key.
    pub signing: SigningKey,
    /// The key that will follow it.
    pub next: PublicKey,
    /// The keys for the first two entries of the agent's DID log.
    pub update_keys: [SigningKey; 2],
    /// What records it. Handed in behind the agent's creation, it stands in the same batch.
    pub job: Job,
}

/// A public half that a signature may be checked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicHalf {
    /// The key.
    pub key: PublicKey,
    /// Which of the agent's keys it is.
    pub generation: u32,
    /// Until when signatures by it stand; the present key has no end.
    pub until: Option<Time>,
}

impl Node {
    /// The keys that the node keeps for its agents.
    pub fn custody(&self) -> Custody<'_> {
        Custody { node: self }
    }
}

impl Custody<'_> {
    /// The key that the node signs with for an agent, made now if there is none.
    pub async fn agent_key(&self, agent: PrincipalId) -> Result<AgentKey, Rejection> {
        if let Some(kept) = self.kept(agent).await? {
            return self.open(agent, kept).await;
        }
        let made = self.prepare(agent).await?;
        match self.node.submit(made.job).await {
            // Another request may have been first; whichever key is on record counts.
            Ok(_) => {}
            Err(rejection) if rejection.code == Code::CustodyKeyRaced => {}
            Err(rejection) => return Err(rejection),
        }
        let kept = self.kept(agent).await?.ok_or(Code::Internal)?;
        self.open(agent, kept).await
    }

    /// The key that will follow the present one, which is made if there is none.
    pub async fn next_key(&self, agent: PrincipalId) -> Result<(SigningKey, SetKey), Rejection> {
        let present = self.agent_key(agent).await?;
        let generation = present.generation.checked_add(1).ok_or(Code::StateFull)?;
        let signing = key_of(&self.secret(agent).await?, generation);
        let set = SetKey { principal: agent, key: signing.public(), generation };
        Ok((signing, set))
    }

    /// The key for one entry of an agent's DID log, by its number; not found where the agent has no
    /// keys yet.
    pub(crate) async fn update_key(
        &self,
        agent: PrincipalId,
        number: u32,
    ) -> Result<SigningKey, Rejection> {
        Ok(update_key_of(&self.secret(agent).await?, number))
    }

    /// The public halves by which signatures in the agent's name are checked now: the present one,
    /// and the one before it for a while. None are made.
    pub async fn public_halves(&self, agent: PrincipalId) -> Result<Vec<PublicHalf>, Rejection> {
        let Some(kept) = self.kept(agent).await? else { return Ok(Vec::new()) };
        let Kept { key, generation, since } = kept;
        let mut halves = vec![PublicHalf { key, generation, until: None }];
        let until = since.after(CUSTODY_GRACE);
        if generation > 1 && self.node.now() < until {
            let key = key_of(&self.secret(agent).await?, generation - 1).public();
            halves.push(PublicHalf { key, generation: generation - 1, until: Some(until) });
        }
        Ok(halves)
    }

    /// Makes a first key for an agent that has none, perhaps one that is only about to be made.
    pub async fn prepare(&self, agent: PrincipalId) -> Result<Prepared, Rejection> {
        let secret = SealKey::from_bytes(self.node.env.random());
        let signing = key_of(&secret, 1);
        let next = key_of(&secret, 2).public();
        let update_keys = [update_key_of(&secret, 1), update_key_of(&secret, 2)];
        let vault = Arc::clone(&self.node.vault);
        let seal = move || vault.seal(agent, custody_id(agent), secret.expose());
        let sealed = blocking(seal).await.and_then(|sealed| sealed).map_err(internal)?;
        let set = SetKey { principal: agent, key: signing.public(), generation: 1 };
        let caller = Caller { principal: None, auth: Auth::Machine };
        let command = Command::CustodyKeySet(set);
        let request = Request::new(caller, command, None);
        Ok(Prepared { signing, next, update_keys, job: Job { request, vault: sealed.changes } })
    }

    async fn kept(&self, agent: PrincipalId) -> Result<Option<Kept>, Rejection> {
        let look = move |state: &State| -> Result<Option<Kept>, Rejection> {
            Ok(state.custody.get(&state.principal(agent)?).copied())
        };
        self.node.read(None, look).await?
    }

    async fn open(&self, agent: PrincipalId, kept: Kept) -> Result<AgentKey, Rejection> {
        let Kept { key, generation, since } = kept;
        let signing = key_of(&self.secret(agent).await?, generation);
        match signing.public() == key {
            true => Ok(AgentKey { signing, generation, since }),
            false => Err(internal(Error::Vault {
                id: custody_id(agent),
                why: "it is not the secret of the key on record".to_owned(),
            })),
        }
    }

    /// An agent's secret; an erased one is not found.
    async fn secret(&self, agent: PrincipalId) -> Result<SealKey, Rejection> {
        let vault = Arc::clone(&self.node.vault);
        let read = move || open_secret(&vault, agent);
        let secret = blocking(read).await.and_then(|secret| secret).map_err(internal)?;
        secret.ok_or_else(|| Code::NotFound.into())
    }
}

fn open_secret(vault: &Vault, agent: PrincipalId) -> Result<Option<SealKey>, Error> {
    let id = custody_id(agent);
    let Some(opened) = vault.open(&id)? else { return Ok(None) };
    match <[u8; 32]>::try_from(opened.bytes.as_slice()) {
        Ok(bytes) => Ok(Some(SealKey::from_bytes(bytes))),
        Err(_) => Err(Error::Vault { id, why: "it is no secret of 32 bytes".to_owned() }),
    }
}

/// The key for one entry of a DID log. It signs nothing else, so that what is signed every day and
/// what decides whose the DID is have nothing to do with each other.
fn update_key_of(secret: &SealKey, number: u32) -> SigningKey {
    SigningKey::from_seed(*derive(secret, &format!("did/{number}")).expose())
}

/// The key of a generation. Nobody who learns one key learns another.
fn key_of(secret: &SealKey, generation: u32) -> SigningKey {
    SigningKey::from_seed(*derive(secret, &format!("custody/{generation}")).expose())
}
