//! Texts of clearance: sealed in the vault under the id of what they belong to.

use std::sync::Arc;

use hansa_node::internal;
use hansa_node::vault::Sealed;
use hansa_types::{AnyId, Code, PrincipalId};
use hansa_wire::Problem;
use serde::Serialize;

use crate::context::Context;
use crate::serve::blocking;

/// Name of a text in the vault.
pub(crate) fn document_id(id: AnyId) -> String {
    format!("clearance/{id}")
}

/// A request as it is kept.
pub(crate) fn json_of(request: &impl Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(request).map_err(|_| Code::Internal.into())
}

impl Context {
    /// Seals a text for whoever it is about.
    pub(crate) async fn seal_text(
        &self,
        subject: PrincipalId,
        id: String,
        text: Vec<u8>,
    ) -> Result<Sealed, Problem> {
        let vault = Arc::clone(&self.api.node.vault);
        Ok(blocking(move || vault.seal(subject, id, &text)).await?.map_err(internal)?)
    }

    /// Opens a text, or nothing once it was erased.
    pub(crate) async fn open_text(&self, id: String) -> Result<Option<Vec<u8>>, Problem> {
        let vault = Arc::clone(&self.api.node.vault);
        let opened = blocking(move || vault.open(&id)).await?.map_err(internal)?;
        Ok(opened.map(|opened| opened.bytes.to_vec()))
    }
}
