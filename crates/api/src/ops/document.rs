//! Texts of clearance: sealed in the vault under the id of what they belong to.

use std::sync::Arc;

use hansa_node::internal;
use hansa_node::vault::Sealed;
use hansa_types::{AnyId, Code, PrincipalId};
use hansa_wire::Problem;
use hansa_wire::scalar::Annotations;
use serde::Serialize;

use crate::context::Context;
use crate::serve::blocking;

/// Name of a text in the vault.
pub(crate) fn document_id(id: AnyId) -> String {
    format!("clearance/{id}")
}

/// Name of the annotations of something in the vault.
fn annotations_id(id: AnyId) -> String {
    format!("annotations/{id}")
}

/// A text with the annotations that belong to it.
pub(crate) fn both(text: Sealed, annotations: Option<Sealed>) -> Option<Sealed> {
    joined(Some(text), annotations)
}

/// What is sealed, and what is sealed beside it.
pub(crate) fn joined(first: Option<Sealed>, beside: Option<Sealed>) -> Option<Sealed> {
    match (first, beside) {
        (Some(first), Some(beside)) => Some(first.and(beside)),
        (first, beside) => first.or(beside),
    }
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

    /// Seals what the author of something says beside, if anything.
    pub(crate) async fn seal_annotations(
        &self,
        subject: PrincipalId,
        id: AnyId,
        annotations: &Annotations,
    ) -> Result<Option<Sealed>, Problem> {
        match annotations.is_empty() {
            true => Ok(None),
            false => {
                let sealed = self.seal_text(subject, annotations_id(id), json_of(annotations)?);
                sealed.await.map(Some)
            }
        }
    }

    /// Opens what the author of something said beside.
    pub(crate) async fn open_annotations(&self, id: AnyId) -> Result<Annotations, Problem> {
        let text = self.open_text(annotations_id(id)).await?;
        let read = text.and_then(|text| serde_json::from_slice(&text).ok());
        Ok(read.unwrap_or_default())
    }

    /// Opens a text, or nothing once it was erased.
    pub(crate) async fn open_text(&self, id: String) -> Result<Option<Vec<u8>>, Problem> {
        let vault = Arc::clone(&self.api.node.vault);
        let opened = blocking(move || vault.open(&id)).await?.map_err(internal)?;
        Ok(opened.map(|opened| opened.bytes.to_vec()))
    }
}
