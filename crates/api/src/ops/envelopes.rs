//! Accepted envelopes: reading one, and the graph around it.

use hansa_crypto::hash::sha256;
use hansa_crypto::json::canonical;
use hansa_kernel::{Auth, EnvelopeProof};
use hansa_node::internal;
use hansa_types::{Code, Did, EnvelopeId, PrincipalId};
use hansa_views::{EnvelopeRow, Viewer};
use hansa_wire::Problem;
use hansa_wire::amp::Kind;
use hansa_wire::api::amp::{EnvelopeGet, EnvelopeGraph, EnvelopeView, Graph, GraphEdge, GraphNode};
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::context::Context;
use crate::resolve::views_failed;
use crate::sight::EVERYONE;

/// Reads an accepted envelope.
pub(crate) async fn envelope_get(
    context: &Context,
    request: EnvelopeGet,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    node.views_caught_up().await;
    let viewer = viewer_of(context, request.envelope).await?;
    let row = node.views.envelope(request.envelope, viewer).await.map_err(views_failed)?;
    let row = row.ok_or(Code::NotFound)?;
    let entry = node.entry(row.seq).await.map_err(internal)?.ok_or(Code::Internal)?;
    let Auth::Envelope(key, Some(proof)) = entry.auth else { return Err(Code::Internal.into()) };
    let told = tell(context, &row).await?;
    let envelope = unsigned(&row);
    let digest = match &envelope {
        Some(members) => sha256(&canonical(&Value::Object(members.clone()))?),
        // Without the text there is only what the journal keeps of it.
        None => EnvelopeProof::clone(&proof).digest,
    };
    Answer::json(&EnvelopeView {
        id: row.id,
        kind: told.kind,
        verb: told.verb,
        parent: told.parent,
        from: key.did_key(),
        to: told.to,
        task: row.task,
        kid: key.to_multibase(),
        digest,
        signature: proof.signature,
        envelope,
        at: row.at.into(),
        seq: row.seq,
    })
}

/// Reads the graph around an envelope.
pub(crate) async fn envelope_graph(
    context: &Context,
    request: EnvelopeGraph,
) -> Result<Answer, Problem> {
    let as_of_seq = context.api.node.views_caught_up().await;
    let viewer = viewer_of(context, request.envelope).await?;
    let rows = context.api.node.views.graph(request.envelope, viewer).await;
    let rows = rows.map_err(views_failed)?;
    let first = rows.first().ok_or(Code::NotFound)?;
    let (root, task) = (first.id, rows.iter().find_map(|row| row.task));
    let mut nodes = Vec::with_capacity(rows.len());
    for row in &rows {
        nodes.push(tell(context, row).await?);
    }
    let shown = |id| rows.iter().any(|row| row.id == id);
    let edges = rows.iter().filter_map(|row| {
        let from = row.parent.filter(|&parent| shown(parent))?;
        Some(GraphEdge { from, to: row.id })
    });
    let edges = edges.collect();
    Answer::json(&Graph { root, task, nodes, edges, as_of_seq })
}

/// Through whose eyes the caller sees an envelope: their own, or those of a party of it that is of
/// their organization.
async fn viewer_of(context: &Context, envelope: EnvelopeId) -> Result<Viewer, Problem> {
    let viewer = context.viewer().await?;
    let views = &context.api.node.views;
    if viewer.all || views.envelope(envelope, viewer).await.map_err(views_failed)?.is_some() {
        return Ok(viewer);
    }
    let row = views.envelope(envelope, EVERYONE).await.map_err(views_failed)?;
    let parties = row.map_or([None, None], |row| [row.from, row.to]);
    Ok(context.viewer_among(viewer, parties).await?)
}

/// The envelope's text without its signature.
fn unsigned(row: &EnvelopeRow) -> Option<Map<String, Value>> {
    let mut members = row.document.as_ref()?.as_object()?.clone();
    members.remove("auth");
    Some(members)
}

fn said<'a>(row: &'a EnvelopeRow, pointer: &str) -> Option<&'a str> {
    row.document.as_ref()?.pointer(pointer)?.as_str()
}

async fn tell(context: &Context, row: &EnvelopeRow) -> Result<GraphNode, Problem> {
    let from = match said(row, "/from").and_then(|did| did.parse().ok()) {
        Some(did) => did,
        None => did_of(context, row.from).await?,
    };
    let to = match said(row, "/to") {
        Some(to) => to.to_owned(),
        None => did_of(context, row.to).await?.to_string(),
    };
    // An envelope without a verb carried the operation that its intent names.
    let verb = row.verb.as_deref().or_else(|| said(row, "/intent/action"));
    Ok(GraphNode {
        id: row.id,
        kind: match row.kind.as_str() {
            "delegation" => Kind::Delegation,
            "inference" => Kind::Inference,
            "outcome" => Kind::Outcome,
            _ => Kind::Intent,
        },
        verb: verb.unwrap_or("operation").to_owned(),
        parent: row.parent,
        from,
        to,
        at: row.at.into(),
        seq: row.seq,
    })
}

/// The DID of a principal, for envelopes whose text was erased.
async fn did_of(context: &Context, principal: Option<PrincipalId>) -> Result<Did, Problem> {
    let look =
        move |state: &hansa_kernel::State| Some(state.did_at(state.principals.find(principal?)?));
    let did = context.api.node.read(context.principal().ok(), look).await?;
    Ok(did.ok_or(Code::Internal)?)
}
