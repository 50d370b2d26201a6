//! Giving the node another key, while nobody else uses it.
//!
//! The next key is durable beside the present one first. Then one batch holds the entry that names it,
//! which the present key signs, and every subject's key of the vault wrapped anew; that batch is the
//! rotation. Whatever happens before it leaves the present key in force and after it the next one
//! ([`Place::settle`]).
//!
//! What the former key signed, and what is addressed to its DID, counts for seven days more unless it
//! is revoked. What is derived from a key ([`Roots`]) stays what it was.

use std::sync::Arc;

use hansa_crypto::keys::{PublicKey, SigningKey};
use hansa_kernel::node::{RotateNodeKey, rotation_text};
use hansa_kernel::{Auth, Caller, Command, Event, Request};
use hansa_store::VaultChange;
use hansa_types::{Did, PrincipalId, Time};

use super::{NodeKeys, Place, Roots, Which};
use crate::env::blocking;
use crate::error::Error;
use crate::limits::BACKUP_PAGE_RECORDS;
use crate::node::Node;
use crate::snapshot;
use crate::vault::{Vault, roots_id};
use crate::writer::Job;

/// A rotation that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The key from now on.
    pub key: PublicKey,
    /// The key until now.
    pub former: PublicKey,
    /// Until when that one is accepted; none where it was revoked.
    pub former_until: Option<Time>,
    /// The entry that says so.
    pub seq: u64,
    /// Keys of the vault that were wrapped anew.
    pub wrapped: usize,
}

impl Node {
    /// Gives the node another key and stops it: what runs still has the former one. Only for whoever
    /// opened the node by itself, without letting anybody in.
    pub async fn rotate_key(self: Arc<Self>, revoke_former: bool) -> Result<Rotated, Error> {
        let made = self.next_key(revoke_former).await;
        // Whatever came of it, what was decided becomes durable.
        let stopped = self.stop().await;
        let (rotated, next) = made?;
        stopped?;
        let node = Arc::clone(&self);
        blocking(move || node.put_in_place(&next)).await??;
        Ok(rotated)
    }

    async fn next_key(
        self: &Arc<Self>,
        revoke_former: bool,
    ) -> Result<(Rotated, PublicKey), Error> {
        let me = self.read(None, |state| state.node().map(|node| node.id)).await;
        let me = me.and_then(|me| me).map_err(refused)?;
        let node = Arc::clone(self);
        let (next, vault) = blocking(move || node.prepare(me)).await??;
        let (key, former) = (next.public(), self.keys.signing().public());
        let proof = self.keys.signing().sign(&rotation_text(me, &key));
        let command = Command::NodeKeyRotate(RotateNodeKey { key, proof, revoke_former });
        let caller = Caller { principal: None, auth: Auth::Machine };
        let wrapped = vault.iter().filter(|change| matches!(change, VaultChange::PutKey { .. }));
        let wrapped = wrapped.count();
        let request = Request::new(caller, command, None);
        let done = self.submit(Job { request, vault }).await.map_err(refused)?;
        let former_until = match &done.entry.event {
            Event::NodeKeyRotated(rotated) => rotated.former_until,
            _ => None,
        };
        let seq = done.entry.seq;
        Ok((Rotated { key, former, former_until, seq, wrapped }, key))
    }

    /// Makes the next key, durable beside the present one, and wraps the vault's keys under it.
    fn prepare(&self, me: PrincipalId) -> Result<(SigningKey, Vec<VaultChange>), Error> {
        let place = self.key_place();
        place.remove(Which::Next)?;
        let next = SigningKey::from_seed(self.env.random());
        place.write(Which::Next, &next, &self.env)?;
        let new = NodeKeys::new(SigningKey::from_seed(*next.seed()));
        let mut changes = Vec::new();
        let roots = self.vault.seal(me, roots_id(), &self.keys.roots.to_bytes())?;
        for change in roots.changes {
            changes.push(match change {
                VaultChange::PutKey { subject, wrapped } => {
                    self.vault.wrap_anew(&new, subject, &wrapped)?
                }
                other => other,
            });
        }
        let mut after = None;
        loop {
            let page = self.reader.vault_keys_page(after, BACKUP_PAGE_RECORDS)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (subject, wrapped) in page {
                changes.push(self.vault.wrap_anew(&new, subject, &wrapped)?);
            }
        }
        Ok((next, changes))
    }

    /// Makes the next key the present one, and a snapshot that it vouches for.
    fn put_in_place(&self, next: &PublicKey) -> Result<(), Error> {
        let place = self.key_place();
        place.settle(next)?;
        snapshot::write(place).map(|_| ())
    }

    /// Where the key lies.
    pub(crate) fn key_place(&self) -> Place<'_> {
        self.config.key_place()
    }

    /// Whether a DID is the node's, or was until lately: that of one of its keys.
    pub fn is_own_did(&self, did: &Did) -> bool {
        PublicKey::from_did_key(did).is_ok_and(|key| self.own_keys().contains(&key))
    }

    /// The keys by which what the node signed is checked: the present one, and those before it for
    /// as long as they are accepted.
    pub fn own_keys(&self) -> Vec<PublicKey> {
        self.keys.accepted(self.now())
    }
}

/// The roots that an earlier key left in the vault, if this is not the first.
pub(crate) fn kept_roots(vault: &Vault) -> Result<Option<Roots>, Error> {
    let Some(opened) = vault.open(&roots_id())? else { return Ok(None) };
    match Roots::from_bytes(&opened.bytes) {
        Some(roots) => Ok(Some(roots)),
        None => Err(Error::Vault { id: roots_id(), why: "they do not read".to_owned() }),
    }
}

fn refused(rejection: hansa_types::Rejection) -> Error {
    Error::Refused { action: "rotate its key", rejection }
}
