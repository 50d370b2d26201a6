//! Replacing the key that the node signs with.
//!
//! The former key signs the new one, so whoever trusts the former can follow. For [`KEY_OVERLAP`] what
//! it has signed still counts and its DID still names the node, unless it was stolen: then it is
//! revoked at once. Deliberately absent: rotating without the former key. A node that has lost its
//! key goes on from a backup.

use hansa_crypto::keys::PublicKey;
use hansa_types::{Code, PrincipalId, Rejection, Signature, Time, Vis};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{FORMER_KEYS_MAX, KEY_OVERLAP};

/// Give the node another key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotateNodeKey {
    /// The key it signs with from now on.
    pub key: PublicKey,
    /// The present key's signature over [`rotation_text`].
    pub proof: Signature,
    /// Whether every former key stops at once.
    pub revoke_former: bool,
}

/// Data of `node.key_rotated`. The entry's subject is the node's principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeKeyRotated {
    /// The key it signs with from now on.
    pub key: PublicKey,
    /// The former key's signature over [`rotation_text`].
    pub proof: Signature,
    /// Until when the key before it is accepted; without it no former key is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_until: Option<Time>,
}

/// What a node's key signs to hand over to the next one.
pub fn rotation_text(node: PrincipalId, key: &PublicKey) -> Vec<u8> {
    format!("hansa node key\n{node}\n{}\n", key.to_multibase()).into_bytes()
}

impl Rules for RotateNodeKey {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Machine)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let node = state.node()?;
        let text = rotation_text(node.id, &self.key);
        if node.key.verify(&text, &self.proof).is_err() {
            return Err(Rejection::new(Code::ProofInvalid, "not signed by the node's present key"));
        }
        if state.principals.find_by_key(&self.key).is_some() {
            return Err(Code::PrincipalExists.into());
        }
        if state.principals.get(node.handle).former_keys.len() >= FORMER_KEYS_MAX {
            return Err(Code::StateFull.into());
        }
        let former_until = (!self.revoke_former).then(|| ctx.now.after(KEY_OVERLAP));
        let rotated = NodeKeyRotated { key: self.key, proof: self.proof, former_until };
        let event = Event::NodeKeyRotated(rotated);
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(node.id));
        Ok(())
    }
}

pub(crate) fn apply_key_rotated(state: &mut State, entry: &Entry, rotated: &NodeKeyRotated) {
    let Some(node) = state.node.as_mut() else { panic!("the first entry founds the node") };
    node.key = rotated.key;
    let handle = node.handle;
    state.principals.replace_key(handle, rotated.key, rotated.former_until, entry.ts);
}
