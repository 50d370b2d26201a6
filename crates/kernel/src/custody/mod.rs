//! Keys that the node keeps for its agents: which public key stands for which agent, and since when.
//!
//! The private half never comes near the kernel. Generations count from 1 without gaps, so that the
//! journal tells for every signature which key was valid when it was made.
//!
//! Deliberately absent: the agent's own key, by which alone it acts; nothing is ever authorized by
//! a key kept here.

use hansa_crypto::keys::PublicKey;
use hansa_types::{AnyId, Code, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::principal::Handle;
use crate::state::Map;

/// Record the public half of the key that the node signs with for an agent from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetKey {
    /// Which agent.
    pub principal: PrincipalId,
    /// The public half.
    pub key: PublicKey,
    /// Which of the agent's keys it is: one more than the last.
    pub generation: u32,
}

/// Data of `custody.key_set`. The entry's subject is the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySet {
    /// The public half.
    pub key: PublicKey,
    /// Which of the agent's keys it is, from 1.
    pub generation: u32,
}

/// What the state keeps of an agent's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The public half.
    pub key: PublicKey,
    /// Which of the agent's keys it is.
    pub generation: u32,
    /// Since when it is the one.
    pub since: Time,
}

/// The present key of every agent that has one.
pub type Custody = Map<Handle, Kept>;

impl Rules for SetKey {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Managed(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let handle = state.living(self.principal)?;
        let last = state.custody.get(&handle).map_or(0, |kept| kept.generation);
        if last.checked_add(1) != Some(self.generation) {
            return Err(Code::CustodyKeyRaced.into());
        }
        if state.principals.find_by_key(&self.key).is_some() {
            return Err(Rejection::new(Code::PublicKeyInvalid, "key: a principal acts by it"));
        }
        let event = Event::CustodyKeySet(KeySet { key: self.key, generation: self.generation });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

pub(crate) fn apply_key_set(state: &mut State, entry: &Entry, set: &KeySet) {
    let Some(AnyId::Principal(principal)) = entry.subject else {
        panic!("custody.key_set names the agent");
    };
    let handle = state.handle(principal);
    let kept = Kept { key: set.key, generation: set.generation, since: entry.ts };
    state.custody.insert(handle, kept);
}
