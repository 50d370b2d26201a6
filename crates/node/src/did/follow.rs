//! DIDs that follow the node when its public URL names another host.
//!
//! A DID says where its log lives. When `server.public_url` is changed, every log that the node hosts gets an
//! entry that moves it to the new name, which its owner's recovery key has nothing to do with; whoever
//! resolves the former name and is answered still sees where it went. A log that cannot be moved stays
//! where it was, and is told of.

use std::sync::Weak;

use hansa_kernel::State;
use hansa_types::PrincipalId;

use super::Dids;
use crate::error::Error;
use crate::node::Node;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Followed {
    /// Logs that were moved.
    pub moved: usize,
    /// Logs that could not be.
    pub failed: usize,
}

/// Has DIDs follow the node to the name it has now.
pub(crate) async fn follow_name(node: Weak<Node>) {
    let Some(node) = node.upgrade() else { return };
    match node.dids().follow().await {
        Ok(followed) if followed == Followed::default() => {}
        Ok(Followed { moved, failed }) => {
            tracing::info!(moved, failed, "DIDs were moved to the node's present name");
        }
        Err(error) => tracing::warn!(%error, "DIDs may live under a former name still"),
    }
}

impl Dids<'_> {
    /// The principals whose logs live under another name than the node's own. None on a node without a
    /// name: its logs stay where they were.
    pub async fn elsewhere(&self) -> Result<Vec<PrincipalId>, Error> {
        let look = |state: &State| -> Vec<_> {
            let here = state.dids.iter().filter(|(_, held)| !held.left);
            here.map(|(handle, held)| (state.principals.get(handle).id, held.did.clone())).collect()
        };
        let all = self.node.read(None, look).await;
        let all = all.map_err(|rejection| Error::Refused { action: "read its DIDs", rejection })?;
        let moves = |(principal, did): (PrincipalId, hansa_types::Did)| {
            let home = self.home(principal)?;
            (!did.as_str().ends_with(&format!(":{home}"))).then_some(principal)
        };
        Ok(all.into_iter().filter_map(moves).collect())
    }

    /// Moves every log to the node's name that lives under another one.
    pub async fn follow(&self) -> Result<Followed, Error> {
        let mut done = Followed::default();
        for principal in self.elsewhere().await? {
            match self.refresh(principal).await {
                Ok(()) => done.moved += 1,
                Err(rejection) => {
                    done.failed += 1;
                    tracing::warn!(%principal, %rejection, "a DID stays under its former name");
                }
            }
        }
        Ok(done)
    }
}
