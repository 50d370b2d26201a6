//! Opening envelopes: whose they are and whether they are signed, before anything else is looked at.
//!
//! The time window, then the sender's key, then the signature, strictly over the canonical bytes.
//! A DID that this node does not know is refused and never fetched. Whether the envelope is new is
//! the writer's question. Deliberately absent: verbs, operations and what a step may follow.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use hansa_crypto::json::{canonical, parse_strict};
use hansa_crypto::{PreparedKey, PublicKey};
use hansa_kernel::limits::RESTORED_WAIT;
use hansa_kernel::{Auth, EnvelopeProof, State};
use hansa_store::VaultChange;
use hansa_types::{Code, Did, PrincipalId, Rejection, Time};
use hansa_wire::amp::{Envelope, Opened, within_window};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::credentials::Identity;
use crate::error::Error;
use crate::limits::CREDENTIALS_CACHED_MAX;
use crate::node::Node;
use crate::vault::{Vault, envelope_id};

/// Opens envelopes, and remembers the keys of their senders.
#[derive(Default)]
pub struct Opener {
    senders: RwLock<HashMap<Did, Arc<Sender>>>,
    /// When the journal was restored, which happens at a start alone.
    restored: OnceCell<Option<Time>>,
}

/// A principal whose envelopes were opened before. The DID names the key; whether that key
/// still counts is asked of the state each time.
struct Sender {
    principal: PrincipalId,
    key: PublicKey,
    prepared: PreparedKey,
}

/// An envelope whose signature holds.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The envelope.
    pub envelope: Envelope,
    /// Who signed it.
    pub sender: PrincipalId,
    /// With which key.
    pub key: PublicKey,
    opened: Opened,
}

/// An envelope's proof with what must become durable beside the entry that keeps it.
pub struct Proven {
    /// What the entry keeps.
    pub proof: EnvelopeProof,
    /// The sealed text, for the vault.
    pub vault: Vec<VaultChange>,
}

impl Opener {
    /// Opens an envelope whose JSON was read strictly.
    pub async fn open(&self, node: &Node, value: Value) -> Result<Signed, Rejection> {
        let opened = Envelope::open(value)?;
        if !within_window(opened.envelope.ts, node.now()) {
            return Err(Code::EnvelopeExpired.into());
        }
        self.check_restored(node, &opened.envelope).await?;
        let from = &opened.envelope.from;
        let sender = match PublicKey::from_did_key(from) {
            Ok(key) => self.sender(node, from, key).await?,
            Err(_) => signer(node, &opened, from).await?,
        };
        opened.verify_prepared(&sender.prepared)?;
        let envelope = opened.envelope.clone();
        Ok(Signed { envelope, sender: sender.principal, key: sender.key, opened })
    }

    /// Refuses what the node before a restoration may have accepted. It took envelopes that were dated
    /// ahead of its clock, so those count by their date, however late they come.
    async fn check_restored(&self, node: &Node, envelope: &Envelope) -> Result<(), Rejection> {
        let look = |state: &State| state.node.as_ref().and_then(|node| node.restored);
        let restored = self.restored.get_or_try_init(|| node.read(None, look)).await?;
        let is_of_before =
            |restored: &Time| envelope.ts <= restored.after(RESTORED_WAIT).unix_seconds();
        match restored.as_ref().is_some_and(is_of_before) {
            true => Err(Code::JustRestored.into()),
            false => Ok(()),
        }
    }

    async fn sender(
        &self,
        node: &Node,
        did: &Did,
        key: PublicKey,
    ) -> Result<Arc<Sender>, Rejection> {
        let known = self.senders.read().unwrap_or_else(PoisonError::into_inner).get(did).cloned();
        if let Some(sender) = known {
            return Ok(sender);
        }
        let principal = node
            .read(None, move |state| {
                let handle = state.principals.find_by_key(&key)?;
                Some(state.principals.get(handle).id)
            })
            .await?
            .ok_or(Code::DidUnknown)?;
        let sender = Arc::new(Sender { principal, key, prepared: key.prepare() });
        let mut senders = self.senders.write().unwrap_or_else(PoisonError::into_inner);
        if senders.len() >= CREDENTIALS_CACHED_MAX {
            senders.clear();
        }
        senders.insert(did.clone(), Arc::clone(&sender));
        Ok(sender)
    }
}

/// The sender that a DID without a key in it names, with that of its keys which signed; the present
/// one where none did. It is asked for each time, for such a DID outlives its keys.
async fn signer(node: &Node, opened: &Opened, did: &Did) -> Result<Arc<Sender>, Rejection> {
    let (did, host, now) = (did.clone(), node.config.host.clone(), node.now());
    let look = move |state: &State| {
        let found = state.principals.get(state.find_by_did(&did, &host)?);
        let former = found.former_keys.iter().filter(|former| now < former.until);
        let mut keys = vec![found.key];
        keys.extend(former.map(|former| former.key));
        Some((found.id, keys))
    };
    let (principal, keys) = node.read(None, look).await?.ok_or(Code::DidUnknown)?;
    let signed = keys.iter().find(|key| opened.verify(key).is_ok());
    let key = *signed.or(keys.first()).ok_or(Code::DidUnknown)?;
    Ok(Arc::new(Sender { principal, key, prepared: key.prepare() }))
}

impl Signed {
    /// The sender, as it may be asked for what changes nothing: no proof is kept of that.
    pub fn identity(&self) -> Identity {
        let auth = Auth::Envelope(self.key, None);
        Identity { principal: self.sender, auth, actions: None }
    }

    /// Seals the text for its sender. Waits for the disk.
    pub fn prove(&self, vault: &Vault) -> Result<Proven, Error> {
        let id = self.envelope.id;
        let text = self.text().map_err(|rejection| Error::Vault {
            id: envelope_id(id),
            why: rejection.to_string(),
        })?;
        let sealed = vault.seal(self.sender, envelope_id(id), &text)?;
        let proof = EnvelopeProof {
            id,
            nonce: self.envelope.nonce,
            signature: *self.opened.signature(),
            digest: sealed.digest,
        };
        Ok(Proven { proof, vault: sealed.changes })
    }

    /// The canonical bytes of the whole envelope: what was signed, and the signature beside it.
    fn text(&self) -> Result<Vec<u8>, Rejection> {
        let mut value = parse_strict(self.opened.unsigned())?;
        value["auth"] = self.envelope.to_value()?["auth"].take();
        canonical(&value)
    }
}
